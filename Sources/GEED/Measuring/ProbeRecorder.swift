// SPDX-License-Identifier: MIT

/// Turns the stream of one tensor's outputs into one probe's result.
struct ProbeRecorder: Sendable {
  let probe: Probe
  private let plan: InputPlan
  private let inputAction: any TransformationFamily
  private var estimator: DeviationEstimator?
  private var scale: LatentScale?
  private var spread: OrbitSpread?
  private var rowShape: [Int]?
  private var pending: [Float] = []

  init(_ probe: Probe, plan: InputPlan, inputAction: any TransformationFamily) throws {
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
      let (example, element) = (first + row).quotientAndRemainder(dividingBy: plan.order)
      guard example < plan.examples.count else {
        scale?.add(outputs, row: row)
        row += 1
        continue
      }
      if element == 0, !plan.hasScaleDataset, example < plan.scaleExamples.count {
        scale?.add(outputs, row: row)
      }
      if element == 0, row + plan.order <= outputs.rowCount {
        try add(orbitOutputs: outputs, firstRow: row)
        row += plan.order
      } else {
        pending += outputs.scalars[outputs.scalarRange(ofRow: row)]
        row += 1
        if element == plan.order - 1 {
          try add(
            orbitOutputs: Tensor(shape: [plan.order] + outputs.rowShape, scalars: pending),
            firstRow: 0)
          pending.removeAll(keepingCapacity: true)
        }
      }
    }
  }

  private mutating func add(orbitOutputs outputs: Tensor, firstRow: Int) throws {
    if estimator == nil { estimator = try makeEstimator(for: outputs.rowShape) }
    estimator?.add(orbitOutputs: outputs, firstRow: firstRow)
    spread?.add(orbitOutputs: outputs, firstRow: firstRow)
  }

  private func makeEstimator(for shape: [Int]) throws -> DeviationEstimator {
    if probe.metric == .softmax, shape.filter({ $0 != 1 }).count > 1 {
      throw MeasurementError.notDistribution(tensor: probe.tensor, shape: shape)
    }
    let action = probe.outputAction ?? (probe.metric == .channelwise ? inputAction : nil)
    do {
      let prepared =
        try action?.prepared(for: shape)
        ?? PreparedAction(trivial: inputAction.transformations, shape: shape)
      return DeviationEstimator(
        outputAction: prepared, distance: probe.distance,
        reading: probe.reading)
    } catch {
      throw MeasurementError.outputAction(tensor: probe.tensor, error)
    }
  }
}

// MARK: - The result

extension ProbeRecorder {
  /// What has been measured so far.
  func result(confidenceLevel: Double, dataset: any Dataset) -> ProbeResult {
    let transformations = inputAction.transformations
    guard let estimate = estimator?.estimate, let action = estimator?.outputAction else {
      return ProbeResult(probe: probe, note: "No example was measured.")
    }
    var result = ProbeResult(probe: probe)
    result.exampleCount = estimate.exampleCount
    guard estimate.value.isFinite else {
      result.notes.append("E is \(estimate.value), which is no number to report.")
      return result
    }
    result.unnormalized = estimate.value
    result.fRatio = spread?.ratio
    if spread?.orbitsArePoints == true {
      result.notes.append("No F ratio: every orbit is a single point.")
    }
    if estimate.zeroVectorCount > 0 {
      result.notes.append(
        "\(estimate.zeroVectorCount) comparisons met a zero vector, which has no direction.")
    }
    if probe.metric == .channelwise, action.kernel.count > 1 {
      result.notes.append(
        "\(action.kernel.count) of \(transformations.count) elements move nothing on a grid of shape "
          + "\(action.shape); outputs are compared with their mean over these.")
    }
    guard let scaled = scaled(estimate, result: &result, level: confidenceLevel) else {
      return result
    }
    let divisor = result.scale ?? 1
    result.value = scaled.value
    result.confidenceInterval = scaled.confidenceInterval(level: confidenceLevel)
    result.perElement = transformations.weightedIndices.map {
      ElementDeviation(
        element: transformations.elementNames[$0], value: estimate.perElement[$0] / divisor)
    }
    result.notes += transformations.notes(on: result.perElement.map(\.value))
    result.perExample = zip(plan.examples, estimate.perExample).map {
      ExampleDeviation(index: $0, name: dataset.exampleName(at: $0), value: $1 / divisor)
    }
    return result
  }

  /// E divided by M where the metric asks for it; `nil`, with a note, where M does not exist.
  private func scaled(
    _ estimate: DeviationEstimate, result: inout ProbeResult, level: Double
  ) -> SampleMean? {
    guard let scale else { return estimate.mean }
    guard let m = scale.estimate else {
      result.notes.append(
        "M needs at least 3 examples, but has \(scale.exampleCount): no normalized value.")
      return nil
    }
    if let reason = reasonAgainst(m, measure: scale.measure, level: level) {
      result.notes.append(reason)
      return nil
    }
    result.scale = m.value
    result.scaleConfidenceInterval = m.confidenceInterval(level: level)
    return estimate.mean.divided(
      by: m,
      positions: (0..<estimate.exampleCount).map {
        plan.hasScaleDataset || $0 >= m.exampleCount ? nil : $0
      })
  }

  private func reasonAgainst(
    _ m: SampleMean, measure: LatentScale.Measure, level: Double
  ) -> String? {
    switch measure {
    case .distance:
      return m.value > 0
        ? nil : "M = 0: all examples have the same features; no normalized value."
    case .similarity:
      let interval = m.confidenceInterval(level: level)
      if let interval, interval.lowerBound > 0 { return nil }
      return "M = \(m.value) is not separated from 0 (interval "
        + "\(interval.map { "\($0.lowerBound) to \($0.upperBound)" } ?? "unknown")): "
        + "no normalized value."
    }
  }
}
