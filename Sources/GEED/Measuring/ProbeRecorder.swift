// SPDX-License-Identifier: MIT

/// Turns one tensor's outputs into records, and records into one probe's result.
struct ProbeRecorder: Sendable {
  let probe: Probe
  let inputAction: any TransformationFamily
  /// Whether the examples of *M* have a data set of their own.
  let hasScaleDataset: Bool
  private(set) var estimator: DeviationEstimator?
  private(set) var scale: LatentScale?
  private(set) var spread: OrbitSpread?
  private(set) var subgroups: SubgroupRecorder?
  private(set) var predictions: PredictionRecorder?
  /// The examples of *E* so far, as indices of the data set.
  private(set) var examples: [Int] = []
  /// The examples of *M* so far, as indices of the data set that they come from.
  private(set) var scaleExamples: [Int] = []
  private let measuresSubgroups: Bool

  /// Prepares for outputs.
  ///
  /// - Throws: ``MeasurementError/noGroup(tensor:family:)`` if the probe needs a group and there is
  ///   none.
  init(_ probe: Probe, of measurement: DeviationMeasurement) throws {
    inputAction = measurement.inputAction
    let transformations = inputAction.transformations
    if transformations.origin == .family, probe.metric == .channelwise || probe.outputAction != nil
    {
      throw MeasurementError.noGroup(tensor: probe.tensor, family: transformations.name)
    }
    self.probe = probe
    hasScaleDataset = measurement.scaleDataset != nil
    scale = probe.metric.scaleMeasure.map { LatentScale($0, scores: probe.scores) }
    spread =
      scale == nil
      ? nil : OrbitSpread(rows: transformations.weightedIndices, scores: probe.scores)
    measuresSubgroups = measurement.measuresSubgroups
    predictions =
      probe.metric == .softmax
      ? PredictionRecorder(transformations, scores: probe.scores, dataset: measurement.dataset)
      : nil
  }

  /// Makes the record of a unit, whose outputs are in consecutive rows from `firstRow` on.
  mutating func record(
    _ outputs: Tensor, firstRow: Int, of unit: InputPlan.Unit
  ) throws -> ProbeRecord {
    let count = unit.orbit == nil ? 1 : inputAction.transformations.count
    let (outputs, firstRow) = try rearranged(outputs, rows: firstRow..<firstRow + count)
    if estimator == nil { try prepareEstimators(for: outputs.rowShape) }
    var record = ProbeRecord(rowShape: outputs.rowShape)
    if unit.entersScale, scale != nil {
      record.features = Array(outputs.scalars[outputs.scalarRange(ofRow: firstRow)])
    }
    guard unit.orbit != nil, let estimator else { return record }
    record.comparisons = estimator.comparisons(ofOrbitOutputs: outputs, firstRow: firstRow)
    record.subgroups = subgroups?.records(ofOrbitOutputs: outputs, firstRow: firstRow) ?? []
    record.spread = spread?.orbit(ofOutputs: outputs, firstRow: firstRow)
    record.predictions = predictions?.predictions(of: outputs, firstRow: firstRow) ?? []
    return record
  }

  /// The outputs as they are compared, and where the given rows begin in them.
  private func rearranged(
    _ outputs: Tensor, rows: Range<Int>
  ) throws -> (batch: Tensor, firstRow: Int) {
    let shape = outputs.rowShape
    // A grid behind two axes of channels is one of fields, whether or not the probe says so.
    let isField = shape.count > 3 && (probe.outputAction as? FieldAction)?.base != nil
    guard let layout = probe.layout ?? (isField ? .nchw : nil) else {
      return (outputs, rows.lowerBound)
    }
    if shape.count > 3, layout == .nchw || layout == .nhwc {
      let channelAxes = layout == .nchw ? shape.dropLast(2) : shape.dropFirst(2)
      guard let action = probe.outputAction as? FieldAction,
        action.fields.fit(channelAxes: Array(channelAxes), of: action.group)
      else {
        throw MeasurementError.channelAxes(
          tensor: probe.tensor, shape: shape,
          fields: (probe.outputAction as? FieldAction)?.fields)
      }
    }
    guard probe.metric != .channelwise || layout != .vector,
      let rearranged = layout.rearranged(outputs, rows: rows)
    else {
      throw MeasurementError.layout(tensor: probe.tensor, layout: layout, shape: shape)
    }
    return rearranged
  }

  /// Adds the record of a unit to what is known.
  ///
  /// - Throws: ``MeasurementError/foreignRecord(position:reason:)`` for a record that another
  ///   measurement has made.
  mutating func absorb(_ record: ProbeRecord, of unit: InputPlan.Unit) throws {
    if estimator == nil { try prepareEstimators(for: record.rowShape) }
    try requireOwn(record, of: unit)
    if let features = record.features {
      scale?.add(features)
      scaleExamples.append(unit.example)
    }
    guard unit.orbit != nil else { return }
    examples.append(unit.example)
    estimator?.add(record.comparisons)
    subgroups?.add(record.subgroups, comparisons: record.comparisons)
    if let orbit = record.spread { spread?.add(orbit) }
    predictions?.add(
      record.predictions, of: unit.example, classCount: Tensor.count(of: record.rowShape))
  }

  /// Throws unless a record has what this probe makes of a unit.
  private func requireOwn(_ record: ProbeRecord, of unit: InputPlan.Unit) throws {
    func require(_ what: String, _ found: Int?, _ expected: Int?) throws {
      guard found != expected else { return }
      throw MeasurementError.foreignRecord(
        position: unit.position,
        reason: "it has \(found ?? 0) \(what) of tensor '\(probe.tensor)', but expected "
          + "\(expected ?? 0)")
    }
    let count = unit.orbit == nil ? 0 : inputAction.transformations.count
    let size = Tensor.count(of: record.rowShape)
    if let shape = estimator?.outputAction.shape, shape != record.rowShape {
      throw MeasurementError.shapeChanged(
        tensor: probe.tensor, from: shape, to: record.rowShape)
    }
    try require("comparisons", record.comparisons.count, count)
    try require("predictions", record.predictions.count, predictions == nil ? 0 : count)
    try require(
      "features", record.features?.count, unit.entersScale && scale != nil ? size : nil)
    try require(
      "features in the mean", record.spread?.mean.count, spread != nil && count > 0 ? size : nil)
    try require(
      "subgroups", record.subgroups.count, count > 0 ? subgroups?.memberCount ?? 0 : 0)
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
        outputAction: prepared, distance: probe.distance, scores: probe.scores)
      guard measuresSubgroups, let group = inputAction.transformations.group else { return }
      subgroups = SubgroupRecorder(
        group, action: prepared, distance: probe.distance, scores: probe.scores)
    } catch {
      throw MeasurementError.outputAction(tensor: probe.tensor, error)
    }
  }
}
