// SPDX-License-Identifier: MIT

/// The results of the controls of one deviation, and the doubt that follows from them.
///
/// A small deviation shows invariance only if the model responds to its input at all. The evidence
/// against that, strongest first: an untrained twin that is just as invariant, noise that changes
/// the output just as little, and examples that are hardly further apart than points of one orbit.
///
/// All deviations are differences from the perfect value, for the latent cosine before division by
/// M.
package struct ControlEvidence: Sendable, Hashable {
  /// The member of the family.
  package var metric: Metric

  /// The model's own deviation.
  package var deviation: Double

  /// The interval of ``deviation``, measured from the same perfect value, if it is known.
  package var interval: ClosedRange<Double>?

  /// The deviation of the untrained twin.
  package var untrained: Double?

  /// The interval of the twin.
  package var untrainedInterval: ClosedRange<Double>?

  /// The deviation under noise of the orbit's energy.
  package var noiseResponse: Double?

  /// F, the ratio of the spread between examples to that within orbits.
  package var fRatio: Double?

  /// The largest deviation that counts as small; for the latent cosine, from the cosine 1.
  package static func smallDeviation(of metric: Metric) -> Double {
    switch metric {
    case .latent: 0.25
    case .softmax, .channelwise, .equivariance: 0.1
    case .latentCosine: 0.05
    }
  }

  /// The largest factor by which a deviation may exceed another and still be just as small.
  package static let similarityFactor = 2.0

  /// The largest F, 2, at which examples count as hardly further apart than the points of an orbit.
  package static let smallFRatio = 2.0

  /// Creates evidence without controls.
  package init(_ metric: Metric, deviation: Double, interval: ClosedRange<Double>? = nil) {
    self.metric = metric
    self.deviation = deviation
    self.interval = interval
  }

  /// The doubt in one sentence, or `nil` if the deviation is not small or the controls support the
  /// model. If noise does change the output, a twin shows only that training was not needed.
  package var caveat: String? {
    guard deviation <= Self.smallDeviation(of: metric) else { return nil }
    if let untrained, isSimilar(untrained) || intervalsOverlap {
      let reason =
        noiseResponse.map(isSimilar) == false
        ? "the architecture may be the reason, and not training"
        : "the model may simply be insensitive"
      return "Small, but an untrained twin is just as \(property) (\(deviation.briefly) against "
        + "\(untrained.briefly)): \(reason)."
    }
    if let noiseResponse, isSimilar(noiseResponse) {
      return "Small, but noise of the same energy changes the output just as little "
        + "(\(deviation.briefly) against \(noiseResponse.briefly)): the model may simply be "
        + "insensitive."
    }
    if let fRatio, fRatio <= Self.smallFRatio {
      return "Small, but different examples are hardly further apart than one and its moved copies "
        + "(F = \(fRatio.briefly)): the features may simply say little."
    }
    return nil
  }

  private func isSimilar(_ other: Double) -> Bool {
    other <= Self.similarityFactor * deviation
  }

  private var intervalsOverlap: Bool {
    guard let interval, let untrainedInterval else { return false }
    return interval.overlaps(untrainedInterval)
  }

  private var property: String { metric.property }

  /// Creates the evidence from a result, or `nil` if it has no value, or a unit of its own in which no
  /// value is small.
  package init?(_ result: ProbeResult, untrained twin: ProbeResult? = nil) {
    guard result.value != nil, let deviation = result.deviationFromPerfect,
      result.metric != .equivariance || result.distanceName?.hasNoUnit ?? false
    else { return nil }
    self.init(
      result.metric, deviation: deviation, interval: result.intervalFromPerfect)
    untrained = twin?.deviationFromPerfect
    untrainedInterval = twin?.intervalFromPerfect
    noiseResponse = result.noiseResponse.map(result.fromPerfect)
    fRatio = result.fRatio?.value
  }
}

extension MeasurementResult {
  /// Returns the same results with a ``ProbeResult/verdict`` each, and a ``ProbeResult/caveat`` on
  /// each small deviation that is in doubt, also by the result of the same measurement of an
  /// untrained twin of the model.
  public func addingCaveats(untrained twin: MeasurementResult? = nil) -> MeasurementResult {
    precondition(
      twin == nil || twin?.results.count == results.count, "Expected results of the same probes.")
    return changingResults { index, result in
      result.caveat = ControlEvidence(result, untrained: twin?.results[index])?.caveat
      result.verdict = Verdict(result, group: group)
    }
  }
}

extension ProbeResult {
  /// The deviation measured from its perfect value.
  fileprivate var deviationFromPerfect: Double? {
    metric == .latentCosine ? unnormalized.map { $0 + 1 } : value.map(fromPerfect)
  }

  /// Student's interval, measured from the perfect value; rare values that may have been missed do
  /// not make two values alike. `nil` for the latent cosine, whose interval includes the error of
  /// M.
  fileprivate var intervalFromPerfect: ClosedRange<Double>? {
    guard metric != .latentCosine else { return nil }
    return statistic?.confidenceInterval().map {
      fromPerfect($0.lowerBound)...fromPerfect($0.upperBound)
    }
  }

  /// Returns a number in the units of ``value``, measured from the perfect value.
  fileprivate func fromPerfect(_ value: Double) -> Double {
    switch metric {
    case .softmax, .latent: value
    case .channelwise: value + 1
    case .latentCosine: value * (scale ?? 1) + 1
    case .equivariance: value - (perfectDistance ?? 0)
    }
  }
}

extension Double {
  /// The number with two significant digits, or whole, with at most four decimal places.
  var briefly: String {
    if self != 0, abs(self) < 1e-4 { return "below 0.0001" }
    var digits = 1.0
    while digits < 1e4, abs(self) * digits < 10 { digits *= 10 }
    let rounded = (self * digits).rounded() / digits
    return rounded == rounded.rounded() && abs(rounded) < 1e9
      ? "\(Int(rounded))" : "\(rounded)"
  }
}
