// SPDX-License-Identifier: MIT

extension ProbeRecorder {
  /// Returns the result so far.
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
    result.channels = channels?.summary
    if probe.metric == .channelwise || probe.metric == .latentCosine {
      let count =
        estimate.exampleCount * transformations.weightedIndices.count
        * (result.channels?.count ?? 1)
      result.zeroVectorShare = Double(estimate.zeroVectorCount) / Double(count)
    }
    result.countNotes = [
      estimate.zeroVectorCount > 0
        ? "\(estimate.zeroVectorCount) comparisons met a zero vector, which has no direction."
        : nil,
      result.channels?.note,
    ].compactMap(\.self)
    result.notes += result.countNotes
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
    result.scaleConfidenceInterval = scaling.scale.flatMap { m in
      intervals.withoutBetting.interval(of: m)?.clamped(to: scaling.scaleRange)
    }
    let scaled = scaling.apply(to: estimate, intervals)
    let divisor = result.scale ?? 1
    result.value = scaled.statistic.value
    result.statistic = scaled.statistic
    result.range = scaled.range
    result.exampleRange = estimate.range
    result.confidenceInterval = scaled.interval
    result.intervalMethod = scaled.method
    if scaled.interval == nil { result.notes += scaling.reasonsAgainstInterval(of: estimate) }
    result.perElement = transformations.weightedIndices.map {
      ElementDeviation(
        element: transformations.elementNames[$0], value: estimate.perElement[$0] / divisor)
    }
    result.notes += transformations.notes(on: result.perElement.map(\.value))
    if probe.metric == .latentCosine, estimator?.kernelMean.biasesCosines == true {
      result.notes.append(
        "Cosines to the mean of only \(transformations.weightedIndices.count) random elements come "
          + "out up to 20 % too near invariance (2 elements), 7 % (4); with 8 it is 2 %.")
    }
    if spread?.orbitsArePoints == true {
      result.notes.append("No F ratio: every orbit is a single point.")
    }
    result.perExample = zip(examples, estimate.perExample).map {
      ExampleDeviation(index: $0, name: dataset.exampleName(at: $0), value: $1 / divisor)
    }
    result.subgroups = subgroups?.results { scaling.apply(to: $0, intervals) }
    result.predictions = predictions?.summary(deviation: estimate.value)
    result.notes += (predictions?.notes ?? []) + scoreNotes
    return result
  }

  /// Returns the reason why a deviation of pixels is infinite or does not exist.
  private func reasonWithoutPixels(_ value: Double) -> String {
    value.isInfinite
      ? "At some pixel g·f(x) gives a class the probability 0 that f(gx) does not; scores before "
        + "they were rounded to probabilities, such as logits, do not do so."
      : "For some element no pixel of g·f(x) lies wholly inside the grid."
  }

  /// Returns M if the metric is divided by it, or the reason why there is none.
  private func scaling(at level: Double) -> Scaling {
    guard let scale else { return Scaling() }
    guard let m = scale.estimate else {
      return Scaling(
        reasonAgainst: "M needs at least 2 examples, but has \(scale.exampleCount): no normalized "
          + "value.")
    }
    if let reason = reasonAgainst(m, measure: scale.measure, level: level) {
      return Scaling(reasonAgainst: reason)
    }
    return Scaling(
      scale: m, scaleRange: scale.measure == .distance ? 0...(.infinity) : -1...1,
      positions: scalePositions)
  }

  /// The position of each example of *E* among those of *M*; `nil` if it is not one of them.
  private var scalePositions: [Int?] {
    guard !hasScaleDataset else { return examples.map { _ in nil } }
    let places = Dictionary(uniqueKeysWithValues: zip(scaleExamples, scaleExamples.indices))
    return examples.map { places[$0] }
  }

  private func reasonAgainst(
    _ m: Estimate, measure: LatentScale.Measure, level: Double
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

/// A deviation in the units of the report.
struct ScaledDeviation {
  let statistic: Estimate
  /// The possible values of the deviation.
  let range: ClosedRange<Double>
  let interval: ClosedRange<Double>?
  let method: IntervalMethod
}

/// The divisor of a deviation.
private struct Scaling {
  /// M; `nil` for metrics without one.
  var scale: Estimate?
  /// The possible values of M.
  var scaleRange = ClosedRange<Double>.allNumbers
  /// The reason why M does not exist.
  var reasonAgainst: String?
  /// The position of each example of *E* among those of *M*; `nil` if it is not one of them.
  var positions: [Int?] = []

  /// Returns E / M with its interval.
  func apply(to estimate: DeviationEstimate, _ intervals: IntervalRule) -> ScaledDeviation {
    let (e, range) = (estimate.mean, estimate.range)
    guard let scale else {
      return ScaledDeviation(
        statistic: e, range: range, interval: intervals.interval(of: e, in: range),
        method: intervals.method(for: e, in: range))
    }
    let statistic = e.divided(by: scale, positions: positions)
    guard intervals.method(for: e, in: range) == .betting else {
      // The range of E/M is known if E cannot be negative, because M is positive.
      let ratios = range.lowerBound == 0 ? range.lowerBound...(.infinity) : .allNumbers
      return ScaledDeviation(
        statistic: statistic, range: ratios,
        interval: e.standardError.flatMap {
          $0 > 0 ? intervals.interval(of: statistic, in: ratios) : nil
        }, method: intervals.method(for: statistic))
    }
    return ScaledDeviation(
      statistic: statistic, range: .allNumbers,
      interval: interval(of: e, in: range, over: scale, intervals), method: .betting)
  }

  /// Returns the interval of E/M from those of E and M, each with half of the error probability.
  private func interval(
    of e: Estimate, in range: ClosedRange<Double>, over scale: Estimate,
    _ intervals: IntervalRule
  ) -> ClosedRange<Double>? {
    var each = intervals
    each.level = (1 + intervals.level) / 2
    guard let numerator = each.interval(of: e, in: range) else { return nil }
    guard let error = scale.standardError else { return nil }
    let denominator =
      error > 0
      ? each.withoutBetting.interval(of: scale)?.clamped(to: scaleRange)
      : scale.value...scale.value
    guard let denominator, denominator.lowerBound > 0 else { return nil }
    let ends = [numerator.lowerBound, numerator.upperBound].flatMap { end in
      [end / denominator.lowerBound, end / denominator.upperBound]
    }
    return (ends.min() ?? 0)...(ends.max() ?? 0)
  }

  /// Returns the reasons why a value has no interval.
  func reasonsAgainstInterval(of estimate: DeviationEstimate) -> [String] {
    if estimate.exampleCount < 2 { return [] }
    if scale?.standardError == nil, scale != nil {
      return ["M is of one pair of examples, whose error is not known: no interval."]
    }
    if estimate.mean.standardError == 0 {
      return [
        "All \(estimate.exampleCount) examples have the same deviation, which has no largest possible "
          + "value: nothing tells how large a rarer one is, so there is no interval."
      ]
    }
    return ["The error of M is too large for an interval; take more examples for M."]
  }
}
