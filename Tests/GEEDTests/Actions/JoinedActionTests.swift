// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

struct JoinedActionTests {
  private let inputs = [
    ModelInput(name: "image", shape: [2, 6, 6]),
    ModelInput(name: "mask", shape: [1, 4, 4], interpolation: .nearest),
    ModelInput(name: "label", shape: [3], action: .trivial),
  ]

  @Test("Each part moves by its own action", arguments: ["C4", "C8", "D4", "T2x2", "SO2:3:haar"])
  func parts(name: String) throws {
    let group = try #require(GroupName(name))
    let action = try JoinedAction(group, on: inputs, seed: 3, interpolation: .bilinear)
    let count = 2 * 36 + 16 + 3
    var generator = SplitMix64(seed: 1)
    let x = Tensor.random([count], using: &generator)
    let joined = try action.prepared(for: [count])
    func moved(_ shape: [Int], _ interpolation: Interpolation) throws -> PreparedAction {
      try group.transformations(on: [2, 6, 6], seed: 3, interpolation: interpolation)
        .prepared(for: shape)
    }
    let (image, mask) = (try moved([2, 6, 6], .bilinear), try moved([1, 4, 4], .nearest))
    for element in joined.transformations.indices {
      let y = joined(element, x).scalars
      let parts = [
        image(element, Tensor(shape: [2, 6, 6], scalars: Array(x.scalars[0..<72]))),
        mask(element, Tensor(shape: [1, 4, 4], scalars: Array(x.scalars[72..<88]))),
        Tensor(shape: [3], scalars: Array(x.scalars[88...])),
      ]
      #expect(y == parts.flatMap(\.scalars))
    }
    #expect(joined.kernel == [0])
  }

  @Test("The laws of an action hold for all parts together")
  func laws() throws {
    let inputs = [
      ModelInput(name: "image", shape: [1, 4, 4]),
      ModelInput(
        name: "points", shape: [3, 2], action: try #require(OutputActionName("vector"))),
      ModelInput(name: "label", shape: [2], action: .trivial),
    ]
    let action = try JoinedAction(
      #require(GroupName("D4")), on: inputs, seed: 0, interpolation: .bilinear)
    // Quarter turns and reflections only move numbers and change signs.
    try checkActionLaws(of: action, on: [24])
    var generator = SplitMix64(seed: 2)
    let x = Tensor.random([24], using: &generator)
    let prepared = try action.prepared(for: [24])
    // (x, y) of the first point becomes (y, -x) or (-y, x), by the direction of rows.
    let turned = prepared(1, x).scalars[16..<18]
    let (a, b) = (x.scalars[16], x.scalars[17])
    #expect(turned == [b, -a] || turned == [-b, a])
  }

  @Test("Parts that all stay as they are have the whole group as kernel")
  func trivial() throws {
    let inputs = [ModelInput(name: "a", shape: [1, 4, 4], action: .trivial)]
    let action = try JoinedAction(.cyclic(4), on: inputs, seed: 0, interpolation: .bilinear)
    #expect(try action.prepared(for: [16]).isTrivial)
    #expect(action.gridAction == nil)
  }

  @Test("An array that is not that of all inputs is refused")
  func otherShape() throws {
    let action = try JoinedAction(.cyclic(4), on: inputs, seed: 0, interpolation: .bilinear)
    #expect(throws: ActionError.self) { try action.operators(on: [2, 6, 6]) }
  }
}

struct JoinedDatasetTests {
  /// Numbered examples with names.
  private struct Named: Dataset {
    let names: [String]?
    let count: Int
    let factor: Float
    let name = "named"
    let exampleShape = [2]

    func example(at index: Int) throws -> Tensor {
      Tensor(shape: [2], scalars: [Float(index), factor])
    }

    func exampleName(at index: Int) -> String? { names?[index] }
  }

  @Test("Examples with the same names belong together, whatever their order and format")
  func pairing() throws {
    let images = Named(names: ["a/x.jpg", "a/y.jpg", "b/z.jpg"], count: 3, factor: 1)
    let masks = Named(names: ["y.png", "z.png", "x.png"], count: 3, factor: 2)
    let joined = JoinedDataset([("image", images), ("mask", masks)])
    #expect(joined.exampleShape == [4])
    #expect(try joined.example(at: 0).scalars == [0, 1, 2, 2])
    #expect(try joined.example(at: 1).scalars == [1, 1, 0, 2])
    #expect(try joined.example(at: 2).scalars == [2, 1, 1, 2])
    #expect(joined.notes(on: [0, 1, 2]).isEmpty)
    #expect(joined.exampleName(at: 1) == "a/y.jpg")
  }

  @Test("Examples with other names are paired by their order, and this is said")
  func order() throws {
    let images = Named(names: ["x.jpg", "y.jpg"], count: 2, factor: 1)
    let masks = Named(names: ["x_mask.png", "y_mask.png"], count: 2, factor: 2)
    let joined = JoinedDataset([("image", images), ("mask", masks)])
    #expect(try joined.example(at: 1).scalars == [1, 1, 1, 2])
    #expect(joined.notes(on: [0]).count == 1)
    #expect(joined.notes(on: [0])[0].contains("'x.jpg' and 'x_mask.png'"))
    let unnamed = JoinedDataset([
      ("image", images), ("mask", Named(names: nil, count: 2, factor: 2)),
    ])
    #expect(unnamed.notes(on: [0]).isEmpty)
  }
}
