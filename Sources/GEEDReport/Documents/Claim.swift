// SPDX-License-Identifier: MIT

import GEED

/// A sentence of the paper, tested on measured values.
package struct Claim: Sendable, Hashable, Codable {
  package let statement: String
  /// The comparisons that the claim consists of; all of them must hold.
  package let parts: [ClaimPart]
  package let verdict: ClaimVerdict

  package init(_ statement: String, _ parts: [ClaimPart]) {
    self.statement = statement
    self.parts = parts
    verdict = .all(parts.map(\.verdict))
  }
}

/// The verdict of measured values on a claim.
package enum ClaimVerdict: String, Sendable, Hashable, Codable, CaseIterable {
  /// The whole interval lies on the claimed side.
  case holds
  /// The whole interval lies on the other side.
  case doesNotHold = "does not hold"
  /// The interval extends to both sides, or there is no interval.
  case notResolved = "not resolved"

  /// Returns the verdict on a claim that needs all of its parts, without a correction for their number.
  package static func all(_ verdicts: [ClaimVerdict]) -> ClaimVerdict {
    if verdicts.contains(.doesNotHold) { return .doesNotHold }
    return verdicts.isEmpty || verdicts.contains(.notResolved) ? .notResolved : .holds
  }
}

/// One comparison: a number for each model, whose mean is claimed to lie above or below a bound.
///
/// The interval is Student's t over models, as in the paper: all models see the same examples, so
/// it describes the variation between trainings, not between examples.
package struct ClaimPart: Sendable, Hashable, Codable {
  /// The side of the bound on which the mean is claimed to lie.
  package enum Direction: String, Sendable, Hashable, Codable {
    case above, below
  }

  /// The quantities that are compared, in words.
  package let label: String
  /// The number of each model; `nil` if it does not exist or is not finite.
  package let values: [Double?]
  package let direction: Direction
  package let bound: Double
  /// The mean over models; `nil` if a model has no number.
  package let mean: Double?
  /// Both ends of the 95 % interval of the mean; `nil` if there is none.
  package let interval: [Double]?
  package let verdict: ClaimVerdict
  /// The interval as a range.
  package var range: ClosedRange<Double>? { interval.flatMap(ClosedRange.init(ends:)) }

  /// The reason why there is no interval; `nil` if there is one.
  package let note: String?

  package init(_ label: String, _ values: [Double?], _ direction: Direction, _ bound: Double = 0) {
    self.label = label
    self.values = values.map { $0.flatMap { $0.isFinite ? $0 : nil } }
    self.direction = direction
    self.bound = bound
    let finite = self.values.compactMap(\.self)
    let statistic = finite.isEmpty || finite.count < values.count ? nil : Estimate(finite)
    let interval = statistic?.confidenceInterval(level: 0.95)
    mean = statistic?.value
    self.interval = interval.map { [$0.lowerBound, $0.upperBound] }
    if let interval, interval.lowerBound > bound || interval.upperBound < bound {
      verdict = (interval.lowerBound > bound) == (direction == .above) ? .holds : .doesNotHold
    } else {
      verdict = .notResolved
    }
    note =
      values.isEmpty
      ? "nothing was measured"
      : statistic == nil
        ? "\(values.count - finite.count) of \(values.count) models have no value"
        : interval == nil ? "one model has no interval" : nil
  }
}
