// SPDX-License-Identifier: MIT

import RealModule

/// The degree of invariance or equivariance that a result shows, with a sentence that states it.
///
/// A deviation is placed between that of a perfect model and a reference:
///
/// | metric | perfect | reference |
/// |---|---|---|
/// | softmax | 0 | the largest possible value, min(log \|G\|, log K) |
/// | latent | 0 | √((n − 1)/(2n)) |
/// | latent cosine | −1/M | −√((1 + (n − 1)M)/n)/M |
/// | channelwise | the interpolation floor; −1 if there is none | −1/n |
/// | equivariance | the floor of equal outputs | (n − 1)/n of the way to unrelated outputs |
///
/// The references of the latent metrics are the deviation of n different examples in place of the n
/// elements of an orbit. Their root mean square distance to their own mean is √((n − 1)/(2n)) times
/// that of two of them; the cosine to their mean is √((1 + (n − 1)M)/n) if they have equal lengths.
///
/// Both ends of the confidence interval are placed. If they have the same ``Degree`` or neighboring
/// ones, the sentence states it; otherwise the examples are too few for a verdict. So a verdict is
/// never stronger than the interval. The rules are explained in <doc:Verdicts>.
public struct Verdict: Sendable, Hashable, Codable {
  /// A degree of invariance or equivariance, best first.
  public enum Degree: String, Sendable, Hashable, Codable, CaseIterable {
    /// At most 10⁻⁴ of the way to the reference for the latent metric, and 10⁻⁷ for the others,
    /// which grow with the square of a difference: rounding in single precision.
    case exact
    /// At most 5 % of the way.
    case close
    /// At most 25 %.
    case partial
    /// At most 80 %.
    case far
    /// Above 80 %: about as much as the reference.
    case absent
  }

  /// The degree at the lower end of the interval; `nil` if there is no verdict.
  @Nullable public var best: Degree?

  /// The degree at the upper end of the interval; `nil` if there is no verdict.
  @Nullable public var worst: Degree?

  /// Whether the deviation is small but a control is just as small, so that the model may simply be
  /// insensitive.
  public var isDoubtful = false

  /// The verdict in one or two English sentences.
  public var sentence: String
}

extension Verdict {
  /// Creates the verdict on a result.
  ///
  /// - Parameters:
  ///   - result: The result; its ``ProbeResult/caveat`` is part of the sentence.
  ///   - group: The name of the group, or of other transformations.
  public init(_ result: ProbeResult, group: String) {
    guard let value = result.value else {
      sentence = "No verdict, because there is no value. \(result.notes.first?.description ?? "")"
      if result.notes.isEmpty { sentence.removeLast() }
      return
    }
    guard result.zeroVectorShare != 1 else {
      sentence = "No verdict: every vector that was compared is zero."
      return
    }
    guard result.distance == nil || result.distanceName != nil,
      let scale = DeviationScale(result, group: group)
    else {
      sentence = "No verdict: there is no reference with which \(value) could be compared."
      return
    }
    let examples = "\(result.exampleCount) example\(result.exampleCount == 1 ? "" : "s")"
    guard
      result.perExample.isEmpty || result.perExample.contains(where: { !scale.isExact($0.value) })
    else {
      (best, worst) = (.exact, result.confidenceInterval.map { scale.degree($0.upperBound) })
      sentence = "\(scale.words(.exact).capitalizedFirst) on each of \(examples)."
      if let upper = result.confidenceInterval?.upperBound, !scale.isExact(upper) {
        sentence +=
          " The mean of all examples is, by the interval, at most \(scale.percent(upper)) "
          + "\(scale.unit)."
      }
      appendDoubt(of: result)
      return
    }
    guard let interval = result.confidenceInterval else {
      sentence = "Cannot be told at \(examples): there is no interval."
      return
    }
    if let noise = result.noiseFloor, noise > 0, interval.lowerBound <= noise {
      sentence =
        "Not above the deviation that the randomness of the model makes by itself, "
        + "\(noise.briefly)."
      return
    }
    let degrees = (scale.degree(interval.lowerBound), scale.degree(interval.upperBound))
    guard degrees.1.rank - degrees.0.rank <= 1 else {
      sentence =
        "Cannot be told at \(examples): the interval reaches from \(scale.end(degrees.0)) to "
        + "\(scale.end(degrees.1))."
      return
    }
    (best, worst) = degrees
    sentence =
      "\(scale.words(from: degrees.0, to: degrees.1, interval).capitalizedFirst): "
      + "\(scale.percentages(interval)) \(scale.unit)."
    appendDoubt(of: result)
  }

  private mutating func appendDoubt(of result: ProbeResult) {
    guard let caveat = result.caveat, let worst, worst.rank <= Degree.partial.rank else { return }
    isDoubtful = true
    sentence += " \(caveat)"
  }
}

