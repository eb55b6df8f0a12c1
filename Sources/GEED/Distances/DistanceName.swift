// SPDX-License-Identifier: MIT

import RealModule

/// The name of a distance by which outputs can be compared.
public enum DistanceName: String, Sendable, Hashable, Codable, CaseIterable {
  /// ‖a − b‖, ``EuclideanDistance``.
  case euclidean = "l2"
  /// ‖a − b‖ / ‖b‖, ``RelativeDistance``.
  case relative = "relative-l2"
  /// ‖a − b‖², ``SquaredDistance``.
  case squared = "squared-l2"
  /// Minus the cosine, ``NegativeCosine``.
  case cosine
  /// KL(a ‖ b) of distributions, ``KullbackLeibler``.
  case kullbackLeibler = "kl"
  /// KL(b ‖ a) of distributions.
  case reverseKullbackLeibler = "reverse-kl"
  /// ½ Σ |a − b| of distributions, ``TotalVariation``.
  case totalVariation = "tv"
  /// ``JensenShannon``.
  case jensenShannon = "js"
  /// Whether the most probable classes differ, ``Mismatch``; of labels, the share that differs.
  case mismatch

  /// The distance: *a* is *f(gx)*, *b* is *g f̂(x)*.
  package var distance: any Distance {
    switch self {
    case .euclidean: .euclidean
    case .relative: RelativeDistance()
    case .squared: SquaredDistance()
    case .cosine: .negativeCosine
    case .kullbackLeibler: .kullbackLeibler
    case .reverseKullbackLeibler: Reversed(KullbackLeibler())
    case .totalVariation: TotalVariation()
    case .jensenShannon: .jensenShannon
    case .mismatch: Mismatch()
    }
  }

  /// Whether outputs are read as distributions over classes.
  package var comparesDistributions: Bool {
    switch self {
    case .euclidean, .relative, .squared, .cosine: false
    case .kullbackLeibler, .reverseKullbackLeibler, .totalVariation, .jensenShannon, .mismatch:
      true
    }
  }

  /// The distance of outputs that have nothing to do with each other, at most; `nil` if it depends on
  /// their lengths, or has no largest value.
  package var ofUnrelatedOutputs: Double? {
    switch self {
    case .euclidean, .squared, .kullbackLeibler, .reverseKullbackLeibler: nil
    case .relative: Double.sqrt(2)
    case .cosine: 0
    case .totalVariation, .mismatch: 1
    case .jensenShannon: Double.log(2)
    }
  }

  /// Whether the distance of two outputs and of multiples of them is the same.
  package var hasNoUnit: Bool { self != .euclidean && self != .squared }
}
