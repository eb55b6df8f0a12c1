// SPDX-License-Identifier: MIT

/// A rule that stops a measurement as soon as its values are precise enough.
///
///     measurement.exampleCount = nil
///     measurement.measuresScaleFirst = true
///     var rule = PrecisionRule(relativeHalfWidth: 0.05)
///     var run = try measurement.start()
///     while try run.advance(), !rule.isMet(by: run) {}
///     print(rule.result(of: run).results)
///
/// The rule looks at 20 examples, and then each time at half as many again (20, 30, 45, 68, 102,
/// …). So that the interval at the look that stops has its level in spite of the looks before it,
/// betting gives confidence sequences, and for other metrics the *k*-th look uses the level 1 −
/// α·6/(π²k²) (Bonferroni). It is somewhat wider than that of a fixed number of examples.
///
/// Zero variance never counts as precise, and a value of 0 has no relative precision.
public struct PrecisionRule: Sendable, Hashable {
  /// The largest half-width of an interval, as a fraction of the value, that is precise enough.
  public let relativeHalfWidth: Double

  /// The number of looks so far.
  package private(set) var lookCount = 0

  /// Whether the last look found all values precise enough.
  public private(set) var isMet = false

  /// The number of examples at the next look.
  package private(set) var nextLook = LookSchedule.first

  /// Creates a rule for a positive precision.
  public init(relativeHalfWidth: Double) {
    precondition(
      relativeHalfWidth > 0, "Expected a positive precision, but got \(relativeHalfWidth).")
    self.relativeHalfWidth = relativeHalfWidth
  }

  /// Takes a look at a run if one is due, and returns whether to stop.
  ///
  /// A value is precise if the longer side of its interval is within the precision; a value that
  /// does not exist, or has no interval, is not.
  public mutating func isMet(by run: borrowing MeasurementRun) -> Bool {
    let count = run.completedExampleCount
    guard !isMet, count >= nextLook else { return isMet }
    lookCount += 1
    // The times of looks must not depend on the values, only on the number of examples.
    while nextLook <= count { nextLook = LookSchedule.look(after: nextLook) }
    isMet = result(of: run, look: lookCount).results.allSatisfy(isPrecise)
    return isMet
  }

  /// Returns the result of the run, with the intervals of the look that stopped it, or of one more
  /// look if all examples were measured before the rule was met.
  public func result(of run: borrowing MeasurementRun) -> MeasurementResult {
    let look = isMet ? lookCount : lookCount + 1
    let level = LookSchedule.level(ofLook: look, overall: run.measurement.confidenceLevel)
    let wanted = (1e6 * relativeHalfWidth).rounded() / 1e4
    let progress = run.progress
    let isInterrupted = !isMet && progress.completedInputs < progress.totalInputs
    return result(of: run, look: look).changingResults { _, result in
      if isInterrupted { result.notes.append(.stoppedBeforePrecision) }
      result.notes.append(
        .precision(
          MeasurementNote.PrecisionOutcome(
            percent: wanted, isMet: isPrecise(result), exampleCount: result.exampleCount,
            look: look,
            level: result.intervalMethod == .betting ? nil : (10_000 * level).rounded() / 10_000,
            hasInterval: result.confidenceInterval != nil)))
      if result.value == 0 { result.notes.append(.zeroValue) }
    }
  }

  private func result(of run: borrowing MeasurementRun, look: Int) -> MeasurementResult {
    var intervals = run.measurement.intervals
    intervals.look = look
    return run.result(intervals: intervals)
  }

  private func isPrecise(_ result: ProbeResult) -> Bool {
    guard let value = result.value, value != 0, let interval = result.confidenceInterval else {
      return false
    }
    let halfWidth = max(interval.upperBound - value, value - interval.lowerBound)
    return halfWidth <= relativeHalfWidth * abs(value)
  }
}
