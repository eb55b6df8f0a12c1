// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct AxisGroupTests {
  private func action(_ name: String, on shape: [Int]) throws -> PreparedAction {
    try #require(GroupName(name)).transformations(on: shape, seed: 1).prepared(for: shape)
  }

  @Test(
    "Names of groups on other arrays, with their orders",
    arguments: [
      ("sign", [7], 2), ("S4@1", [4, 2], 24), ("S1@-1", [1], 1), ("shift:8@-1", [3, 16], 8),
      ("reverse@-1", [3, 5], 2), ("cube@-1", [9, 3], 24), ("icosahedron@-1", [9, 3], 60),
      ("icosahedron@1", [3, 9], 60), ("matrix:0,-1;1,0@-1", [4, 2], 4),
      ("matrix:0,-1;1,0/-1,0;0,1@-1", [4, 2], 8), ("matrix:-1@-1", [5, 1], 2),
    ])
  func finite(name: String, shape: [Int], order: Int) throws {
    let group = try #require(GroupName(name))
    #expect(group.description == name)
    let transformations = try group.transformations(on: shape)
    #expect(transformations.transformations.group?.order == order)
    // Sums of up to 3 products of single-precision numbers of size 4.
    try checkActionLaws(of: transformations, on: shape, tolerance: 2e-6)
    #expect(Set(transformations.transformations.elementNames).count == order)
  }

  @Test(
    "Rotations of solids keep lengths, and are no reflections", arguments: ["cube", "icosahedron"])
  func solids(name: String) throws {
    let action = try action("\(name)@-1", on: [3, 3])
    let basis = Tensor(shape: [3, 3], scalars: [1, 0, 0, 0, 1, 0, 0, 0, 1])
    for g in action.transformations.indices {
      let m = action(g, basis).scalars
      let determinant =
        m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6])
        + m[2] * (m[3] * m[7] - m[4] * m[6])
      // Sines and cosines in single precision.
      #expect(abs(determinant - 1) < 1e-6)
    }
  }

  @Test("Turns of the cube are named by angle and axis")
  func names() throws {
    let names = try action("cube@-1", on: [3]).transformations.elementNames
    #expect(names[0] == "e")
    #expect(names.contains("90° about (0, 0, 1)"))
    #expect(names.count { $0.hasPrefix("90°") } == 6)
    #expect(names.count { $0.hasPrefix("180°") } == 9)
    #expect(names.count { $0.hasPrefix("120°") } == 8)
  }

  /// The mean of a uniformly rotated vector is 0, with a standard error of 1/√(3·4000) for each
  /// coordinate of a unit vector.
  @Test("Random rotations are uniform, and inversions are half of O(3)")
  func samples() throws {
    let rotations = try action("SO3@-1:4000", on: [3])
    let vector = Tensor(shape: [3], scalars: [0, 0, 1])
    var sum = [Float](repeating: 0, count: 3)
    for g in rotations.transformations.indices.dropFirst() {
      for (i, scalar) in rotations(g, vector).scalars.enumerated() { sum[i] += scalar / 4000 }
    }
    for coordinate in sum { #expect(abs(coordinate) < 0.04) }
    let inverted = try action("O3@-1:4000", on: [3]).transformations.elementNames
      .count { $0.hasPrefix("−") }
    // 4000 draws with a chance of one half: standard error 32.
    #expect(abs(inverted - 2000) < 130)
    #expect(rotations.group == nil)
  }

  @Test(
    "Texts that name no group",
    arguments: [
      "S5", "S5@0", "S7@1", "S5@1:1", "S5@1:5000", "S0@1", "S1@1:5", "shift@-1", "shift:0@-1",
      "shift:8@-1:3", "shift:08@-1", "reverse", "reverse:2@-1", "SO3@-1", "SO3:32@-1", "O3@-1:1",
      "cube@-1:3", "cube", "matrix@-1", "matrix:@-1", "matrix:1,0@-1", "matrix:1,0;0,nan@-1",
      "sign@1", "S5@01", "S5@+1", "S5@--1", "S5@1@2", "S99999999999999999999@1",
      "C4@-1", "@1", "S5@",
    ])
  func noGroups(name: String) {
    #expect(GroupName(name) == nil)
  }

  /// Ten changes of one sign each: 2¹⁰ products.
  @Test("Large groups of matrices are generated")
  func signs() throws {
    let generators = (0..<10).map { changed in
      (0..<10).map { row in
        (0..<10).map { $0 != row ? "0" : $0 == changed ? "-1" : "1" }.joined(separator: ",")
      }.joined(separator: ";")
    }
    let action = try action("matrix:\(generators.joined(separator: "/"))@-1", on: [10])
    #expect(action.transformations.count == 1024)
    // A long name has a digest in its place.
    #expect(action.transformations.name.wholeMatch(of: /matrix:#[0-9a-f]{8}@-1/) != nil)
  }

  @Test("Matrices that generate no finite group are refused")
  func infinite() throws {
    func error(_ name: String) -> ActionError? {
      #expect(throws: ActionError.self) { try action(name, on: [3, 2]) }
    }
    #expect(error("matrix:1,1;0,1@-1") == .matrices(.infiniteOrder(generator: "a")))
    #expect(error("matrix:1,0;0,0@-1") == .matrices(.infiniteOrder(generator: "a")))
    // Two reflections whose axes enclose an angle that is no fraction of a turn.
    #expect(error("matrix:1,0;0,-1/0.28,0.96;0.96,-0.28@-1") == .matrices(.tooLarge))
  }

  /// An eighth of a turn with eight digits; with three, its eighth power is 0.999 of the identity.
  @Test("Generators with rounded entries are one group")
  func rounded() throws {
    let s = "0.70710678"
    let eighth = try action("matrix:\(s),-\(s);\(s),\(s)@-1", on: [2])
    #expect(eighth.group?.order == 8)
    #expect(throws: ActionError.matrices(.infiniteOrder(generator: "a"))) {
      try action("matrix:0.707,-0.707;0.707,0.707@-1", on: [2])
    }
  }
}
