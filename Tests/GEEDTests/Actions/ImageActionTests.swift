// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct ImageActionTests {
  @Test(
    "Quarter turns and reflections of square pictures keep the laws to the bit",
    arguments: ["C1", "C2", "C4", "D1", "D2", "D4", "flip"], [1, 2, 3, 4, 5, 8])
  func exactOnSquares(name: String, size: Int) throws {
    try checkActionLaws(of: try #require(GroupName(name)?.action()), on: [2, size, size])
  }

  @Test(
    "Half turns and reflections keep the laws on every picture, to the bit",
    arguments: ["C2", "D1", "D2", "flip"], [[3, 5], [2, 4, 6], [1, 1, 7], [2, 3, 5, 4]])
  func exactOnRectangles(name: String, shape: [Int]) throws {
    try checkActionLaws(of: try #require(GroupName(name)?.action()), on: shape)
  }

  @Test(
    "Shifts by whole pixels keep the laws to the bit",
    arguments: [("T2x3", [1, 4, 6]), ("T4x4", [2, 4, 8]), ("T3x1", [3, 5]), ("T5x7", [5, 7])])
  func exactShifts(name: String, shape: [Int]) throws {
    try checkActionLaws(of: try #require(GroupName(name)?.action()), on: shape)
  }

  /// numpy.rot90([[0, 1, 2], [3, 4, 5], [6, 7, 8]], k=1): the right column becomes the top row.
  @Test("r1 of C4 turns counter-clockwise as seen")
  func quarterTurn() throws {
    let c4 = try ImageAction.rotations(4).prepared(for: [3, 3])
    let picture = Tensor.counting([3, 3])
    #expect(c4(1, picture).scalars == [2, 5, 8, 1, 4, 7, 0, 3, 6])
    #expect(c4(2, picture).scalars == [8, 7, 6, 5, 4, 3, 2, 1, 0])
    #expect(c4(3, picture).scalars == [6, 3, 0, 7, 4, 1, 8, 5, 2])
  }

  @Test("numpy.rot90 as a formula, on even and odd pictures", arguments: [2, 3, 4, 7])
  func rot90(size: Int) throws {
    let c4 = try ImageAction.rotations(4).prepared(for: [size, size])
    // rot90(k=1) puts m[j, n − 1 − i] at (i, j).
    let expected = (0..<size * size).map { Float($0 % size * size + size - 1 - $0 / size) }
    #expect(c4(1, .counting([size, size])).scalars == expected)
  }

  /// Swapped: 2 1 0 / 5 4 3 / 8 7 6. Then the right column 0 3 6 becomes the top row.
  @Test("r1s flips first, then turns")
  func reflectedQuarterTurn() throws {
    let d4 = try ImageAction.rotationsAndReflections(4).prepared(for: [3, 3])
    let picture = Tensor.counting([3, 3])
    #expect(d4.transformations.elementNames[5] == "r1s")
    #expect(d4(4, picture).scalars == [2, 1, 0, 5, 4, 3, 8, 7, 6])
    #expect(d4(5, picture).scalars == [0, 3, 6, 1, 4, 7, 2, 5, 8])
    #expect(d4(5, picture) == d4(1, d4(4, picture)))
  }

  /// (i, j) = (1, 1) of T2x3 on 2 × 3 moves one down and one right.
  @Test("Translations move down and right around the border")
  func translation() throws {
    let action = try ImageAction.translations(rows: 2, columns: 3).prepared(for: [2, 3])
    #expect(action(4, .counting([2, 3])).scalars == [5, 3, 4, 2, 0, 1])
  }

  /// The corners of a 3 × 3 picture turned by 45° come from (1 ± √2, 1), 0.414 beyond the border,
  /// so they keep 1 − 0.414 = 0.586 of the pixel at the middle of the edge.
  @Test("A turn by 45° reads zeros outside")
  func eighthTurn() throws {
    let c8 = try ImageAction.rotations(8).prepared(for: [3, 3])
    let turned = c8(1, Tensor(repeating: 1, shape: [3, 3])).scalars
    // Products of single-precision weights.
    for corner in [0, 2, 6, 8] {
      expectClose(Double(turned[corner]), 2 - 2.0.squareRoot(), tolerance: 1e-7)
    }
    for inside in [1, 3, 4, 5, 7] { expectClose(Double(turned[inside]), 1, tolerance: 1e-7) }
  }

  @Test("Leading axes are moved alike", arguments: ["C8", "D3", "T3x2"])
  func leadingAxes(name: String) throws {
    let action = try #require(GroupName(name)?.action())
    let picture = try action.prepared(for: [5, 5])
    let stack = try action.prepared(for: [2, 3, 5, 5])
    var generator = SplitMix64(seed: 3)
    let x = Tensor.random([6, 5, 5], using: &generator)
    for g in action.group.elements {
      let expected = Tensor.stacking((0..<6).map { picture(g, x.row($0)) })
      #expect(stack(g, x.reshaped(to: [2, 3, 5, 5])).scalars == expected.scalars)
    }
  }

  @Test(
    "Quarter turns of pictures that are not square are refused with the way out",
    arguments: ["C4", "C8", "D4", "C12"])
  func notSquare(name: String) throws {
    let action = try #require(GroupName(name)?.action())
    let error = #expect(throws: ActionError.self) { try action.prepared(for: [3, 28, 32]) }
    #expect(error == .notSquare(group: name, shape: [3, 28, 32]))
    #expect(
      error?.description
        == "\(name) holds a quarter turn, which needs square images, but got shape [3, 28, 32]; "
        + "crop them square first (--crop).")
  }

  @Test(
    "Groups without quarter turns take pictures of every shape",
    arguments: ["C1", "C2", "C3", "C5", "C6", "D1", "D2", "D3", "flip", "T2x2"])
  func rectangles(name: String) throws {
    let action = try #require(GroupName(name)?.action())
    #expect(try action.prepared(for: [3, 28, 32]).operators.count == action.group.order)
  }

  @Test("Arrays that are no pictures are refused", arguments: [[], [7], [0, 4, 4], [4, 0]])
  func notPictures(shape: [Int]) {
    #expect(
      throws: ActionError.missingAxes(group: "C4", shape: shape, expected: "[..., H, W]")
    ) {
      try ImageAction.rotations(4).prepared(for: shape)
    }
  }

  @Test(
    "Names stand for groups",
    arguments: [
      ("C1", 1), ("C8", 8), ("D4", 8), ("D1", 2), ("flip", 2), ("T2x3", 6), ("C4096", 4096),
      ("T64x64", 4096),
    ])
  func names(name: String, order: Int) throws {
    let action = try #require(GroupName(name)?.action())
    #expect(action.group.order == order)
    #expect(action.group.name == name)
  }

  @Test(
    "Names that stand for no group are refused",
    arguments: [
      "", "C", "C0", "C-4", "C4097", "D2049", "D", "T4", "T0x4", "Tx", "T4x", "T4x4x4", "T65x64",
      "c8", "8", "C8 ", "C²", "C99999999999999999999", "E2", "S3", "C8x2",
    ])
  func unknownNames(name: String) {
    #expect(GroupName(name)?.action()?.group.name == nil)
  }
}
