// SPDX-License-Identifier: MIT

/// Turns the stream of one tensor's outputs into one probe's result.
struct ProbeRecorder: Sendable {
  let probe: Probe
  let plan: InputPlan
  let inputAction: any TransformationFamily
  private(set) var estimator: DeviationEstimator?
  private(set) var scale: LatentScale?
  private(set) var spread: OrbitSpread?
  private(set) var subgroups: SubgroupRecorder?
  private(set) var predictions: PredictionRecorder?
  private let measuresSubgroups: Bool
  private var rowShape: [Int]?
  private var pending: [Float] = []

  /// Prepares for outputs.
  ///
  /// - Parameters:
  ///   - measuresSubgroups: Whether every subgroup is measured as well.
  ///   - dataset: The examples of *E*, for their classes; without it predictions are not recorded.
  /// - Throws: ``MeasurementError/noGroup(tensor:family:)`` if the probe needs a group and there is
  ///   none.
  init(
    _ probe: Probe, plan: InputPlan, inputAction: any TransformationFamily,
    measuresSubgroups: Bool = false, dataset: (any Dataset)? = nil
  ) throws {
    let transformations = inputAction.transformations
    if transformations.origin == .family, probe.metric == .channelwise || probe.outputAction != nil
    {
      throw MeasurementError.noGroup(tensor: probe.tensor, family: transformations.name)
    }
    self.probe = probe
    self.plan = plan
    self.inputAction = inputAction
    self.scale = probe.metric.scaleMeasure.map { LatentScale($0, reading: probe.reading) }
    self.spread =
      scale == nil
      ? nil : OrbitSpread(rows: transformations.weightedIndices, reading: probe.reading)
    self.measuresSubgroups = measuresSubgroups
    self.predictions =
      probe.metric == .softmax
      ? dataset.map { PredictionRecorder(transformations, reading: probe.reading, dataset: $0) }
      : nil
  }

  /// Takes the outputs `[N, ...]` of the inputs from position `first` of the plan on.
  mutating func record(_ outputs: Tensor, from first: Int) throws {
    if let rowShape, rowShape != outputs.rowShape {
      throw MeasurementError.shapeChanged(
        tensor: probe.tensor, from: rowShape, to: outputs.rowShape)
    }
    rowShape = outputs.rowShape
    var row = 0
    while row < outputs.rowCount {
      guard let (example, element) = plan.orbitPosition(of: first + row) else {
        scale?.add(outputs, row: row)
        row += 1
        continue
      }
      if element == 0, plan.sharesOutputs, example < plan.scaleExamples.count {
        scale?.add(outputs, row: row)
      }
      if element == 0, row + plan.order <= outputs.rowCount {
        try add(orbitOutputs: outputs, firstRow: row, of: plan.examples[example])
        row += plan.order
      } else {
        pending += outputs.scalars[outputs.scalarRange(ofRow: row)]
        row += 1
        if element == plan.order - 1 {
          try add(
            orbitOutputs: Tensor(shape: [plan.order] + outputs.rowShape, scalars: pending),
            firstRow: 0, of: plan.examples[example])
          pending.removeAll(keepingCapacity: true)
        }
      }
    }
  }

  private mutating func add(orbitOutputs outputs: Tensor, firstRow: Int, of example: Int) throws {
    if estimator == nil { try prepareEstimators(for: outputs.rowShape) }
    let comparisons =
      estimator?.comparisons(ofOrbitOutputs: outputs, firstRow: firstRow) ?? []
    estimator?.add(comparisons)
    subgroups?.add(orbitOutputs: outputs, firstRow: firstRow, comparisons: comparisons)
    spread?.add(orbitOutputs: outputs, firstRow: firstRow)
    predictions?.add(orbitOutputs: outputs, firstRow: firstRow, of: example)
  }

  private mutating func prepareEstimators(for shape: [Int]) throws {
    if probe.metric == .softmax, shape.filter({ $0 != 1 }).count > 1 {
      throw MeasurementError.notDistribution(tensor: probe.tensor, shape: shape)
    }
    let action = probe.outputAction ?? (probe.metric == .channelwise ? inputAction : nil)
    do {
      let prepared =
        try action?.prepared(for: shape)
        ?? PreparedAction(trivial: inputAction.transformations, shape: shape)
      estimator = DeviationEstimator(
        outputAction: prepared, distance: probe.distance, reading: probe.reading)
      guard measuresSubgroups, let group = inputAction.transformations.group else { return }
      subgroups = SubgroupRecorder(
        group, action: prepared, distance: probe.distance, reading: probe.reading)
    } catch {
      throw MeasurementError.outputAction(tensor: probe.tensor, error)
    }
  }
}
