// SPDX-License-Identifier: MIT

extension ProbeRecorder {
  /// What has been measured so far.
  func result(intervals: IntervalRule, dataset: any Dataset) -> ProbeResult {
    let transformations = inputAction.transformations
    guard let estimate = estimator?.estimate, let action = estimator?.outputAction else {
      return ProbeResult(probe: probe, note: "No example was measured.")
    }
    var result = ProbeResult(probe: probe)
    result.exampleCount = estimate.exampleCount
    guard estimate.value.isFinite else {
      result.notes.append("E is \(estimate.value), which is no number to report.")
      if probe.isPerPixel { result.notes.append(reasonWithoutPixels(estimate.value)) }
      return result
    }
    result.unnormalized = estimate.value
    result.fRatio = spread?.ratio
    if estimate.zeroVectorCount > 0 {
      result.notes.append(
        "\(estimate.zeroVectorCount) comparisons met a zero vector, which has no direction.")
    }
    if case .tokens(_, _, let others)? = probe.layout, others > 0 {
      result.notes.append(
        others == 1
          ? "The token before the grid, a class token, is set aside."
          : "The \(others) tokens before the grid, class and register tokens, are set aside.")
    }
    if probe.metric == .channelwise, action.kernel.count > 1 {
      result.notes.append(
        "\(action.kernel.count) of \(transformations.count) elements move nothing on a grid of shape "
          + "\(action.shape); outputs are compared with their mean over these.")
    }
    let scaling = scaling(at: intervals.level)
    if let reason = scaling.reasonAgainst {
      result.notes.append(reason)
      return result
    }
    result.scale = scaling.scale?.value
    result.scaleConfidenceInterval = scaling.scale.flatMap(intervals.interval)
    let scaled = scaling.apply(to: estimate.mean)
    let divisor = result.scale ?? 1
    result.value = scaled.value
    result.statistic = scaled
    result.confidenceInterval = intervals.interval(of: scaled)
    result.intervalMethod = intervals.method(for: scaled)
    result.perElement = transformations.weightedIndices.map {
      ElementDeviation(
        element: transformations.elementNames[$0], value: estimate.perElement[$0] / divisor)
    }
    result.notes += transformations.notes(on: result.perElement.map(\.value))
    if spread?.orbitsArePoints == true {
      result.notes.append("No F ratio: every orbit is a single point.")
    }
    result.perExample = zip(examples, estimate.perExample).map {
      ExampleDeviation(index: $0, name: dataset.exampleName(at: $0), value: $1 / divisor)
    }
    result.subgroups = subgroups?.results(intervals: intervals) { scaling.apply(to: $0.mean) }
    result.predictions = predictions?.summary(deviation: estimate.value)
    result.notes += (predictions?.notes ?? []) + scoreNotes
    return result
  }

  /// Why a deviation of pixels is infinite or does not exist.
  private func reasonWithoutPixels(_ value: Double) -> String {
    value.isInfinite
      ? "At some pixel g·f(x) gives a class the probability 0 that f(gx) does not; scores before "
        + "they were rounded to probabilities, such as logits, do not do so."
      : "For some element no pixel of g·f(x) lies wholly inside the grid."
  }

  /// M where the metric asks for it, or why there is none.
  private func scaling(at level: Double) -> Scaling {
    guard let scale else { return Scaling() }
    guard let m = scale.estimate else {
      return Scaling(
        reasonAgainst: "M needs at least 3 examples, but has \(scale.exampleCount): no normalized "
          + "value.")
    }
    if let reason = reasonAgainst(m, measure: scale.measure, level: level) {
      return Scaling(reasonAgainst: reason)
    }
    return Scaling(scale: m, positions: scalePositions)
  }

  /// For each example of *E* its place among those of *M*, where it is one of them.
  private var scalePositions: [Int?] {
    guard !hasScaleDataset else { return examples.map { _ in nil } }
    let places = Dictionary(uniqueKeysWithValues: zip(scaleExamples, scaleExamples.indices))
    return examples.map { places[$0] }
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

/// What a deviation is divided by.
private struct Scaling {
  /// M; `nil` for metrics without one.
  var scale: SampleMean?
  /// Why M does not exist.
  var reasonAgainst: String?
  /// For each example of *E* its place among those of *M*, where it is one of them.
  var positions: [Int?] = []

  /// E / M.
  func apply(to mean: SampleMean) -> SampleMean {
    guard let scale else { return mean }
    return mean.divided(by: scale, positions: positions)
  }
}
