// SPDX-License-Identifier: MIT

/// A recorder that turns outputs of one tensor into records, and these into a probe's result.
struct ProbeRecorder: Sendable {
  let probe: Probe
  let measurement: DeviationMeasurement
  private(set) var estimator: DeviationEstimator?
  private(set) var scale: LatentScale?
  private(set) var spread: OrbitSpread?
  private(set) var subgroups: SubgroupRecorder?
  private(set) var predictions: PredictionRecorder?
  private(set) var channels: ChannelCounts?
  /// The examples of *E* so far, as indices of the data set.
  private(set) var examples: [Int] = []
  /// The examples of *M* so far, as indices of their data set.
  private(set) var scaleExamples: [Int] = []
  /// The properties of a softmax probe's scores so far; `nil` if a record does not contain them.
  private(set) var evidence: ScoreEvidence? = .all
  private(set) var reader: OutputReader?
  /// The positions of the grid that an equivariance probe compares; `nil` for all.
  private(set) var knownPositions: KnownPositions?

  var inputAction: any TransformationAction { measurement.inputAction }

  init(_ probe: Probe, of measurement: DeviationMeasurement) throws {
    let transformations = measurement.inputAction.transformations
    if transformations.origin == .family,
      probe.followsInput || probe.outputAction != nil
    {
      throw MeasurementError.noGroup(tensor: probe.tensor, family: transformations.name)
    }
    if probe.followsInput, probe.outputAction == nil, measurement.inputAction.gridAction == nil {
      throw MeasurementError.noGrid(tensor: probe.tensor, group: transformations.name)
    }
    if let output = probe.outputAction?.transformations, !output.acts(like: transformations) {
      throw MeasurementError.otherGroup(
        tensor: probe.tensor, output: output.name, input: transformations.name)
    }
    self.probe = probe
    self.measurement = measurement
    scale = probe.metric.scaleMeasure.map {
      LatentScale($0, scores: probe.scores, distance: probe.scale)
    }
    spread =
      scale == nil
      ? nil : OrbitSpread(rows: transformations.weightedIndices, scores: probe.scores)
    channels = probe.metric == .channelwise ? ChannelCounts() : nil
    predictions =
      probe.metric == .softmax && !probe.isPerPixel
      ? PredictionRecorder(transformations, dataset: measurement.dataset) : nil
  }

  /// Returns the record of a unit whose outputs are in consecutive rows from `firstRow` on.
  mutating func record(
    _ outputs: Tensor, firstRow: Int, of unit: InputPlan.PlannedExample
  ) throws -> ProbeRecord {
    let count = unit.orbit == nil ? 1 : inputAction.transformations.count
    let (outputs, firstRow) = try rearranged(outputs, rows: firstRow..<firstRow + count)
    if estimator == nil { try prepareEstimators(for: outputs.rowShape) }
    var record = ProbeRecord(rowShape: outputs.rowShape)
    record.evidence = try evidence(in: outputs, firstRow: firstRow, of: unit)
    if unit.entersScale, scale != nil {
      record.features = Array(outputs.scalars[outputs.scalarRange(ofRow: firstRow)])
    }
    guard unit.orbit != nil, let estimator, let reader else { return record }
    record.comparisons = estimator.comparisons(ofOrbitOutputs: outputs, firstRow: firstRow)
    record.subgroups = subgroups?.records(ofOrbitOutputs: outputs, firstRow: firstRow) ?? []
    record.spread = spread?.orbit(ofOutputs: outputs, firstRow: firstRow)
    record.predictions =
      predictions?.predictions(of: outputs, firstRow: firstRow, read: reader) ?? []
    if channels != nil {
      record.constantChannels = ChannelCounts.constants(
        of: outputs, rows: firstRow..<firstRow + count)
    }
    return record
  }

  /// Returns outputs in the layout in which they are compared, and the new index of the first row.
  func rearranged(
    _ outputs: Tensor, rows: Range<Int>
  ) throws -> (batch: Tensor, firstRow: Int) {
    let shape = outputs.rowShape
    // A grid after two channel axes is one of fields, whether or not the probe has a layout.
    let isField = shape.count > 3 && probe.fields != nil && probe.outputAction?.gridAction != nil
    guard let layout = probe.layout ?? (isField ? .nchw : nil) else {
      return (outputs, rows.lowerBound)
    }
    if shape.count > 3, layout == .nchw || layout == .nhwc {
      let channelAxes = layout == .nchw ? shape.dropLast(2) : shape.dropFirst(2)
      guard let fields = probe.fields, let group = inputAction.transformations.group,
        fields.fit(channelAxes: Array(channelAxes), of: group)
      else {
        throw MeasurementError.channelAxes(
          tensor: probe.tensor, shape: shape, fields: probe.fields)
      }
    }
    guard probe.metric != .channelwise || layout != .vector,
      let rearranged = layout.rearranged(outputs, rows: rows)
    else {
      throw MeasurementError.layout(tensor: probe.tensor, layout: layout, shape: shape)
    }
    return rearranged
  }

