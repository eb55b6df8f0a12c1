// SPDX-License-Identifier: MIT

/// The interpolation floors of the channelwise probes of a measurement.
///
/// The floor of a layer is its metric for the input image itself, area-averaged onto the layer's
/// grid: f(gx) and g·f(x) then differ by resampling alone. Probes with equal grids, distances and
/// actions share one computation on the first ``exampleLimit`` examples.
struct InterpolationFloors: Sendable {
  /// The number of examples that are enough: interpolation hardly depends on the image.
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
  /// The part of the inputs that is moved as an image; `nil` for all of each.
  private let part: Range<Int>?
  /// Whether any part of the inputs is moved as an image.
  private let hasImage: Bool

  init(of measurement: DeviationMeasurement) {
    let joined = measurement.inputAction as? JoinedAction
    inputAction = joined?.base ?? measurement.inputAction
    inputShape = joined?.imageShape ?? measurement.dataset.exampleShape
    let moved = joined?.inputs.firstMoved
    part = joined.flatMap { joined in moved.map { joined.inputs.ranges[$0] } }
    hasImage = joined == nil || moved != nil
  }

  /// Determines the kind of floor of each probe from the shape of its outputs.
  mutating func prepare(for probes: [(probe: Probe, shape: [Int])]) throws {
    guard floors == nil else { return }
    floors = try probes.map { try floor(of: $0.probe, output: $0.shape) }
  }

  /// Compares the inputs of a unit, averaged onto the grids.
  func records(of unit: InputPlan.PlannedExample, inputs: () -> Tensor) -> [[Comparison]] {
    guard let orbit = unit.orbit, orbit < Self.exampleLimit, !recorders.isEmpty else { return [] }
    var inputs = inputs()
    if let part { inputs = inputs.columns(part, shapedAs: inputShape) }
    return recorders.map { $0.comparisons(ofOrbit: inputs) }
  }

  /// Adds the comparisons that ``records(of:inputs:)`` made of a unit.
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
    guard probe.comparesGrids, inputAction.gridAction != nil else { return .none }
    guard output.count >= 2, input.count >= 2, hasImage else {
      return .missing(.noGrid(shape: output))
    }
    let images = try inputAction.prepared(for: input)
    guard let action = probe.outputAction.map({ $0.gridAction }) ?? inputAction,
      try probe.outputAction == nil || action.prepared(for: input).agrees(with: images)
    else { return .missing(.otherAction) }
    let grid = Array(output.suffix(2))
    if grid == Array(input.suffix(2)), let equal = probe.distance.ofEqualOutputs {
      return .exact(equal)
    }
    // The length of an image is no length of features.
    if probe.distanceName.map({ !$0.hasNoUnit }) ?? false { return .none }
    let averaged = try action.prepared(for: input.dropLast(2) + grid)
    if averaged.isTrivial, !images.isTrivial {
      return .missing(
        .trivialAction(
          transformationCount: averaged.transformations.count, height: grid[0], width: grid[1]))
    }
    let known =
      probe.metric == .equivariance
      ? try KnownPositions(under: action, grid: (grid[0], grid[1])) : nil
    if let same = recorders.firstIndex(where: {
      $0.estimator.outputAction.agrees(with: averaged) && $0.estimator.knownPositions == known
        && AnyHashable($0.estimator.distance) == AnyHashable(probe.distance)
    }) {
      return .measured(same)
    }
    recorders.append(
      FloorRecorder(
        average: AreaAverage(
          from: (input[input.count - 2], input[input.count - 1]), to: (grid[0], grid[1])),
        estimator: DeviationEstimator(averaged, of: probe, at: known)))
    return .measured(recorders.count - 1)
  }
}

/// Measures one floor: the deviation of the averaged image.
private struct FloorRecorder: Sendable {
  let average: AreaAverage
  var estimator: DeviationEstimator

  func comparisons(ofOrbit inputs: Tensor) -> [Comparison] {
    estimator.comparisons(ofOrbitOutputs: average(inputs))
  }

  var value: Double? { estimator.estimate?.value }
}
