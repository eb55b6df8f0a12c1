// SPDX-License-Identifier: MIT

/// A member of the G-EED family.
public enum Metric: String, Sendable, Hashable, Codable, CaseIterable {
  /// KL(f(gx) ‖ f̂(x)) of class probabilities, in nats; f̂ is the mean over the orbit. From 0 to
  /// min(log|G|, log K) for K classes.
  case softmax
  /// ℓ₂ distance of features to the mean over the orbit, divided by M (eq. 6).
  case latent
  /// Negative cosine of features to the mean over the orbit, divided by M (eq. 6).
  case latentCosine = "latent-cosine"
  /// Negative mean over channels of the cosine of f(gx) to g·f(x) (eq. 5), from −1 to 1.
  case channelwise

  /// The distance by which outputs are compared, *m*.
  public var distance: any Distance {
    switch self {
    case .softmax: .kullbackLeibler
    case .latent: .euclidean
    case .latentCosine: .negativeCosine
    case .channelwise: ChannelMean(of: .negativeCosine)
    }
  }

  /// The quantity that M averages over pairs of examples; `nil` for metrics that are not divided by
  /// M.
  package var scaleMeasure: LatentScale.Measure? {
    switch self {
    case .latent: .distance
    case .latentCosine: .similarity
    case .softmax, .channelwise: nil
    }
  }
}
