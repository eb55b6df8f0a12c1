// SPDX-License-Identifier: MIT

/// The interpolation floors of the channelwise probes of a measurement.
///
/// The floor of a layer is its metric for a map that is as equivariant as the layer's grid allows:
/// the input picture itself, area-averaged onto that grid. For this map f(gx) and g·f(x) differ by
/// resampling alone. On a grid of the input's size the map is the identity, whose deviation is the
/// distance of equal outputs.
///
/// Probes with equal grids, distances and actions share one computation. The pictures are those
/// that go through the model anyway, the first ``exampleLimit`` of them.
struct InterpolationFloors: Sendable {
  /// The number of examples that are enough: the effect of interpolation hardly depends on the
  /// picture, and the examples are in random order.
  static let exampleLimit = 50

  private let inputAction: any TransformationAction
  private var recorders: [FloorRecorder] = []
  private var floors: [Floor]?

  /// The state of one probe's floor.
  private enum Floor {
    /// The metric has no floor.
    case none
    /// The layer has no floor, for the given reason.
    case missing(MeasurementNote.FloorObstacle)
    /// The grid is that of the input, and the floor is exact.
    case exact(Double)
    /// Measured by the recorder at this index.
    case measured(Int)
  }

  private let inputShape: [Int]

  init(of measurement: DeviationMeasurement) {
    inputAction = measurement.inputAction
    inputShape = measurement.dataset.exampleShape
  }

  /// Determines the kind of floor of each probe from the shape of its outputs.
  mutating func prepare(for probes: [(probe: Probe, shape: [Int])]) throws {
    guard floors == nil else { return }
    floors = try probes.map { try floor(of: $0.probe, output: $0.shape) }
  }

  /// Compares the inputs of a unit, averaged onto the grids.
  ///
  /// - Parameters:
  ///   - unit: The unit.
  ///   - inputs: Gathers its inputs; called only if they are needed.
  /// - Returns: For each floor that is measured the comparisons under all elements; empty once
  ///   enough examples have been compared.
  func records(of unit: InputPlan.PlannedExample, inputs: () -> Tensor) -> [[Comparison]] {
    guard let orbit = unit.orbit, orbit < Self.exampleLimit, !recorders.isEmpty else { return [] }
    let inputs = inputs()
    return recorders.map { $0.comparisons(ofOrbit: inputs) }
  }

  /// Adds the comparisons that ``records(of:inputs:)`` made of a unit.
  ///
  /// - Throws: ``MeasurementError/foreignRecord(position:reason:)`` for a record of another
  ///   measurement.
  mutating func absorb(_ records: [[Comparison]], of unit: InputPlan.PlannedExample) throws {
    let isCompared = unit.orbit.map { $0 < Self.exampleLimit } ?? false
    let count = inputAction.transformations.count
    guard records.map(\.count) == (isCompared ? recorders.map { _ in count } : []) else {
      throw MeasurementError.foreignRecord(
        position: unit.position, reason: "it has the floors of other layers")
    }
    for (index, comparisons) in records.enumerated() {
      recorders[index].estimator.add(comparisons)
    }
  }

  /// Writes floors, or the reason why there are none, into the results of the probes.
  func complete(_ results: inout [ProbeResult]) {
    for (index, floor) in (floors ?? []).enumerated() where results[index].exampleCount > 0 {
      switch floor {
      case .none: break
      case .exact(let value): results[index].floor = value
      case .measured(let recorder): results[index].floor = recorders[recorder].value
      case .missing(let reason): results[index].notes.append(.noFloor(reason))
      }
    }
  }

  private mutating func floor(of probe: Probe, output: [Int]) throws -> Floor {
    let input = inputShape
    guard probe.metric == .channelwise else { return .none }
    guard output.count >= 2, input.count >= 2 else {
      return .missing(.noGrid(shape: output))
    }
    let pictures = try inputAction.prepared(for: input)
    guard let action = probe.outputAction.map({ $0.gridAction }) ?? inputAction,
      try probe.outputAction == nil || action.prepared(for: input).agrees(with: pictures)
    else { return .missing(.otherAction) }
    let grid = Array(output.suffix(2))
    if grid == Array(input.suffix(2)), let equal = probe.distance.ofEqualOutputs {
      return .exact(equal)
    }
    let averaged = try action.prepared(for: input.dropLast(2) + grid)
    if averaged.isTrivial, !pictures.isTrivial {
      return .missing(
        .trivialAction(
          transformationCount: averaged.transformations.count, height: grid[0], width: grid[1]))
    }
    if let known = recorders.firstIndex(where: {
      $0.estimator.outputAction.agrees(with: averaged)
        && AnyHashable($0.estimator.distance) == AnyHashable(probe.distance)
    }) {
      return .measured(known)
    }
    recorders.append(
      FloorRecorder(
        average: AreaAverage(
          from: (input[input.count - 2], input[input.count - 1]), to: (grid[0], grid[1])),
        estimator: DeviationEstimator(outputAction: averaged, distance: probe.distance)))
    return .measured(recorders.count - 1)
  }
}

/// Measures one floor: the deviation of the averaged picture.
private struct FloorRecorder: Sendable {
  let average: AreaAverage
  var estimator: DeviationEstimator

  func comparisons(ofOrbit inputs: Tensor) -> [Comparison] {
    estimator.comparisons(ofOrbitOutputs: average(inputs))
  }

  /// The mean over the examples so far.
  var value: Double? { estimator.estimate?.value }
}
