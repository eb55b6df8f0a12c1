// SPDX-License-Identifier: MIT
// Robust testing in generalized linear models by sign flipping score contributions,
// Hemerik, Goeman and Finos 2020, https://doi.org/10.1111/rssb.12369

/// A test of whether a difference of two models on the same examples could be due to chance.
///
/// If the models were alike, each example's contribution to the difference could equally have had
/// the other sign. The p-value is the share of sign patterns whose total is at least as far from 0
/// as the observed one: for a plain mean the paired permutation test, for a ratio E/M that of the
/// linearised statistic. The interval consists of the values that the test would not reject.
package struct SignFlipTest: Sendable, Hashable {
  /// The number of random patterns; for a few contributions all patterns are used.
  package let flipCount: Int
  package let seed: UInt64

  package init(flipCount: Int = 10_000, seed: UInt64 = 0) {
    precondition(flipCount > 0, "Expected a positive number of flips, but got \(flipCount).")
    self.flipCount = flipCount
    self.seed = seed
  }

  /// The number of contributions up to which all patterns are tried.
  static let mostExactContributions = 12

  /// Returns the two-sided p-value; the observed pattern counts, so it is never 0.
  package func pValue(of difference: Estimate, valueCount: Int? = nil) -> Double? {
    guard let error = difference.standardError, error.isFinite, difference.value.isFinite else {
      return nil
    }
    return pValue(
      contributions: contributions(
        to: difference, valueCount: valueCount ?? difference.exampleCount,
        value: difference.value))
  }

  /// Returns the interval of the true difference: every δ for which the p-value of the difference
  /// minus δ is at least 1 − `level`.
  ///
  /// With δ = d − u for the observed difference d, a pattern of signs ε turns the contributions rᵢ
  /// + u·vᵢ into a total A + uV, with A = Σ εᵢrᵢ and V = Σ εᵢvᵢ, which is at least as far from 0 as
  /// u itself up to a u that follows from A and V in closed form, so no search over δ is needed.
  package func interval(
    of difference: Estimate, valueCount: Int? = nil, level: Double
  ) -> ClosedRange<Double>? {
    guard let error = difference.standardError, error.isFinite, difference.value.isFinite else {
      return nil
    }
    let valueCount = valueCount ?? difference.exampleCount
    let centred = contributions(to: difference, valueCount: valueCount, value: 0)
    let rounding = 1e-12 * centred.reduce(0) { $0 + abs($1) }
    var (below, above): ([Double], [Double]) = ([], [])
    forEachPattern(of: centred.count) { signs in
      var (a, v) = (0.0, 0.0)
      for (i, contribution) in centred.enumerated() {
        let sign = signs(i)
        a += sign * contribution
        if i < valueCount { v += sign }
      }
      v /= Double(valueCount)
      below.append(Self.largestShift(a, v, rounding: rounding))
      above.append(Self.largestShift(-a, v, rounding: rounding))
    }
    let rank = Int(((1 - level) * Double(below.count) - 1e-9).rounded(.up))
    let down = below.sorted(by: >)[max(rank, 1) - 1] + rounding
    let up = above.sorted(by: >)[max(rank, 1) - 1] + rounding
    var (low, high) = (difference.value - down, difference.value + up)
    // Ties are equal within rounding; the test decides them.
    let isRejected =
      pValue(
        contributions: contributions(
          to: difference, valueCount: valueCount, value: difference.value)) < 1 - level
    if !isRejected { (low, high) = (min(low, 0), max(high, 0)) }
    if isRejected, difference.value > 0, low <= 0 { low = .leastNonzeroMagnitude }
    if isRejected, difference.value < 0, high >= 0 { high = -.leastNonzeroMagnitude }
    return low...high
  }

  /// Returns the largest u ≥ 0 for which |A + uV| ≥ u.
  private static func largestShift(_ a: Double, _ v: Double, rounding: Double) -> Double {
    if a >= -rounding, v > 1 - 1e-12 { return .infinity }
    if a <= rounding, v < -1 + 1e-12 { return .infinity }
    return a > 0 ? a / (1 - v) : -a / (1 + v)
  }

  /// Calls `body` with every pattern of signs, or with random ones for many contributions.
  private func forEachPattern(of count: Int, _ body: ((Int) -> Double) -> Void) {
    if count <= Self.mostExactContributions {
      for bits in 0..<1 << count { body { bits >> $0 & 1 == 1 ? -1 : 1 } }
      return
    }
    body { _ in 1 }
    var generator = SplitMix64(seed: seed, for: .signFlips)
    var words = [UInt64](repeating: 0, count: (count + 63) / 64)
    for _ in 0..<flipCount {
      for i in words.indices { words[i] = generator.next() }
      body { words[$0 >> 6] >> UInt64($0 & 63) & 1 == 1 ? -1 : 1 }
    }
  }

  /// Returns the two-sided p-value of a sum of contributions.
  func pValue(contributions: [Double]) -> Double {
    // Patterns that tie with the observed one must count in spite of rounding.
    let observed = abs(contributions.reduce(0, +))
    let threshold = observed - 1e-12 * contributions.reduce(0) { $0 + abs($1) }
    var (extremeCount, count) = (0, 0)
    forEachPattern(of: contributions.count) { signs in
      var total = 0.0
      for (i, contribution) in contributions.enumerated() { total += signs(i) * contribution }
      if abs(total) >= threshold { extremeCount += 1 }
      count += 1
    }
    return Double(extremeCount) / Double(count)
  }

  /// Returns each example's share of the error, without its scale factor, and part of the value.
  private func contributions(
    to difference: Estimate, valueCount: Int, value total: Double
  ) -> [Double] {
    var result: [Double] = []
    for size in difference.strata {
      let scale = (Double(size - 1) / Double(size)).squareRoot()
      for share in difference.errorShares[result.count..<result.count + size] {
        let value = result.count < valueCount ? total / Double(valueCount) : 0
        result.append(value + (size > 1 ? scale : 1) * share)
      }
    }
    return result
  }
}
