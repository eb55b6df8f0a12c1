// SPDX-License-Identifier: MIT

import RealModule

/// A method for confidence intervals.
public enum IntervalMethod: String, Sendable, Hashable, Codable, CaseIterable {
  /// Betting for values with a finite range, otherwise the bootstrap.
  case auto
  /// Betting, for values with a finite range: valid for every distribution and stopping time.
  case betting
  /// The studentized bootstrap: keeps its level for skewed deviations too.
  case bootstrap = "bootstrap-t"
  /// Student's t, for deviations that are close to normal and for means of many examples.
  case studentT = "t"
  /// The differences that a `SignFlipTest` does not reject.
  case signFlip = "sign-flip"
}

/// The rule for the intervals of a measurement: method, level and seed.
///
///     let rule = IntervalRule(level: 0.95, seed: 0)
///     rule.interval(of: Estimate([0.1, 0.2, 0.15, 0.7]), in: 0...1)
///
/// The article <doc:Intervals> describes the coverage of each method.
public struct IntervalRule: Sendable, Hashable {
  /// The requested method; ``method(for:in:)`` is the one used for a statistic.
  package var method: IntervalMethod

  /// The coverage probability of an interval, between 0 and 1.
  public var level: Double

  /// The seed of the measurement, from which the seed of resampling is derived.
  public var seed: UInt64

  /// The number of this look at a growing sample, from 1; `nil` for a sample of fixed size.
  package var look: Int?

  /// Creates a rule for a level between 0 and 1.
  public init(_ method: IntervalMethod = .auto, level: Double = 0.95, seed: UInt64 = 0) {
    precondition(level > 0 && level < 1, "Expected a level between 0 and 1, but got \(level).")
    self.method = method
    self.level = level
    self.seed = seed
  }

  /// The smallest number of examples that gives information about the shape of their distribution.
  static let fewestExamples = 10

  /// The largest number of draws that is worthwhile: with more examples both methods agree.
  static let mostDraws = 100_000_000

  /// The largest standard error, as a fraction of the range, that counts as rounding error.
  static let smallestSpread = 1e-9

  /// Returns the method that is used for a statistic: `auto` is betting for a mean whose values
  /// have a finite range, as is every method if all examples agree, and otherwise the bootstrap,
  /// which becomes Student's t for fewer than 10 examples and for so many that both agree.
  package func method(
    for statistic: Estimate, in range: ClosedRange<Double> = -.infinity...(.infinity)
  ) -> IntervalMethod {
    if canBet(on: statistic, in: range) {
      let error = statistic.standardError ?? 0
      let hasSpread = error > Self.smallestSpread * (range.upperBound - range.lowerBound)
      if method == .auto || method == .betting || !hasSpread { return .betting }
    }
    if method == .studentT { return .studentT }
    let draws = StudentizedBootstrap.resampleCount(level: level(of: .bootstrap))
      .multipliedReportingOverflow(by: statistic.exampleCount)
    let isFeasible =
      statistic.degreesOfFreedom + 1 >= Self.fewestExamples
      && !draws.overflow && draws.partialValue <= Self.mostDraws
    return isFeasible ? .bootstrap : .studentT
  }

  /// Returns the interval that contains the true value with probability ``level``, within the
  /// possible values of an example.
  ///
  /// - Returns: `nil` if the error is unknown: for a single example, and for examples that all
  ///   agree unless their range is finite, because a rarer example could be arbitrarily far away.
  /// - Complexity: O(*n*) for *n* examples by betting and Student's t, O(*B n*) for *B* ≥ 1,999
  ///   resamples.
  public func interval(
    of statistic: Estimate, in range: ClosedRange<Double> = -.infinity...(.infinity)
  ) -> ClosedRange<Double>? {
    guard let error = statistic.standardError, error.isFinite, statistic.value.isFinite else {
      return nil
    }
    let method = method(for: statistic, in: range)
    if method == .betting {
      let mean = BoundedMean(in: range, level: level)
      return look == nil
        ? mean.interval(of: statistic.sample) : mean.sequenceInterval(of: statistic.sample)
    }
    guard error > 0 else { return nil }
    let level = level(of: method)
    guard method == .bootstrap else {
      return statistic.confidenceInterval(level: level)?.clamped(to: range)
    }
    // A separate tag keeps resampling independent of the choice of examples, which uses the seed
    // itself.
    let bootstrap = StudentizedBootstrap(
      resampleCount: StudentizedBootstrap.resampleCount(level: level),
      seed: seed ^ 0x626F_6F74_7374_7261)  // "bootstra"
    return bootstrap.interval(of: statistic, level: level)?.clamped(to: range)
  }

  /// The same rule without betting, for statistics that are not means of independent examples.
  var withoutBetting: IntervalRule {
    var rule = self
    if method != .studentT { rule.method = .bootstrap }
    return rule
  }

  /// Returns the level at which a method computes its interval.
  private func level(of method: IntervalMethod) -> Double {
    guard method != .betting, let look else { return level }
    return LookSchedule.level(ofLook: look, overall: level)
  }

  private func canBet(on statistic: Estimate, in range: ClosedRange<Double>) -> Bool {
    range.isFinite && range.lowerBound < range.upperBound && statistic.strata.count == 1
      && statistic.degreesOfFreedom == statistic.exampleCount - 1
  }
}

/// The numbers of examples at which a growing sample is inspected, 20, 30, 45, 68, 102, …, and the
/// levels of its intervals then, whose error probabilities add up to at most α (Bonferroni).
package enum LookSchedule {
  /// The number of examples at the first look.
  static let first = 20

  /// Returns the level 1 − α·6/(π²k²) of the *k*-th look, from 1 on.
  package static func level(ofLook k: Int, overall level: Double) -> Double {
    1 - (1 - level) * 6 / (Double.pi * Double.pi * Double(k * k))
  }

  /// Returns the number of examples at the next look: half as many again, rounded up.
  static func look(after count: Int) -> Int { (count * 3 + 1) / 2 }
}
