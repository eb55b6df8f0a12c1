// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct OutputActionTests {
  /// Returns the action of a group on outputs, for images `[1, 6, 8]` or, square, `[1, 6, 6]`.
  private func prepared(
    _ name: String, of group: String, on shape: [Int], imageShape: [Int] = [1, 6, 6]
  ) throws -> PreparedAction {
    let groupName = try #require(GroupName(group))
    let images = try #require(groupName.action())
    let action = try #require(OutputActionName(name)).action(
      of: groupName, over: images, imageShape: imageShape)
    return try #require(action).prepared(for: shape)
  }

  @Test(
    "Actions on outputs keep the group's laws",
    arguments: [
      ("spatial", "D4", [3, 6, 6]), ("sign", "C4", [5]), ("sign", "D4", [2, 4, 4]),
      ("sign:r1,r0s", "D4", [3]), ("sign&spatial", "flip", [2, 4, 5]),
      ("permute:1,2,3,0", "C4", [4]), ("permute:1,2,3,0", "C4", [4, 3, 3]),
      ("permute:1,2,3,0/0,3,2,1", "D4", [4]), ("permute:1,0&spatial", "flip", [2, 4, 4]),
      ("fields:regular", "D4", [16, 4, 4]), ("fields:regular", "C8", [16]),
      ("irrep:1", "C8", [6]), ("irrep:3", "D4", [4]), ("irrep:1", "C4", [4, 5, 5]),
      ("matrix:0,-1;1,0", "C4", [2]), ("matrix:0,-1;1,0/-1,0;0,1", "D4", [2, 4, 4]),
      ("vector", "C8", [5, 2]), ("vector", "D4", [6]), ("points:pixel", "D4", [7, 2]),
      ("points:unit", "C8", [2]), ("points:centered", "D4", [3, 2]),
      ("boxes:pixel", "D4", [2, 4]), ("boxes:unit", "C4", [4]),
      ("centered-boxes:unit", "D4", [3, 4]), ("points:unit&permute:1,0", "flip", [2, 2]),
      ("points:unit&permute:1,0,2", "flip", [6]),
    ])
  func laws(name: String, group: String, shape: [Int]) throws {
    let action = try prepared(name, of: group, on: shape)
    var generator = SplitMix64(seed: 1)
    // Corners in order, so that the numbers are boxes.
    let x = Tensor(
      shape: shape,
      scalars: (0..<Tensor.count(of: shape)).map {
        Float($0 % 4 < 2 ? 0 : 0.5) + Float(0.4 * generator.nextUnit())
      })
    let defects = try #require(action.lawDefects(on: x))
    // Coordinates and matrices are rounded to single precision.
    #expect(defects.compositionDefect < 1e-6 && defects.roundTrip < 1e-6)
    #expect(!action.isTrivial)
  }

  /// A point at the right edge of 6 columns moves to the top, since r1 turns counter-clockwise.
  @Test("Coordinates move as the image does")
  func coordinatesByHand() throws {
    let pixels = try prepared("points:pixel", of: "D4", on: [2])
    #expect(pixels(1, Tensor(shape: [2], scalars: [5, 2.5])).scalars == [2.5, 0])
    #expect(pixels(4, Tensor(shape: [2], scalars: [5, 1])).scalars == [0, 1])
    let unit = try prepared("points:unit", of: "C4", on: [2])
    #expect(unit(1, Tensor(shape: [2], scalars: [1, 0.5])).scalars == [0.5, 0])
    let vectors = try prepared("vector", of: "C4", on: [2])
    #expect(vectors(1, Tensor(shape: [2], scalars: [3, 1])).scalars == [1, -3])
    let boxes = try prepared("boxes:unit", of: "C4", on: [4])
    #expect(
      boxes(1, Tensor(shape: [4], scalars: [0.5, 0, 1, 0.25])).scalars == [0, 0, 0.25, 0.5])
    let centered = try prepared(
      "centered-boxes:unit", of: "C2", on: [4], imageShape: [1, 6, 8])
    #expect(
      centered(1, Tensor(shape: [4], scalars: [0.25, 0.5, 0.2, 0.1])).scalars
        == [0.75, 0.5, 0.2, 0.1])
    // A quarter of 8 columns to the right, past the edge.
    let shifts = try prepared("points:pixel", of: "T1x4", on: [2], imageShape: [1, 6, 8])
    #expect(shifts(1, Tensor(shape: [2], scalars: [7, 3])).scalars == [1, 3])
  }

  /// An image of one bright pixel, whose place moves as the action on points says.
  @Test(
    "Positions agree with the pixels of a moved image", arguments: ["D4", "C4", "flip", "T2x3"])
  func agreesWithImages(group: String) throws {
    let action = try #require(GroupName(group)?.action())
    let images = try action.prepared(for: [1, 6, 6])
    let points = try prepared("points:pixel", of: group, on: [2])
    for place in [0, 3, 14, 29] {
      var image = Tensor(shape: [1, 6, 6], scalars: [Float](repeating: 0, count: 36))
      image.scalars[place] = 1
      for g in action.group.elements {
        let moved = try #require(images(g, image).scalars.firstIndex(of: 1))
        let expected: [Float] = [Float(moved % 6), Float(moved / 6)]
        let found = points(g, Tensor(shape: [2], scalars: [Float(place % 6), Float(place / 6)]))
        #expect(zip(found.scalars, expected).allSatisfy { abs($0 - $1) < 1e-5 }, "\(g)")
      }
    }
  }

  /// C8 through the classes of C4: r4 changes nothing.
  @Test("The kernel is that of the named action")
  func kernels() throws {
    #expect(try prepared("permute:1,2,3,0", of: "C8", on: [4]).kernel == [0, 4])
    #expect(try prepared("sign", of: "D4", on: [1]).kernel == [0, 1, 2, 3])
    #expect(try prepared("sign", of: "C4", on: [1]).kernel == [0, 2])
    #expect(try prepared("irrep:2", of: "C8", on: [2]).kernel == [0, 4])
    #expect(try prepared("vector", of: "D4", on: [2]).kernel == [0])
  }

  @Test("The matrices of the regular representation are those of fields")
  func sameAsFields() throws {
    let fields = try prepared("fields:regular", of: "C4", on: [4])
    let classes = try prepared("permute:1,2,3,0", of: "C4", on: [4])
    let x = Tensor(shape: [4], scalars: [1, 2, 3, 4])
    for g in 0..<4 { #expect(fields(g, x) == classes(g, x)) }
    #expect(classes(1, x).scalars == [4, 1, 2, 3])
  }

  @Test(
    "What is no representation, or does not fit, is refused",
    arguments: [
      ("sign", "C3", [2], "it violates r1^3 = r0"),
      ("permute:1,2,0", "C4", [3], "it violates r1^4 = r0"),
      ("permute:1,0", "D4", [2], "Expected permutations of r1 and of r0s"),
      ("permute:1,2,3,0", "C4", [10], "takes 4 channels, but the output has 10"),
      ("matrix:0,1;1,1", "flip", [2], "it violates r0s^2 = r0"),
      ("irrep:1", "C4", [3], "takes pairs of channels"),
      ("sign:r2", "C4", [3], "The generators of C4 are r1, not 'r2'"),
      ("boxes:unit", "C8", [4], "C8 has r1"),
      ("boxes:unit", "T2x2", [4], "T2x2 has (0,1)"),
      ("vector", "C4", [3], "needs 2 coordinates"),
      ("points:unit", "C4", [5, 3], "needs 2 coordinates"),
      ("spatial", "C4", [7], "[..., H, W]"),
      ("permute:1,0", "T3x3", [2], "not for T3x3"),
      ("permute:1,2,0/0,2,1&permute:0,2,1/0,1,2", "D3", [3], "it violates"),
    ])
  func refused(name: String, group: String, shape: [Int], reason: String) throws {
    var message = ""
    do {
      _ = try prepared(name, of: group, on: shape)
    } catch {
      message = "\(error)"
    }
    #expect(message.contains(reason), "\(message)")
  }

  @Test(
    "What is no action is no name",
    arguments: [
      "", "turn", "spatial&spatial", "trivial&sign", "permute:",
      "permute:0,0",
      "permute:1,2", "permute:1,0/0", "matrix:1,2", "matrix:1,x;0,1", "irrep:-1", "irrep:",
      "points:meters", "fields:odd", "sign:", "vector&points:unit", "&",
    ])
  func noName(text: String) {
    #expect(OutputActionName(text) == nil)
  }
}
