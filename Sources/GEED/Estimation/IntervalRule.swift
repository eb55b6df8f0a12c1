// SPDX-License-Identifier: MIT

/// How a confidence interval is made.
public enum IntervalMethod: String, Sendable, Hashable, Codable, CaseIterable {
  /// The studentized bootstrap: keeps its level for skewed deviations as well.
  case bootstrap = "bootstrap-t"
  /// Student's t, for deviations that are close to normal, or means of many.
  case studentT = "t"
}

/// How the intervals of a measurement are made: method, level, seed.
///
///     let rule = IntervalRule(level: 0.95, seed: 0)
///     rule.interval(of: SampleMean([0.1, 0.2, 0.15, 0.7]))
///
/// The article <doc:Intervals> tells which method covers what.
public struct IntervalRule: Sendable, Hashable {
  /// The method that is asked for; ``method(for:)`` is what a statistic gets.
  public var method: IntervalMethod

  /// How often an interval is to hold the true value, between 0 and 1.
  public var level: Double

  /// The seed of the measurement, from which resampling has its own.
  public var seed: UInt64

  /// Creates a rule.
  ///
  /// - Precondition: `level` is between 0 and 1.
  public init(_ method: IntervalMethod = .bootstrap, level: Double = 0.95, seed: UInt64 = 0) {
    precondition(level > 0 && level < 1, "Expected a level between 0 and 1, but got \(level).")
    self.method = method
    self.level = level
    self.seed = seed
  }

  /// The fewest examples that tell something about the shape of their distribution.
  static let fewestExamples = 10

  /// The most draws that are worth their time: with more examples, both methods agree.
  static let mostDraws = 100_000_000

  /// The method that a statistic gets: the one that is asked for, but Student's t where there are
  /// fewer than 10 examples to resample, or so many that both agree.
  public func method(for statistic: SampleMean) -> IntervalMethod {
    let draws = StudentizedBootstrap.resampleCount(level: level)
      .multipliedReportingOverflow(by: statistic.exampleCount)
    let isFeasible =
      statistic.degreesOfFreedom + 1 >= Self.fewestExamples
      && !draws.overflow && draws.partialValue <= Self.mostDraws
    return isFeasible ? method : .studentT
  }

  /// The interval that holds the true value with probability ``level``.
  ///
  /// - Returns: `nil` where a single example leaves the error unknown; a single point where all
  ///   examples agree.
  /// - Complexity: O(*B n*) for *n* examples and *B* ≥ 1,999 resamples; O(*n*) for Student's t.
  public func interval(of statistic: SampleMean) -> ClosedRange<Double>? {
    switch method(for: statistic) {
    case .studentT: return statistic.confidenceInterval(level: level)
    case .bootstrap:
      // A tag of its own keeps resampling apart from the choice of examples, which uses the seed.
      let bootstrap = StudentizedBootstrap(
        resampleCount: StudentizedBootstrap.resampleCount(level: level),
        seed: seed ^ 0x626F_6F74_7374_7261)  // "bootstra"
      return bootstrap.interval(of: statistic, level: level)
    }
  }
}
