// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite("Actions that are given by a function") struct OwnActionTests {
  /// Rotations as a caller would write them, beside those of the package.
  private struct QuarterTurns: GroupAction {
    let group = FiniteGroup.cyclic(4)

    func apply(_ g: FiniteGroup.Element, to x: [Double], shape: [Int]) -> [Double] {
      let side = shape[shape.count - 1]
      return (0..<g).reduce(x) { x, _ in
        x.indices.map { i in
          let (block, row, column) = (i / (side * side), i / side % side, i % side)
          // Counter-clockwise as displayed: the right column becomes the top row.
          return x[block * side * side + column * side + side - 1 - row]
        }
      }
    }

    func requireDefined(on shape: [Int]) throws(ActionError) {
      guard shape.count >= 2, shape[shape.count - 1] == shape[shape.count - 2] else {
        throw .notSquare(group: "C4", shape: shape)
      }
    }
  }

  /// The sign representation, under which no array but 0 is fixed.
  private struct SignChange: GroupAction {
    let group = FiniteGroup.cyclic(2)

    func apply(_ g: FiniteGroup.Element, to x: [Double], shape: [Int]) -> [Double] {
      g == 0 ? x : x.map { -$0 }
    }
  }

  @Test("A function has the laws and the kernel of the action that it computes")
  func laws() throws {
    try checkActionLaws(of: QuarterTurns(), on: [2, 5, 5])
    try checkActionLaws(of: SignChange(), on: [7])
    #expect(try QuarterTurns().prepared(for: [3, 1, 1]).isTrivial)
    #expect(try QuarterTurns().prepared(for: [3, 4, 4]).isFaithful)
    #expect(try SignChange().prepared(for: [3]).isFaithful)
  }

  @Test("A function gives the images of the package's own action, forward and for f̂")
  func sameImages() throws {
    let shape = [2, 6, 6]
    var generator = SplitMix64(seed: 4)
    let x = Tensor.random(shape, using: &generator)
    let own = try QuarterTurns().prepared(for: shape)
    let rotations = ImageAction.rotations(4)
    #expect(own.orbit(of: x) == (try rotations.prepared(for: shape).orbit(of: x)))
    let scalars = x.scalars.map(Double.init)
    for g in 0..<4 {
      #expect(
        rotations.apply(g, to: scalars, shape: shape)
          == QuarterTurns().apply(g, to: scalars, shape: shape))
    }
  }

  @Test("A measurement under a function has the digits and the floor of the package's own action")
  func sameMeasurement() throws {
    let theirs = try sampleMeasurement(under: ImageAction.rotations(4)).run().results
    let own = try sampleMeasurement(under: QuarterTurns()).run().results
    #expect(own.map(\.value) == theirs.map(\.value))
    #expect(own.map(\.floor) == theirs.map(\.floor))
    #expect(own.contains { $0.floor != nil })
  }

  /// Inverts bright pixels only, which no array of small numbers shows.
  private struct InvertedHighlights: GroupAction {
    let group = FiniteGroup.cyclic(2)

    func apply(_ g: FiniteGroup.Element, to x: [Double], shape: [Int]) -> [Double] {
      g == 0 ? x : x.map { abs($0) > 128 ? -$0 : $0 }
    }

    func changesNothing(_ g: FiniteGroup.Element, on shape: [Int]) -> Bool { g == 0 }
  }

  @Test("A map that is not linear states its kernel itself")
  func kernel() throws {
    #expect(try InvertedHighlights().prepared(for: [3]).isFaithful)
  }

  @Test("Actions of the package are refused where they are not defined, without an array")
  func packageActions() throws {
    #expect(throws: ActionError.notSquare(group: "C4", shape: [3, 4, 5])) {
      try ImageAction.rotations(4).requireDefined(on: [3, 4, 5])
    }
    try ImageAction.rotations(4).requireDefined(on: [3, 4, 4])
    #expect(ImageAction.rotations(4).changesNothing(2, on: [3, 1, 1]))
    #expect(!ImageAction.rotations(4).changesNothing(2, on: [3, 2, 2]))
  }

  @Test("An output that another group moves is refused, even one of the same order")
  func otherGroup() throws {
    for action in [ImageAction.rotations(4), .rotationsAndReflections(4)] {
      let measurement = DeviationMeasurement(
        of: ClosureModel(output: "x") { $0 }, on: pictures(3), under: ImageAction.rotations(8),
        probes: [.channelwise("x", outputAction: action)])
      #expect(
        throws: MeasurementError.otherGroup(
          tensor: "x", output: action.group.name, input: "C8")
      ) { try measurement.run() }
    }
  }

  @Test("A function is refused where it is not defined")
  func undefined() {
    #expect(throws: ActionError.notSquare(group: "C4", shape: [3, 4, 5])) {
      try QuarterTurns().prepared(for: [3, 4, 5])
    }
  }

  @Test("An odd map is equivariant to the sign, and an even one is not")
  func sign() throws {
    let model = ClosureModel { x in
      [
        "odd": Tensor(shape: x.shape, scalars: x.scalars.map { 2 * $0 }),
        "even": Tensor(shape: x.shape, scalars: x.scalars.map { $0 * $0 }),
      ]
    }
    let measurement = DeviationMeasurement(
      of: model, on: pictures(6), under: SignChange(),
      probes: [
        Probe(.latent, tensor: "odd", outputAction: SignChange()),
        Probe(.latent, tensor: "even", outputAction: SignChange()),
      ])
    let results = try measurement.run().results
    #expect(results[0].unnormalized == 0)
    // ‖x² − (−x²)‖ = 2‖x²‖ for one of two elements.
    #expect(try #require(results[1].unnormalized) > 0)
  }

  @Test("Fields over a function's grid permute channels like those over the package's own")
  func fields() throws {
    let shape = [8, 4, 4]
    var generator = SplitMix64(seed: 5)
    let x = Tensor.random(shape, using: &generator)
    let own = FieldAction(QuarterTurns(), fieldType: .regular)
    let theirs = FieldAction(ImageAction.rotations(4), fieldType: .regular)
    #expect(
      try own.prepared(for: shape).orbit(of: x) == theirs.prepared(for: shape).orbit(of: x))
  }

  @Test("The matrix of a function is that of its images of the basis")
  func columns() throws {
    let own = try QuarterTurns().prepared(for: [2, 2])
    let theirs = try ImageAction.rotations(4).prepared(for: [2, 2])
    let map = LinearMap(
      inputShape: [2, 2], outputShape: [2, 2],
      entries: (0..<16).map { Double(($0 * 7) % 5) })
    #expect(
      map.commutator(inputAction: own, outputAction: own)
        == map.commutator(inputAction: theirs, outputAction: theirs))
  }
}

