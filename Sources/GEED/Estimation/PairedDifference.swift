// SPDX-License-Identifier: MIT

/// The difference of two models on the same examples, with a consistent test and interval.
package struct PairedDifference: Sendable, Hashable {
  package struct Outcome: Sendable, Hashable {
    /// The interval of the true difference; `nil` if it is unbounded.
    package let interval: ClosedRange<Double>?
    package let method: IntervalMethod
    /// The p-value of a ``SignFlipTest``; `nil` for a single example, whose error is unknown.
    package let pValue: Double?
  }

  package let statistic: Estimate

  /// The number of examples, the first ones, that contribute to the value: those of E.
  package let valueCount: Int
  package let range: ClosedRange<Double>

  package init(of statistic: Estimate, valueCount: Int, in range: ClosedRange<Double>) {
    self.statistic = statistic
    self.valueCount = valueCount
    self.range = range
  }

  /// The largest distance of differences that count as equal, as a fraction of the range.
  private static let tieWidth = 1e-6

  /// Tests the difference and computes its interval; for `auto`, of the differences that the test
  /// does not reject.
  ///
  /// If most examples have the same difference, sign flips carry little information about others:
  /// the interval is then extended to that of betting, but not across 0 if the test rejects 0.
  package func outcome(by rule: IntervalRule) -> Outcome {
    let test = SignFlipTest(
      flipCount: Int(min(max(10_000, 20 / (1 - rule.level)), 1e6)), seed: rule.seed)
    let pValue = test.pValue(of: statistic, valueCount: valueCount)
    guard rule.method == .auto || rule.method == .signFlip else {
      return Outcome(
        interval: rule.interval(of: statistic, in: range),
        method: rule.method(for: statistic, in: range), pValue: pValue)
    }
    guard let pValue,
      let found = test.interval(of: statistic, valueCount: valueCount, level: rule.level)
    else { return Outcome(interval: nil, method: .signFlip, pValue: nil) }
    var (low, high) = (found.lowerBound, found.upperBound)
    if hasManyTies {
      var betting = rule
      betting.method = .betting
      if let wide = betting.interval(of: statistic, in: range) {
        if low <= 0 { low = min(low, wide.lowerBound) }
        if high >= 0 { high = max(high, wide.upperBound) }
      }
    }
    let interval = (low...high).clamped(to: range)
    return Outcome(
      interval: interval.isFinite && interval.lowerBound < interval.upperBound ? interval : nil,
      method: .signFlip, pValue: pValue)
  }

  package func reasonAgainstInterval(by rule: IntervalRule) -> String {
    if statistic.standardError == 0 {
      return
        "All examples have the same difference, and the size of a rarer one is unknown: no "
        + "interval."
    }
    return
      "\(statistic.exampleCount) examples are too few to reject any difference at this level: no "
      + "interval."
  }

  /// Whether more than half of the examples have the same difference, given a finite range.
  private var hasManyTies: Bool {
    guard range.isFinite, statistic.strata.count == 1 else { return false }
    let sample = statistic.sample.sorted()
    let width = Self.tieWidth * (range.upperBound - range.lowerBound)
    let median = sample[sample.count / 2]
    return 2 * sample.count { abs($0 - median) <= width } > sample.count
  }
}
