// SPDX-License-Identifier: MIT
// Robust testing in generalized linear models by sign flipping score contributions,
// Hemerik, Goeman and Finos 2020, https://doi.org/10.1111/rssb.12369

/// Tests whether a difference of two models on the same examples could be chance.
///
/// If the models were alike, each example's contribution to the difference could as well have had
/// the other sign: swapping the two models flips it. The p-value is the share of sign patterns whose
/// total is as far from 0 as the observed one. For a plain mean the contributions are the paired
/// differences over *n*, and this is the classical paired permutation test; for a ratio E/M they
/// are those of the linearised statistic, with M's part.
public struct SignFlipTest: Sendable, Hashable {
  /// How many random patterns are tried; a few contributions are tried in all patterns.
  public let flipCount: Int

  /// Where the generator starts.
  public let seed: UInt64

  /// Creates a test.
  ///
  /// - Precondition: `flipCount` is positive.
  public init(flipCount: Int = 10_000, seed: UInt64 = 0) {
    precondition(flipCount > 0, "Expected a positive number of flips, but got \(flipCount).")
    self.flipCount = flipCount
    self.seed = seed
  }

  /// The number of contributions up to which all patterns are tried.
  static let mostExactContributions = 12

  /// The two-sided p-value of a difference whose true value may be 0.
  ///
  /// Random patterns count the observed one as well, so the p-value is never 0.
  ///
  /// - Parameters:
  ///   - difference: What is tested.
  ///   - valueCount: How many examples, the first ones, share the value: those of E. All others
  ///     enter M alone and share only its error.
  /// - Returns: `nil` where a single example leaves the error unknown.
  /// - Complexity: O(*n*) for each pattern.
  public func pValue(of difference: SampleMean, valueCount: Int? = nil) -> Double? {
    guard let error = difference.standardError, error.isFinite, difference.value.isFinite else {
      return nil
    }
    return pValue(
      contributions: contributions(
        to: difference, valueCount: valueCount ?? difference.exampleCount))
  }

  /// The two-sided p-value of a sum of contributions.
  func pValue(contributions: [Double]) -> Double {
    // Patterns that tie with the observed one must count, whatever the rounding.
    let observed = abs(contributions.reduce(0, +))
    let threshold = observed - 1e-12 * contributions.reduce(0) { $0 + abs($1) }
    func isExtreme(_ pattern: (Int) -> Bool) -> Bool {
      abs(contributions.indices.reduce(0) { $0 + (pattern($1) ? -1 : 1) * contributions[$1] })
        >= threshold
    }
    if contributions.count <= Self.mostExactContributions {
      let patternCount = 1 << contributions.count
      let count = (0..<patternCount).count { bits in isExtreme { bits >> $0 & 1 == 1 } }
      return Double(count) / Double(patternCount)
    }
    var generator = SplitMix64(seed: seed ^ 0x7369_676E_666C_6970)  // "signflip"
    var count = 1
    for _ in 0..<flipCount {
      var total = 0.0
      var bits: UInt64 = 0
      for (i, contribution) in contributions.enumerated() {
        if i & 63 == 0 { bits = generator.next() }
        total += bits & 1 == 1 ? -contribution : contribution
        bits >>= 1
      }
      if abs(total) >= threshold { count += 1 }
    }
    return Double(count) / Double(flipCount + 1)
  }

  /// What each example adds to the difference: its share of the error, undone of its scale, and an
  /// equal part of the value for each of the first `valueCount`.
  private func contributions(to difference: SampleMean, valueCount: Int) -> [Double] {
    var result: [Double] = []
    for size in difference.strata {
      let scale = (Double(size - 1) / Double(size)).squareRoot()
      for share in difference.errorShares[result.count..<result.count + size] {
        let value = result.count < valueCount ? difference.value / Double(valueCount) : 0
        result.append(value + (size > 1 ? scale : 1) * share)
      }
    }
    return result
  }
}