@Suite("Distances of a caller") struct OwnDistanceTests {
  /// The mean absolute difference, which is 0 for equal outputs.
  private struct MeanDifference: Distance {
    var weight = 1.0
    var range: ClosedRange<Double> { 0...Double.infinity }
    var ofEqualOutputs: Double? { 0 }

    func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
      Comparison(weight * a.indices.reduce(0) { $0 + abs(a[$1] - b[$1]) } / Double(a.count))
    }
  }

  private func measurement(_ probes: [Probe]) -> DeviationMeasurement {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.probes = probes
    return measurement
  }

  @Test("M is of the same distance as E, so its units cancel")
  func scale() throws {
    func value(_ weight: Double) throws -> ProbeResult {
      let probe = Probe(
        .latent, tensor: "features", distance: MeanDifference(weight: weight))
      return try measurement([probe]).run().results[0]
    }
    let (one, two) = (try value(1), try value(2))
    #expect(one.value == two.value)
    #expect(two.unnormalized == one.unnormalized.map { 2 * $0 })
  }

  @Test("A scale of its own divides by another distance")
  func ownScale() throws {
    let probe = Probe(
      .latent, tensor: "features", distance: MeanDifference(weight: 2), scale: MeanDifference())
    let same = Probe(.latent, tensor: "features", distance: MeanDifference())
    let results = try measurement([probe, same]).run().results
    #expect(results[0].scale == results[1].scale)
    #expect(results[0].value == results[1].value.map { 2 * $0 })
  }

  @Test("Distances with other parameters have floors of their own")
  func floors() throws {
    let probes = [1.0, 3, 1].map {
      Probe(.channelwise, tensor: "small", distance: MeanDifference(weight: $0))
    }
    var measurement = measurement(probes)
    measurement.model = ClosureModel { x in
      let side = x.shape[3] / 2
      return [
        "small": Tensor(
          shape: [x.rowCount, 1, side, side],
          scalars: (0..<x.rowCount).flatMap { Array(x.row($0).scalars.prefix(side * side)) })
      ]
    }
    let floors = try measurement.run().results.map(\.floor)
    let (first, second) = (try #require(floors[0]), try #require(floors[1]))
    #expect(floors[2] == first && second != first)
    // The sum of the comparisons is multiplied by 3 before it is rounded.
    expectClose(second, 3 * first, relative: 1e-12)
  }

  /// Says that it is at most 1, and is not.
  private struct Overstated: Distance {
    let distance: Double
    var range: ClosedRange<Double> { 0...1 }

    func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
      Comparison(a.indices.contains { a[$0] != b[$0] } ? distance : 0)
    }
  }

  @Test("A distance outside the range that it states is refused", arguments: [7, -1, .infinity])
  func outsideRange(distance: Double) throws {
    let measurement = measurement([
      Probe(.latent, tensor: "features", distance: Overstated(distance: distance))
    ])
    #expect(
      throws: MeasurementError.outsideRange(
        tensor: "features", distance: distance, range: 0...1)
    ) { try measurement.run() }
  }

  /// Minus an unbounded similarity, of which M is the mean.
  private struct NegativeProduct: Distance {
    func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
      Comparison(-a.indices.reduce(10) { $0 + abs(a[$1] * b[$1]) })
    }
  }

  @Test("The interval of M is not cut to the range of the cosine")
  func scaleInterval() throws {
    let probe = Probe(.latentCosine, tensor: "features", distance: NegativeProduct())
    let result = try measurement([probe]).run().results[0]
    let (scale, interval) = (
      try #require(result.scale), try #require(result.scaleConfidenceInterval)
    )
    #expect(scale > 10 && interval.contains(scale))
  }

  @Test("On the input's own grid the floor is the distance of equal outputs")
  func exactFloor() throws {
    var measurement = measurement([
      Probe(.channelwise, tensor: "x", distance: MeanDifference())
    ])
    measurement.model = ClosureModel(output: "x") { $0 }
    #expect(try measurement.run().results[0].floor == 0)
  }
}
