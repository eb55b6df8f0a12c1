// SPDX-License-Identifier: MIT

import GEED

/// One comparison: a number for each model, whose mean is claimed to lie above or below a bound.
///
/// The interval is Student's t over models, as in the paper: all models see the same examples, so
/// it describes the variation between trainings, not between examples.
package struct ClaimPart: Sendable, Hashable, Codable {
  /// The side of the bound on which the mean is claimed to lie.
  package enum Direction: String, Sendable, Hashable, Codable {
    case above
    case below
  }

  /// The quantities that are compared, in words.
  package let label: String
  /// The number of each model; `nil` if it does not exist.
  package let values: [Double?]
  /// The side of the bound on which the mean is claimed to lie.
  package let direction: Direction
  /// The bound.
  package let bound: Double
  /// The mean over models; `nil` if a model has no number.
  package let mean: Double?
  /// Both ends of the 95 % interval of the mean; `nil` if there is none.
  package let interval: [Double]?
  /// The verdict of the interval.
  package let verdict: Verdict
  /// The reason why there is no interval; `nil` if there is one.
  package let note: String?

  /// Tests one comparison.
  ///
  /// - Parameters:
  ///   - label: The quantities that are compared, in words.
  ///   - values: The number of each model; `nil`, or not finite, if it does not exist.
  ///   - direction: The side of the bound on which the mean is claimed to lie.
  ///   - bound: The bound.
  package init(_ label: String, _ values: [Double?], _ direction: Direction, _ bound: Double = 0) {
    let finite = values.compactMap { $0 }.filter(\.isFinite)
    let statistic = finite.isEmpty || finite.count < values.count ? nil : Estimate(finite)
    let interval = statistic?.confidenceInterval(level: 0.95)
    self.label = label
    self.values = values.map { $0.flatMap { $0.isFinite ? $0 : nil } }
    self.direction = direction
    self.bound = bound
    mean = statistic?.value
    self.interval = interval.map { [$0.lowerBound, $0.upperBound] }
    verdict = interval.map { Self.verdict($0, direction, bound) } ?? .notResolved
    note =
      values.isEmpty
      ? "nothing was measured"
      : statistic == nil
        ? "\(values.count - finite.count) of \(values.count) models have no value"
        : interval == nil ? "one model has no interval" : nil
  }

  private static func verdict(
    _ interval: ClosedRange<Double>, _ direction: Direction, _ bound: Double
  ) -> Verdict {
    let (isAbove, isBelow) = (interval.lowerBound > bound, interval.upperBound < bound)
    guard isAbove || isBelow else { return .notResolved }
    return isAbove == (direction == .above) ? .holds : .doesNotHold
  }
}
