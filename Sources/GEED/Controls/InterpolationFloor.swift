// SPDX-License-Identifier: MIT

/// The interpolation floors of the channelwise probes of a measurement.
///
/// The floor of a layer is its metric for a map that is as equivariant as the layer's grid lets
/// one be: the input picture itself, area-averaged onto that grid. Nothing but resampling stands
/// between f(gx) and g·f(x) then. A grid the size of the input's has the floor −1 exactly, because
/// the identity map commutes with everything.
///
/// Probes that share a grid share the work; pictures are those that go through the model anyway, the
/// first ``exampleLimit`` of them.
struct InterpolationFloors: Sendable {
  /// How many examples are enough: what interpolation does hardly depends on the picture, and the
  /// examples are in random order.
  static let exampleLimit = 50

  private let inputAction: any TransformationFamily
  private let plan: InputPlan
  private var recorders: [FloorRecorder] = []
  private var floors: [Floor]?

  /// What is known of one probe's floor.
  private enum Floor {
    /// There is none by definition.
    case none
    /// There is none for this layer, and this is why.
    case missing(String)
    /// The grid is the input's own.
    case exact
    /// Measured by one of the recorders.
    case measured(Int)
  }

  init(plan: InputPlan, inputAction: any TransformationFamily) {
    self.plan = plan
    self.inputAction = inputAction
  }

  /// Takes the inputs `[N, ...]` from position `first` of the plan on, and what came of them.
  mutating func record(
    inputs: Tensor, outputs: [String: Tensor], from first: Int, for probes: [Probe]
  ) throws {
    if floors == nil {
      floors = try probes.map { probe in
        try floor(of: probe, output: outputs[probe.tensor]?.rowShape ?? [], input: inputs.rowShape)
      }
    }
    guard first < plan.endOfOrbits,
      plan.completedExampleCount(afterInputs: first) < Self.exampleLimit
    else { return }
    for index in recorders.indices { try recorders[index].record(inputs, from: first) }
  }

  /// Writes floors, or why there are none, into the results of the probes.
  func complete(_ results: inout [ProbeResult]) {
    for (index, floor) in (floors ?? []).enumerated() where results[index].exampleCount > 0 {
      switch floor {
      case .none: break
      case .exact: results[index].floor = -1
      case .measured(let recorder): results[index].floor = recorders[recorder].value
      case .missing(let reason): results[index].notes.append("No floor: \(reason).")
      }
    }
  }

  private mutating func floor(
    of probe: Probe, output: [Int], input: [Int]
  ) throws -> Floor {
    guard probe.metric == .channelwise else { return .none }
    guard output.count >= 2, input.count >= 2 else {
      return .missing("a tensor of shape \(output) has no grid")
    }
    guard let action = gridAction(of: probe) else {
      return .missing("the group does not act on the output as it acts on pictures")
    }
    let pictures = try inputAction.prepared(for: input)
    guard try action.prepared(for: input).operators == pictures.operators else {
      return .missing("the group does not act on the output as it acts on pictures")
    }
    let grid = Array(output.suffix(2))
    if grid == Array(input.suffix(2)), probe.comparesCosines { return .exact }
    let averaged = try action.prepared(for: input.dropLast(2) + grid)
    if averaged.isTrivial, !pictures.isTrivial {
      return .missing("\(plan.order) elements move nothing on a grid of \(grid[0]) x \(grid[1])")
    }
    if let known = recorders.firstIndex(where: {
      $0.action.operators == averaged.operators && $0.distance == probe.distanceType
    }) {
      return .measured(known)
    }
    recorders.append(
      try FloorRecorder(
        average: AreaAverage(
          from: (input[input.count - 2], input[input.count - 1]), to: (grid[0], grid[1])),
        action: averaged, probe: probe, base: action, plan: plan, inputAction: inputAction))
    return .measured(recorders.count - 1)
  }

  /// How the group moves the grid of the probe's channels; `nil` if that is not known.
  private func gridAction(of probe: Probe) -> (any TransformationFamily)? {
    guard let action = probe.outputAction else { return inputAction }
    return (action as? FieldAction)?.base
  }
}

/// Measures one floor.
private struct FloorRecorder: Sendable {
  let average: AreaAverage
  let action: PreparedAction
  let distance: ObjectIdentifier
  private var recorder: ProbeRecorder

  init(
    average: AreaAverage, action: PreparedAction, probe: Probe, base: any TransformationFamily,
    plan: InputPlan, inputAction: any TransformationFamily
  ) throws {
    self.average = average
    self.action = action
    distance = probe.distanceType
    var identity = Probe(.channelwise, tensor: "the averaged picture", outputAction: base)
    identity.distance = probe.distance
    recorder = try ProbeRecorder(identity, plan: plan, inputAction: inputAction)
  }

  mutating func record(_ inputs: Tensor, from first: Int) throws {
    try recorder.record(average(inputs), from: first)
  }

  /// The mean over the examples so far.
  var value: Double? { recorder.estimator?.estimate?.value }
}

extension Probe {
  /// What tells one distance from another.
  fileprivate var distanceType: ObjectIdentifier { ObjectIdentifier(type(of: distance)) }

  /// Whether equal outputs have the distance −1.
  fileprivate var comparesCosines: Bool {
    distance is ChannelMean<NegativeCosine> || distance is DiscMasked<ChannelMean<NegativeCosine>>
  }
}
