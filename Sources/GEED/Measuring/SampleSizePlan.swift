// SPDX-License-Identifier: MIT

/// The number of examples that a value needs, estimated from a small pilot.
///
/// The variance of a value from *n* examples is V(n) = Vₑ·n₀/n + V₀. The part Vₑ of E, known from a
/// pilot of n₀ examples, decreases with the number of examples; the part V₀ of M is constant, since
/// the examples of M are fixed. The plan is the smallest *n* for which t·√V(n) is within the
/// precision.
///
/// For intervals by betting, the pilot's values are repeated up to *n* values, and the width of
/// their interval replaces t·√V(n): it has a component proportional to 1/n, not to 1/√n.
///
/// A pilot of 20 estimates the standard deviation to about ±16 %, so *n* is known to about ±30 %,
/// and less precisely for skewed deviations.
public struct SampleSizePlan: Sendable, Hashable, Codable {
  /// The number of examples of a pilot.
  public static let pilotCount = 20

  /// The member of the family.
  public let metric: Metric

  /// The tensor that was probed.
  public let tensor: String

  /// The value of the pilot.
  public let value: Double?

  /// The half-width of the pilot's interval as a fraction of the value, by betting if the intervals
  /// are, otherwise by Student's t; `nil` if the pilot found no value, no error, or 0.
  public let pilotPrecision: Double?

  /// The number of examples for a run of fixed size; `nil` if no number is enough because the error
  /// of M is too large, or if the pilot gave no estimate.
  public let exampleCount: Int?

  /// The number of examples for a run that is stopped by ``PrecisionRule``.
  public let stoppedExampleCount: Int?

  /// The time for ``exampleCount`` examples, if it was estimated.
  public var seconds: Double?

  /// The notes on the pilot's value.
  public let notes: [MeasurementNote]

  /// Creates a plan from the result of a pilot.
  ///
  /// - Parameters:
  ///   - pilot: The result of the pilot.
  ///   - precision: The requested half-width, as a fraction of the value.
  ///   - intervals: The rule for the intervals of the run.
  public init(pilot: ProbeResult, precision: Double, intervals: IntervalRule) {
    (metric, tensor, value, notes) = (pilot.metric, pilot.tensor, pilot.value, pilot.notes)
    let level = intervals.level
    let values = pilot.perExample.map(\.value)
    guard let value = pilot.value, let error = pilot.statistic?.standardError, value != 0,
      error.isFinite, values.count > 1, let own = Estimate(values).standardError
    else {
      (pilotPrecision, exampleCount, stoppedExampleCount) = (nil, nil, nil)
      return
    }
    let count = Double(values.count)
    let rest = error * error - own * own
    let scale = pilot.scale ?? 1
    let bets = pilot.intervalMethod == .betting
    guard bets || error > 0 else {
      (pilotPrecision, exampleCount, stoppedExampleCount) = (nil, nil, nil)
      return
    }
    func halfWidth(_ n: Int, look: Int?) -> Double {
      if bets, let range = pilot.exampleRange {
        // If there is an interval of M, it has half of the error probability.
        var rule = intervals
        rule.look = look
        if pilot.scale != nil { rule.level = (1 + level) / 2 }
        let own = Self.halfWidth(
          of: values, repeatedTo: n, in: range.lowerBound / scale...range.upperBound / scale, rule)
        return own + max(rest, 0).squareRoot() * Self.quantile(rule.level, n)
      }
      let level = look.map { LookSchedule.level(ofLook: $0, overall: level) } ?? level
      return Self.quantile(level, n) * max(own * own * count / Double(n) + rest, 0).squareRoot()
    }
    let wanted = precision * abs(value)
    pilotPrecision = halfWidth(values.count, look: nil) / abs(value)
    exampleCount = Self.smallest { halfWidth($0, look: nil) <= wanted }
    stoppedExampleCount = Self.firstLook { look, n in halfWidth(n, look: look) <= wanted }
  }

  private static func quantile(_ level: Double, _ n: Int) -> Double {
    studentQuantile((1 + level) / 2, degreesOfFreedom: Double(max(n - 1, 1)))
  }

  /// The longest sample whose interval is computed; the width for a longer one is extrapolated in
  /// proportion to 1/√n.
  private static let mostRepeated = 2_000

  /// Returns the longer side of the interval of values that are repeated up to `n` values.
  private static func halfWidth(
    of values: [Double], repeatedTo n: Int, in range: ClosedRange<Double>, _ rule: IntervalRule
  ) -> Double {
    let count = min(n, mostRepeated)
    let sample = (0..<count).map { values[$0 % values.count] }
    let mean = BoundedMean(in: range, level: rule.level)
    let interval =
      rule.look == nil ? mean.interval(of: sample) : mean.sequenceInterval(of: sample)
    let value = sample.reduce(0, +) / Double(count)
    return max(interval.upperBound - value, value - interval.lowerBound)
      * (Double(count) / Double(n)).squareRoot()
  }

  /// The largest number of examples in a plan.
  private static let mostExamples = 1 << 40

  /// Returns the smallest number from 2 on that is enough, assuming that all larger ones are.
  private static func smallest(_ isEnough: (Int) -> Bool) -> Int? {
    var high = 2
    while !isEnough(high) {
      guard high < mostExamples else { return nil }
      high *= 2
    }
    var low = high / 2
    while high - low > 1 {
      let middle = (low + high) / 2
      if isEnough(middle) { high = middle } else { low = middle }
    }
    return max(high, 2)
  }

  /// Returns the number of examples at the first look of ``PrecisionRule`` that is enough.
  private static func firstLook(_ isEnough: (_ look: Int, _ count: Int) -> Bool) -> Int? {
    var (look, count) = (1, LookSchedule.first)
    while !isEnough(look, count) {
      guard count < mostExamples else { return nil }
      look += 1
      count = LookSchedule.look(after: count)
    }
    return count
  }
}