extension Verdict.Degree {
  fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension ProbeResult {
  /// Returns the mean over elements of outputs that are unrelated, with a deviation of `unrelated`,
  /// under all elements but the identity.
  fileprivate func meanOfUnrelatedOutputs(_ unrelated: Double) -> Double {
    // The identity comes first. It deviates if f̂(x) is a mean of several outputs.
    guard let equal = perfectDistance, let identity = perElement.first?.value,
      abs(identity - equal) <= 1e-7
    else { return unrelated }
    return unrelated + (equal - unrelated) / Double(perElement.count)
  }
}

/// A scale of deviations: 0 for a perfect model, 1 for the reference.
private struct DeviationScale {
  let metric: Metric
  let group: String
  let perfect: Double
  let reference: Double
  let hasFloor: Bool
  /// The deviation of equal outputs.
  private let equal: Double

  /// Creates the scale of a result, or `nil` if it has no reference.
  init?(_ result: ProbeResult, group: String) {
    metric = result.metric
    self.group = group
    equal = result.perfectDistance ?? 0
    hasFloor =
      (metric == .channelwise || metric == .equivariance) && (result.floor ?? equal) > equal
    let count = Double(result.perElement.count)
    switch result.metric {
    case .softmax:
      guard let range = result.range, range.upperBound.isFinite else { return nil }
      (perfect, reference) = (0, range.upperBound)
    case .latent:
      (perfect, reference) = (0, Double.sqrt((count - 1) / (2 * count)))
    case .latentCosine:
      guard let m = result.scale, m > 0 else { return nil }
      (perfect, reference) = (-1 / m, -Double.sqrt((1 + (count - 1) * m) / count) / m)
    case .channelwise:
      (perfect, reference) = (result.floor ?? -1, result.meanOfUnrelatedOutputs(0))
    case .equivariance:
      guard let unrelated = result.distanceName?.ofUnrelatedOutputs else { return nil }
      (perfect, reference) = (result.floor ?? equal, result.meanOfUnrelatedOutputs(unrelated))
    }
    guard reference > perfect else { return nil }
  }

  /// The position of a deviation on the scale.
  func share(_ deviation: Double) -> Double { (deviation - perfect) / (reference - perfect) }

  func degree(_ deviation: Double) -> Verdict.Degree {
    if isExact(deviation) { return .exact }
    return switch share(deviation) {
    case ...0.05: .close
    case ...0.25: .partial
    case ...0.8: .far
    default: .absent
    }
  }

  /// Whether a deviation is that of a perfect model to rounding.
  func isExact(_ deviation: Double) -> Bool {
    hasFloor
      ? deviation - equal <= 1e-7 : share(deviation) <= (isLength ? 1e-4 : 1e-7)
  }

  /// Whether deviations are lengths, in which rounding shows more than in squares.
  private var isLength: Bool { metric == .latent || metric == .equivariance }

  private var property: String { metric.property }

  func words(_ degree: Verdict.Degree) -> String {
    switch degree {
    case .exact: "\(property) under \(group) to rounding"
    case .close: "close to \(property) under \(group)"
    case .partial: "partly \(property) under \(group)"
    case .far: "far from \(property) under \(group)"
    case .absent: absence
    }
  }

  /// The degree as one end of a range.
  func end(_ degree: Verdict.Degree) -> String {
    degree == .exact ? "exactly \(property) under \(group)" : words(degree)
  }

  private var absence: String {
    switch metric {
    case .softmax: "as far from invariant under \(group) as predictions can be"
    case .latent, .latentCosine:
      "as far apart in its features under \(group) as different examples are"
    case .channelwise, .equivariance: "not equivariant under \(group)"
    }
  }

  func words(
    from best: Verdict.Degree, to worst: Verdict.Degree, _ interval: ClosedRange<Double>
  ) -> String {
    if hasFloor, worst.rank <= Verdict.Degree.close.rank, interval.lowerBound <= perfect {
      return "as equivariant under \(group) as interpolation on its grid allows"
    }
    return switch (best, worst) {
    case (.exact, .close): words(.close)
    case _ where best == worst: words(best)
    default: "between \(words(best).dropLast(" under \(group)")) and \(words(worst))"
    }
  }

  /// The unit of percentages.
  var unit: String {
    switch metric {
    case .softmax: "of the largest possible divergence"
    case .latent, .latentCosine: "of the deviation of different examples"
    case .channelwise:
      "of the way from \(hasFloor ? "the interpolation floor" : "perfect") to unrelated channels"
    case .equivariance:
      "of the way from \(hasFloor ? "the interpolation floor" : "perfect") to unrelated outputs"
    }
  }

  func percent(_ deviation: Double) -> String { number(deviation) + " %" }

  func percentages(_ interval: ClosedRange<Double>) -> String {
    let ends = (number(interval.lowerBound), number(interval.upperBound))
    return ends.0 == ends.1 ? "\(ends.0) %" : "\(ends.0) to \(ends.1) %"
  }

  /// The position of a deviation in percent, to two significant digits and 0.1 %.
  private func number(_ deviation: Double) -> String {
    let percent = max(0, 100 * share(deviation))
    if percent > 0, percent < 0.1 { return "below 0.1" }
    let rounded = percent < 10 ? (10 * percent).rounded() / 10 : percent.rounded()
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}

extension String {
  package var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }

  fileprivate func dropLast(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}
