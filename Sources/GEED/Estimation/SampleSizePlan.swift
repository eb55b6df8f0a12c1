// SPDX-License-Identifier: MIT

/// How many examples a value needs, by what a small pilot has shown.
///
/// The variance of a value from *n* examples is V(n) = Vₑ·n₀/n + V₀: E's part Vₑ, known from a pilot
/// of n₀ examples, shrinks with their number; what M adds, V₀, stays, since M's examples stay. The
/// plan is the smallest *n* for which t·√V(n) is within the precision.
///
/// A pilot of 20 knows the standard deviation to about ±16 %, so the plan knows *n* to about ±30 %,
/// and for skewed deviations worse.
public struct SampleSizePlan: Sendable, Hashable {
  /// How many examples a pilot has.
  public static let pilotCount = 20

  /// The half-width of the pilot's interval as a part of the value, by Student's t; `nil` where the
  /// pilot found no value, no error, or 0.
  public let pilotPrecision: Double?

  /// How many examples a run of a fixed number takes; `nil` where no number is enough, since M's own
  /// error is too large, or nothing is known.
  public let exampleCount: Int?

  /// How many examples a run takes that stops by ``PrecisionRule``.
  public let stoppedExampleCount: Int?

  /// Plans from a pilot's result.
  ///
  /// - Parameters:
  ///   - pilot: What the pilot has found.
  ///   - precision: The half-width that is wanted, as a part of the value.
  ///   - level: The level of the intervals.
  public init(pilot: ProbeResult, precision: Double, level: Double) {
    let values = pilot.perExample.map(\.value)
    guard let value = pilot.value, let error = pilot.statistic?.standardError, value != 0,
      error.isFinite, values.count > 1, let own = SampleMean(values).standardError
    else {
      (pilotPrecision, exampleCount, stoppedExampleCount) = (nil, nil, nil)
      return
    }
    let count = Double(values.count)
    let rest = error * error - own * own
    func halfWidth(_ n: Int, level: Double) -> Double {
      let variance = max(own * own * count / Double(n) + rest, 0)
      return studentQuantile((1 + level) / 2, degreesOfFreedom: Double(max(n - 1, 1)))
        * variance.squareRoot()
    }
    let wanted = precision * abs(value)
    pilotPrecision = halfWidth(values.count, level: level) / abs(value)
    exampleCount = Self.smallest { halfWidth($0, level: level) <= wanted }
    stoppedExampleCount = Self.firstLook { look, n in
      halfWidth(n, level: PrecisionRule.level(ofLook: look, overall: level)) <= wanted
    }
  }

  /// The most examples that a plan speaks of.
  private static let mostExamples = 1 << 40

  /// The smallest number from 2 on that is enough, where all larger ones are.
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

  /// The number of examples at the first look of ``PrecisionRule`` that is enough.
  private static func firstLook(_ isEnough: (_ look: Int, _ count: Int) -> Bool) -> Int? {
    var (look, count) = (1, PrecisionRule.firstLook)
    while !isEnough(look, count) {
      guard count < mostExamples else { return nil }
      look += 1
      count = PrecisionRule.look(after: count)
    }
    return count
  }
}
