// SPDX-License-Identifier: MIT

/// The number of examples that a value needs, estimated from a small pilot.
///
/// The variance of a value from *n* examples is V(n) = Vₑ·n₀/n + V₀: the part Vₑ of E, from a pilot
/// of n₀ examples, and the constant part V₀ of M. The plan is the smallest *n* for which t·√V(n) is
/// within the precision. For intervals by betting, the pilot's values are repeated up to *n*
/// values, and the width of their interval replaces t·√V(n). A pilot of 20 gives *n* to about ±30
/// %.
package struct SampleSizePlan: Sendable, Hashable, Codable {
  /// The number of examples of a pilot.
  package static let pilotCount = 20

  /// The member of the family.
  package let metric: Metric

  /// The tensor that was probed.
  package let tensor: String

  /// The value of the pilot.
  package let value: Double?

  /// The half-width of the pilot's interval as a fraction of the value; `nil` if there is none.
  package let pilotPrecision: Double?

  /// The number of examples for a run of fixed size; `nil` if no number is enough.
  package let exampleCount: Int?

  /// The number of examples for a run that is stopped by ``PrecisionRule``.
  package let stoppedExampleCount: Int?

  /// The time for ``exampleCount`` examples, if it was estimated.
  package var seconds: Double?

  /// The notes on the pilot's value.
  package let notes: [MeasurementNote]

  /// Creates a plan from the result of a pilot.
  package init(pilot: ProbeResult, precision: Double, intervals: IntervalRule) {
    (metric, tensor, value, notes) = (pilot.metric, pilot.tensor, pilot.value, pilot.notes)
    let level = intervals.level
    let values = pilot.perExample.map(\.value)
    let bets = pilot.intervalMethod == .betting
    guard let value = pilot.value, let error = pilot.statistic?.standardError, value != 0,
      error.isFinite, bets || error > 0, values.count > 1,
      let own = Estimate(values).standardError
    else {
      (pilotPrecision, exampleCount, stoppedExampleCount) = (nil, nil, nil)
      return
    }
    let count = Double(values.count)
    let rest = error * error - own * own
    let scale = pilot.scale ?? 1
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

  /// The longest sample whose interval is computed; longer ones are extrapolated by 1/√n.
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