  mutating func absorb(_ record: ProbeRecord, of unit: InputPlan.PlannedExample) throws {
    if estimator == nil { try prepareEstimators(for: record.rowShape) }
    try requireOwn(record, of: unit)
    if let features = record.features {
      scale?.add(Tensor(shape: [1] + record.rowShape, scalars: features), row: 0)
      scaleExamples.append(unit.example)
    }
    evidence = evidence.flatMap { known in record.evidence.map(known.intersection) }
    guard unit.orbit != nil, let reader else { return }
    try requirePossible(record.comparisons, of: unit)
    try requireRange(record.comparisons)
    examples.append(unit.example)
    estimator?.add(record.comparisons)
    subgroups?.add(record.subgroups, comparisons: record.comparisons)
    if let orbit = record.spread { spread?.add(orbit) }
    predictions?.add(record.predictions, of: unit.example, read: reader)
    channels?.add(record.constantChannels, of: record.rowShape.first ?? 0)
  }

  /// Throws an error unless a record has the parts that this probe records of a unit.
  private func requireOwn(_ record: ProbeRecord, of unit: InputPlan.PlannedExample) throws {
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
    let counts = record.subgroups.flatMap { [$0.comparisons.count, $0.quotient.count] }
    for (found, expected) in zip(counts, subgroups?.comparisonCounts ?? []) {
      try require("comparisons under a subgroup", found, expected)
    }
  }

  /// Returns the estimator, without examples, of outputs of a shape in the order in which they are
  /// compared.
  mutating func preparedEstimator(for shape: [Int]) throws -> DeviationEstimator {
    if estimator == nil { try prepareEstimators(for: shape) }
    guard let estimator, estimator.outputAction.shape == shape else {
      throw MeasurementError.shapeChanged(
        tensor: probe.tensor, from: estimator?.outputAction.shape ?? [], to: shape)
    }
    return estimator
  }

  private mutating func prepareEstimators(for shape: [Int]) throws {
    guard Tensor.count(of: shape) > 0 else {
      throw MeasurementError.noNumbers(tensor: probe.tensor, shape: shape)
    }
    if probe.readsDistributions { try requireDistributions(shape) }
    let action = probe.outputAction ?? (probe.followsInput ? inputAction.gridAction : nil)
    do {
      let prepared =
        try action?.prepared(for: shape)
        ?? PreparedAction(trivial: inputAction.transformations, shape: shape)
      if probe.isPerPixel, prepared.operators.contains(where: \.map.hasNegativeWeights) {
        throw MeasurementError.negativeWeights(tensor: probe.tensor)
      }
      if probe.comparesLabels { try requireLabels(prepared) }
      reader = OutputReader(probe.scores, shape: shape, isPerPixel: probe.isPerPixel)
      knownPositions = try knownPositions(of: shape)
      estimator = DeviationEstimator(prepared, of: probe, at: knownPositions)
      guard measurement.measuresSubgroups, let group = inputAction.transformations.group else {
        return
      }
      subgroups = SubgroupRecorder(
        group, action: prepared, of: probe, at: knownPositions)
    } catch let error as ActionError {
      throw MeasurementError.outputAction(tensor: probe.tensor, error)
    }
  }
}

extension ProbeRecorder {
  /// Returns the positions of outputs of this shape at which moved outputs are known; those of pixels
  /// with distributions are found from their sums instead.
  private func knownPositions(of shape: [Int]) throws(ActionError) -> KnownPositions? {
    guard probe.metric == .equivariance, !probe.isPerPixel, shape.count >= 2,
      let grid = probe.outputAction?.gridAction
    else { return nil }
    return try KnownPositions(
      under: grid, grid: (shape[shape.count - 2], shape[shape.count - 1]),
      filler: probe.comparesLabels ? .nan : 0)
  }

  /// Throws an error unless labels remain labels under an action.
  private func requireLabels(_ action: PreparedAction) throws(MeasurementError) {
    guard action.movesValues else {
      throw .blendedLabels(tensor: probe.tensor, group: action.transformations.name)
    }
    guard action.kernel.count == 1 || probe.reference == .original else {
      throw .meanOfLabels(tensor: probe.tensor, count: action.kernel.count)
    }
  }

  /// The largest excess of a deviation over its bound that rounding can cause, in nats.
  private static let slack = 1e-9

