// SPDX-License-Identifier: MIT

import RealModule

extension ProbeRecorder {
  func result(intervals: IntervalRule) -> ProbeResult {
    let transformations = inputAction.transformations
    var result = ProbeResult(probe)
    guard let estimate = estimator?.estimate, let action = estimator?.outputAction else {
      result.notes = [.noExample]
      return result
    }
    result.exampleCount = estimate.exampleCount
    if knownPositions?.hasUnknownGrid ?? false {
      result.notes.append(.noWholePixel)
      return result
    }
    guard estimate.value.isFinite else {
      result.notes.append(.undefinedDeviation(estimate.value))
      if probe.isPerPixel {
        result.notes.append(estimate.value.isInfinite ? .zeroProbabilityPixel : .noWholePixel)
      } else if probe.metric == .equivariance, estimate.value.isInfinite {
        result.notes.append(probe.readsDistributions ? .zeroProbability : .zeroReference)
      }
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
    if estimate.zeroVectorCount > 0 {
      result.notes.append(.zeroVectors(estimate.zeroVectorCount))
    }
    if let channels = result.channels, channels.zero + channels.constant > 0 {
      result.notes.append(.constantChannels(channels))
    }
    if case .tokens(_, _, let others)? = probe.layout, others > 0 {
      result.notes.append(.leftOutTokens(others))
    }
    if let positions = knownPositions {
      result.notes.append(.unknownPositions(share: positions.unknownShare))
    }
    if probe.metric == .channelwise || probe.outputAction != nil, action.kernel.count > 1 {
      result.notes.append(
        .kernel(
          count: action.kernel.count, transformationCount: transformations.count,
          shape: action.shape))
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
    result.statistic = scaled.statistic
    result.range = scaled.range
    result.exampleRange = estimate.range
    result.confidenceInterval = scaled.interval
    result.intervalMethod = scaled.interval == nil ? nil : scaled.method
    if scaled.interval == nil {
      result.notes += scaling.reasonsAgainstInterval(
        of: estimate, elementCount: transformations.count)
    }
    result.perElement = transformations.weightedIndices.map {
      ElementDeviation(
        element: transformations.elementNames[$0], value: estimate.perElement[$0] / divisor)
    }
    result.notes += transformations.notes(on: result.perElement.map(\.value))
    if probe.metric == .latentCosine, estimator?.kernelMean.biasesCosines == true {
      result.notes.append(
        .cosineBias(transformationCount: transformations.weightedIndices.count))
    }
    if spread?.orbitsArePoints == true { result.notes.append(.orbitsArePoints) }
    result.perExample = zip(examples, estimate.perExample).map {
      ExampleDeviation(
        index: $0, name: measurement.dataset.exampleName(at: $0),
        label: measurement.dataset.label(at: $0), value: $1 / divisor)
    }
    result.perClass = classDeviations(of: estimate, scaling, intervals)
    result.subgroups = subgroups?.results { scaling.apply(to: $0, intervals) }
    result.predictions = predictions?.summary(deviation: estimate.value)
    result.notes += (predictions?.notes ?? []) + scoreNotes
    return result
  }

  /// Returns the deviation of each class, or `nil` if no class is known.
  private func classDeviations(
    of estimate: DeviationEstimate, _ scaling: Scaling, _ intervals: IntervalRule
  ) -> [ClassDeviation]? {
    let labels = examples.map { measurement.dataset.label(at: $0) }
    let classes = Set(labels.compactMap(\.self)).sorted()
    guard !classes.isEmpty else { return nil }
    return classes.map { label in
      let members = labels.indices.filter { labels[$0] == label }
      let deviation = scaling.apply(
        to: Estimate(members.map { estimate.perExample[$0] }), in: estimate.range,
        positions: scaling.scale == nil ? [] : members.map { scaling.positions[$0] }, intervals)
      return ClassDeviation(
        label: label, exampleCount: members.count, value: deviation.statistic.value,
        confidenceInterval: deviation.interval)
    }
  }

  /// Returns M if the metric is divided by it, or the reason why there is none.
  private func scaling(at level: Double) -> Scaling {
    guard let scale else { return Scaling() }
    guard let m = scale.estimate else {
      return Scaling(reasonAgainst: .tooFewScaleExamples(scale.exampleCount))
    }
    if let reason = reasonAgainst(m, measure: scale.measure, level: level) {
      return Scaling(reasonAgainst: reason)
    }
    return Scaling(
      scale: m,
      scaleRange: scale.measure == .distance
        ? scale.distance.range
        : -scale.distance.range.upperBound...(-scale.distance.range.lowerBound),
      positions: scalePositions)
  }

  /// The position of each example of *E* among those of *M*; `nil` if it is not one of them.
  private var scalePositions: [Int?] {
    guard measurement.scaleDataset == nil else { return examples.map { _ in nil } }
    let places = Dictionary(uniqueKeysWithValues: zip(scaleExamples, scaleExamples.indices))
    return examples.map { places[$0] }
  }

  private func reasonAgainst(
    _ m: Estimate, measure: LatentScale.Measure, level: Double
  ) -> MeasurementNote? {
    switch measure {
    case .distance:
      if m.value > 0 { return nil }
      return m.value == 0 ? .zeroScale : .unseparatedScale(m.value, interval: nil)
    case .similarity:
      let interval = m.confidenceInterval(level: level)
      if let interval, interval.lowerBound > 0 { return nil }
      return .unseparatedScale(m.value, interval: interval)
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

private struct Scaling {
  /// M; `nil` for metrics without one.
  var scale: Estimate?
  /// The possible values of M.
  var scaleRange = ClosedRange<Double>.allNumbers
  var reasonAgainst: MeasurementNote?
  /// The position of each example of *E* among those of *M*; `nil` if it is not one of them.
  var positions: [Int?] = []

  /// Returns E / M with its interval.
  func apply(to estimate: DeviationEstimate, _ intervals: IntervalRule) -> ScaledDeviation {
    apply(to: estimate.mean, in: estimate.range, positions: positions, intervals)
  }

  /// Returns the mean of some examples, at `positions` among those of M, divided by M.
  func apply(
    to e: Estimate, in range: ClosedRange<Double>, positions: [Int?], _ intervals: IntervalRule
  ) -> ScaledDeviation {
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

  func reasonsAgainstInterval(
    of estimate: DeviationEstimate, elementCount: Int
  ) -> [MeasurementNote] {
    if estimate.exampleCount < 2 { return [] }
    if scale?.standardError == nil, scale != nil { return [.unknownScaleError] }
    if elementCount == 1 {
      return [
        .text("The group has one element, the identity, so that nothing can deviate: no interval.")
      ]
    }
    if estimate.mean.standardError == 0 {
      return [.equalDeviations(exampleCount: estimate.exampleCount)]
    }
    return [.largeScaleError]
  }
}

extension TransformationSet {
  /// Returns the notes that are necessary for interpreting a mean over these transformations.
  func notes(on deviations: [Double]) -> [MeasurementNote] {
    guard origin == .sample, let error = Estimate(deviations).standardError else { return [] }
    let scale = error > 0 ? Double.exp10(2 - Double.log10(error).rounded(.down)) : 1
    return [
      .sampledTransformations(
        count: deviations.count, standardError: (error * scale).rounded() / scale)
    ]
  }
}
