// SPDX-License-Identifier: MIT

/// What is known about one deviation besides its value, and the doubt that follows from it.
///
/// A small deviation is good news only if the model answers to something. The evidence against it,
/// from the strongest on: an untrained twin that is just as invariant, noise that moves the output
/// just as little, examples that are hardly further apart than the orbit of one.
///
/// All deviations are first measured from their perfect value: 0 for softmax and latent, −1 for
/// channelwise; a cosine deviation is taken before it is divided by M, from −1.
public struct ControlEvidence: Sendable, Hashable {
  /// The member of the family.
  public var metric: Metric

  /// The model's own deviation.
  public var deviation: Double

  /// Its interval, measured likewise, where it is known.
  public var interval: ClosedRange<Double>?

  /// The deviation of the untrained twin.
  public var untrained: Double?

  /// The interval of the twin.
  public var untrainedInterval: ClosedRange<Double>?

  /// The deviation under noise of the orbit's energy.
  public var noiseResponse: Double?

  /// F, the spread between examples against that within orbits.
  public var fRatio: Double?

  /// The largest deviation that counts as small: 0.25 of what separates different examples
  /// (latent), 0.1 nats (softmax), 0.1 (channelwise) and 0.05 (latent cosine) below the cosine 1.
  public static func smallDeviation(of metric: Metric) -> Double {
    switch metric {
    case .latent: 0.25
    case .softmax, .channelwise: 0.1
    case .latentCosine: 0.05
    }
  }

  /// A deviation is just as small as another up to this factor, twice.
  public static let similarityFactor = 2.0

  /// Examples are hardly further apart than orbits are wide up to this F.
  public static let smallFRatio = 2.0

  /// Creates evidence without controls.
  ///
  /// - Parameters:
  ///   - metric: What was measured.
  ///   - deviation: Measured from the perfect value, so that 0 is perfect.
  ///   - interval: Measured likewise.
  public init(_ metric: Metric, deviation: Double, interval: ClosedRange<Double>? = nil) {
    self.metric = metric
    self.deviation = deviation
    self.interval = interval
  }

  /// The doubt in one sentence, or `nil` where there is none: the deviation is not small, or the
  /// controls that were run speak for the model.
  ///
  /// A deviation is small if it is at most ``smallDeviation(of:)``. A twin is just as invariant if
  /// its deviation is at most twice the model's, or the two intervals overlap; noise moves the
  /// output just as little if its response is at most twice the deviation; examples are hardly
  /// further apart than orbits if F is at most 2. Where noise was tried and does move the output, a
  /// twin says no more than that training was not needed.
  public var remark: String? {
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
  /// The evidence in a result, or `nil` where it has no value.
  ///
  /// - Parameters:
  ///   - result: The model's result, with its noise response where there is one.
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
  /// The same results with a ``ProbeResult/remark`` where a small deviation is in doubt.
  ///
  /// - Parameter twin: What the same measurement found on an untrained twin of the model.
  /// - Precondition: Both have the same probes.
  public func remarking(untrained twin: MeasurementResult? = nil) -> MeasurementResult {
    precondition(
      twin == nil || twin?.results.count == results.count, "Expected results of the same probes.")
    return replacingResults(
      results.enumerated().map { index, result in
        var result = result
        result.remark = ControlEvidence(result, untrained: twin?.results[index])?.remark
        return result
      })
  }
}

extension ProbeResult {
  /// The deviation measured from its perfect value.
  fileprivate var deviationFromPerfect: Double? {
    metric == .latentCosine ? unnormalized.map { $0 + 1 } : value.map(fromPerfect)
  }

  /// Student's interval measured likewise: two values are alike if what was seen of them is, not because
  /// something rare may not have come up. A cosine's has M's error in it and cannot be taken back.
  fileprivate var intervalFromPerfect: ClosedRange<Double>? {
    guard metric != .latentCosine else { return nil }
    return statistic?.confidenceInterval().map {
      fromPerfect($0.lowerBound)...fromPerfect($0.upperBound)
    }
  }

  /// A number in the units of ``value``, measured from the perfect one.
  fileprivate func fromPerfect(_ value: Double) -> Double {
    switch metric {
    case .softmax, .latent: value
    case .channelwise: value + 1
    case .latentCosine: value * (scale ?? 1) + 1
    }
  }
}

extension Double {
  /// Two significant digits, or what is left of them after four decimal places.
  fileprivate var briefly: String {
    if self != 0, abs(self) < 1e-4 { return "below 0.0001" }
    var digits = 1.0
    while digits < 1e4, abs(self) * digits < 10 { digits *= 10 }
    let rounded = (self * digits).rounded() / digits
    return rounded == rounded.rounded() && abs(rounded) < 1e9
      ? "\(Int(rounded))" : "\(rounded)"
  }
}
