// SPDX-License-Identifier: MIT

/// The results of the controls of one deviation, and the doubt that follows from them.
///
/// A small deviation shows invariance only if the model responds to its input at all. The evidence
/// against that, strongest first: an untrained twin that is just as invariant, noise that changes
/// the output just as little, and examples that are hardly further apart than the points of one
/// orbit.
///
/// All deviations are differences from the perfect value: 0 for softmax and latent, −1 for
/// channelwise. For the latent cosine it is the deviation before division by M, measured from −1.
public struct ControlEvidence: Sendable, Hashable {
  /// The member of the family.
  public var metric: Metric

  /// The model's own deviation.
  public var deviation: Double

  /// The interval of ``deviation``, measured from the same perfect value, if it is known.
  public var interval: ClosedRange<Double>?

  /// The deviation of the untrained twin.
  public var untrained: Double?

  /// The interval of the twin.
  public var untrainedInterval: ClosedRange<Double>?

  /// The deviation under noise of the orbit's energy.
  public var noiseResponse: Double?

  /// F, the ratio of the spread between examples to that within orbits.
  public var fRatio: Double?

  /// Returns the largest deviation that counts as small: 0.25 of the mean distance of different
  /// examples (latent), 0.1 nats (softmax), 0.1 (channelwise) and 0.05 (latent cosine) below the
  /// cosine 1.
  public static func smallDeviation(of metric: Metric) -> Double {
    switch metric {
    case .latent: 0.25
    case .softmax, .channelwise: 0.1
    case .latentCosine: 0.05
    }
  }

  /// The largest factor, 2, by which a deviation may exceed another and still count as just as
  /// small.
  public static let similarityFactor = 2.0

  /// The largest F, 2, at which examples count as hardly further apart than the points of an orbit.
  public static let smallFRatio = 2.0

  /// Creates evidence without controls.
  ///
  /// - Parameters:
  ///   - metric: The metric of the deviation.
  ///   - deviation: The deviation, measured from the perfect value, so that 0 is perfect.
  ///   - interval: Its interval, measured from the same value.
  public init(_ metric: Metric, deviation: Double, interval: ClosedRange<Double>? = nil) {
    self.metric = metric
    self.deviation = deviation
    self.interval = interval
  }

  /// The doubt in one sentence, or `nil` if there is none: the deviation is not small, or the
  /// controls that were run support the model.
  ///
  /// A deviation is small if it is at most ``smallDeviation(of:)``. A twin is just as invariant if
  /// its deviation is at most twice the model's, or if the two intervals overlap. Noise changes the
  /// output just as little if its response is at most twice the deviation. Examples are hardly
  /// further apart than orbits if F is at most 2. If noise was tried and does change the output, a
  /// twin shows only that training was not needed.
  public var caveat: String? {
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

  private var property: String { metric == .channelwise ? "equivariant" : "invariant" }
}

extension ControlEvidence {
  /// Creates the evidence from a result, or `nil` if it has no value.
  ///
  /// - Parameters:
  ///   - result: The model's result, with its noise response if there is one.
  ///   - twin: The result of an untrained twin for the same probe.
  public init?(_ result: ProbeResult, untrained twin: ProbeResult? = nil) {
    guard result.value != nil, let deviation = result.deviationFromPerfect else { return nil }
    self.init(
      result.metric, deviation: deviation, interval: result.intervalFromPerfect)
    untrained = twin?.deviationFromPerfect
    untrainedInterval = twin?.intervalFromPerfect
    noiseResponse = result.noiseResponse.map(result.fromPerfect)
    fRatio = result.fRatio?.value
  }
}

extension MeasurementResult {
  /// Returns the same results, with a ``ProbeResult/caveat`` on each small deviation that is in
  /// doubt.
  ///
  /// - Parameter twin: The result of the same measurement of an untrained twin of the model.
  /// - Precondition: Both have the same probes.
  public func addingCaveats(untrained twin: MeasurementResult? = nil) -> MeasurementResult {
    precondition(
      twin == nil || twin?.results.count == results.count, "Expected results of the same probes.")
    return replacingResults(
      results.enumerated().map { index, result in
        var result = result
        result.caveat = ControlEvidence(result, untrained: twin?.results[index])?.caveat
        return result
      })
  }
}

extension ProbeResult {
  /// The deviation measured from its perfect value.
  fileprivate var deviationFromPerfect: Double? {
    metric == .latentCosine ? unnormalized.map { $0 + 1 } : value.map(fromPerfect)
  }

  /// Student's interval, measured from the perfect value: two values are alike if the observed
  /// values are, not because rare values may have been missed. `nil` for the latent cosine, whose
  /// interval includes the error of M and cannot be converted back.
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
    }
  }
}

extension Double {
  /// The number, rounded to two significant digits, or to a whole number if it has more digits, and
  /// to at most four decimal places.
  fileprivate var briefly: String {
    if self != 0, abs(self) < 1e-4 { return "below 0.0001" }
    var digits = 1.0
    while digits < 1e4, abs(self) * digits < 10 { digits *= 10 }
    let rounded = (self * digits).rounded() / digits
    return rounded == rounded.rounded() && abs(rounded) < 1e9
      ? "\(Int(rounded))" : "\(rounded)"
  }
}