  /// Throws an error unless outputs of this shape can hold the distributions of the probe.
  private func requireDistributions(_ shape: [Int]) throws {
    if probe.isPerPixel {
      guard shape.count == 3 else {
        throw MeasurementError.noPixels(tensor: probe.tensor, shape: shape)
      }
    } else if shape.filter({ $0 != 1 }).count > 1 {
      throw MeasurementError.notDistribution(tensor: probe.tensor, shape: shape)
    }
    let reader = OutputReader(probe.scores, shape: shape, isPerPixel: probe.isPerPixel)
    if reader.classCount == 1 {
      throw MeasurementError.singleScore(tensor: probe.tensor)
    }
  }

  /// Returns the properties of a unit's scores.
  private func evidence(
    in outputs: Tensor, firstRow: Int, of unit: InputPlan.PlannedExample
  ) throws -> ScoreEvidence? {
    let rows = unit.orbit == nil ? 1 : inputAction.transformations.count
    if probe.comparesLabels {
      try requireWholeNumbers(in: outputs, rows: firstRow..<firstRow + rows, of: unit)
    }
    guard probe.readsDistributions, let reader else { return nil }
    var result = ScoreEvidence.all
    for row in 0..<rows {
      let (evidence, contradiction) = outputs.scalars.withUnsafeBufferPointer {
        reader.evidence(
          in: UnsafeBufferPointer(rebasing: $0[outputs.scalarRange(ofRow: firstRow + row)]))
      }
      if let contradiction {
        throw MeasurementError.contradictedScores(
          tensor: probe.tensor, scores: probe.scores, reason: contradiction, example: unit.example,
          dataset: measurement.dataset(ofOrbits: unit.orbit != nil).name,
          element: inputAction.transformations.elementNames[row])
      }
      result.formIntersection(evidence)
    }
    return result
  }

  /// Throws an error unless all numbers of these rows are whole, as labels are.
  private func requireWholeNumbers(
    in outputs: Tensor, rows: Range<Int>, of unit: InputPlan.PlannedExample
  ) throws {
    for row in rows {
      for value in outputs.scalars[outputs.scalarRange(ofRow: row)]
      where value != value.rounded() {
        throw MeasurementError.noLabels(
          tensor: probe.tensor, value: value, example: unit.example,
          dataset: measurement.dataset(ofOrbits: unit.orbit != nil).name,
          element: inputAction.transformations.elementNames[row - rows.lowerBound])
      }
    }
  }

  /// Throws if a distance is outside the range of its type by more than rounding.
  private func requireRange(_ comparisons: [Comparison]) throws {
    let range = probe.distance.range
    let outside = comparisons.lazy.map(\.distance).first { distance in
      let nearest = min(max(distance, range.lowerBound), range.upperBound)
      return abs(distance - nearest) > Self.slack * max(1, abs(nearest))
    }
    guard let outside else { return }
    throw MeasurementError.outsideRange(tensor: probe.tensor, distance: outside, range: range)
  }

  /// Throws an error if the deviation of an example is above its upper bound.
  private func requirePossible(_ comparisons: [Comparison], of unit: InputPlan.PlannedExample)
    throws
  {
    guard let bound = estimator?.range.upperBound, bound.isFinite, probe.metric == .softmax else {
      return
    }
    let weights = inputAction.transformations.weights
    let total = zip(weights, comparisons).reduce(0) { $1.0 > 0 ? $0 + $1.0 * $1.1.distance : $0 }
    let value = total / weights.reduce(0, +)
    guard value > bound + Self.slack else { return }
    throw MeasurementError.aboveBound(
      tensor: probe.tensor, value: value, bound: bound, example: unit.example,
      dataset: measurement.dataset.name)
  }

  /// Notes on the reading of the scores, and on values that suggest another kind.
  var scoreNotes: [MeasurementNote] {
    guard probe.readsDistributions, let reader, !examples.isEmpty else { return [] }
    if probe.isPerPixel { return [.pixels] + evidenceNotes }
    return (reader.siteCount > 1 ? [.labels(reader.siteCount)] : []) + evidenceNotes
  }

  private var evidenceNotes: [MeasurementNote] {
    guard let evidence else { return [] }
    func suspicion(_ suggestion: ScoreKind) -> [MeasurementNote] {
      [.suspiciousScores(tensor: probe.tensor, read: probe.scores, suggestion: suggestion)]
    }
    switch probe.scores {
    case .logits, .values:
      if evidence.contains(.distributions) { return suspicion(.probabilities) }
      return evidence.contains(.unitInterval) ? suspicion(.bernoulli) : []
    case .bernoulliLogit:
      return evidence.contains(.unitInterval) ? suspicion(.bernoulli) : []
    case .bernoulli:
      return evidence.contains(.distributions) && (reader?.scalarCount ?? 1) > 1
        ? suspicion(.probabilities) : []
    case .probabilities, .logProbabilities:
      return evidence.contains(.exactSums) ? [] : [.inexactProbabilities]
    }
  }
}
