// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct SampledImageActionTests {
  private static let names = ["SO2:16:haar", "O2:16:haar", "T:16:haar"]

  private func sample(_ name: String, seed: UInt64, on shape: [Int] = [8, 8]) throws
    -> SampledImageAction
  {
    let name = try #require(GroupName(name))
    return try #require(name.transformations(on: shape, seed: seed) as? SampledImageAction)
  }

  @Test("A seed fixes the sample, another seed gives another", arguments: names)
  func seeds(name: String) throws {
    let first = try sample(name, seed: 5)
    #expect(first.transformations == (try sample(name, seed: 5)).transformations)
    #expect(first.transforms == (try sample(name, seed: 5)).transforms)
    #expect(first.transforms != (try sample(name, seed: 6)).transforms)
    #expect(first.transformations.name == name)
  }

  /// These digits are a promise: a seed in a result keeps its meaning.
  @Test("The first draws from seed 0 stay what they are")
  func promisedDraws() {
    #expect(
      SampledImageAction.rotations(3, seed: 0).transformations.elementNames
        == ["identity", "234.8814°", "252.4363°", "139.3646°"])
    #expect(
      SampledImageAction.translations(3, on: [3, 32, 32], seed: 0).transformations.elementNames
        == ["identity", "(20,22)", "(12,21)", "(25,4)"])
  }

  @Test("The identity comes first, counts nothing, and is no part of the sample", arguments: names)
  func identity(name: String) throws {
    let transformations = try sample(name, seed: 1).transformations
    #expect(transformations.count == 17)
    #expect(transformations.weights == [0] + Array(repeating: 1, count: 16))
    #expect(transformations.group == nil)
    #expect(transformations.quantity == .equivarianceDeviation)
    let action = try sample(name, seed: 1).prepared(for: [2, 8, 8])
    #expect(action.operators[0].isIdentity)
    #expect(action.isFaithful)
    #expect(try sample(name, seed: 1).prepared(for: [2, 1, 1]).isTrivial)
  }

  @Test("An angle is the turn by that angle, named in degrees")
  func angles() throws {
    let sampled = SampledImageAction.rotations(4, seed: 2)
    var generator = SplitMix64(seed: 3)
    let x = Tensor.random([9, 9], using: &generator)
    for (g, name) in sampled.transformations.elementNames.enumerated().dropFirst() {
      let degrees = try #require(Double(name.dropLast()))
      let turn = ImageAction(
        group: .cyclic(2),
        transforms: [.identity, .turn(Int((degrees * 1e4).rounded()), of: 3_600_000)])
      #expect(try sampled.prepared(for: [9, 9])(g, x) == turn.prepared(for: [9, 9])(1, x))
    }
  }

  /// With 4000 draws the mean of cos has the standard error 1/√8000 = 0.011.
  @Test("Angles are uniform, and half of O(2) reflects")
  func uniform() {
    let transforms = SampledImageAction.rotationsAndReflections(4000, seed: 4).transforms
      .dropFirst()
    let quarters = (0..<4).map { quarter in
      transforms.count { 4 * $0.turn / $0.turnCount == quarter }
    }
    // Standard errors of the counts are 27 and 32.
    for count in quarters { #expect(abs(count - 1000) < 110) }
    #expect(abs(transforms.count { $0.reflects } - 2000) < 130)
  }

  @Test(
    "Shifts by whole pixels move pixels, exact to the bit",
    arguments: [[4, 6], [28, 28], [5, 7]])
  func exactShifts(shape: [Int]) throws {
    let action = try SampledImageAction.translations(50, on: shape, seed: 7).prepared(for: shape)
    let x = Tensor.counting(shape)
    for g in action.transformations.indices {
      #expect(action(g, x).scalars.sorted() == x.scalars)
    }
    let down = try #require(
      Int(action.transformations.elementNames[1].dropFirst().prefix { $0 != "," }))
    let right = try #require(
      Int(action.transformations.elementNames[1].dropLast().drop { $0 != "," }.dropFirst()))
    #expect(action(1, x).scalars[down * shape[1] + right] == 0)
  }

  @Test("Rotations refuse grids that are not square; shifts do not")
  func nonSquare() throws {
    for name in ["SO2:4:haar", "O2:4:haar"] {
      #expect(throws: ActionError.notSquare(group: name, shape: [3, 4, 6])) {
        try sample(name, seed: 0).prepared(for: [3, 4, 6])
      }
    }
    #expect(throws: Never.self) {
      try sample("T:4:haar", seed: 0, on: [4, 6]).prepared(for: [4, 6])
    }
  }

  @Test("Samples have no products, so no law can be broken")
  func noLaws() throws {
    let action = try SampledImageAction.rotations(3, seed: 0).prepared(for: [4, 4])
    #expect(action.lawDefects(on: .counting([4, 4])) == nil)
    #expect(action.group == nil)
  }

  @Test(
    "What cannot be drawn has no name",
    arguments: [
      "SO2", "SO2:1:haar", "SO2:x:haar", "C8:4:haar", "T:4096:haar", "O2::haar",
    ])
  func refused(name: String) {
    #expect(GroupName(name) == nil)
  }

  @Test("Equally spaced angles are Cn and Dn under another name")
  func equispaced() throws {
    let so2 = try #require(GroupName("SO2:12")?.action())
    #expect(so2.group.name == "SO2:12")
    #expect(so2.transforms == ImageAction.rotations(12).transforms)
    let o2 = try #require(GroupName("O2:6")?.action(interpolation: .bicubic))
    #expect(o2.transforms == ImageAction.rotationsAndReflections(6).transforms)
    #expect(o2.interpolation == .bicubic)
    for name in ["SO2:1", "SO2:", "SO3:4", "O2:2049", "SO2:4:5"] {
      #expect(GroupName(name)?.action() == nil)
    }
  }
}
