// SPDX-License-Identifier: MIT

import GEED

/// One comparison: a number for each model, which is claimed to lie above or below a bound in the mean.
///
/// The interval is Student's t over models, as in the paper: all models see the same examples, and it
/// says what another training would give, not what other examples would.
public struct ClaimPart: Sendable, Hashable, Codable {
  /// Where the mean is claimed to be.
  public enum Direction: String, Sendable, Hashable, Codable {
    case above
    case below
  }

  /// What is compared.
  public let label: String
  /// The number of each model; `nil` where it does not exist.
  public let values: [Double?]
  /// Where the mean is claimed to be.
  public let direction: Direction
  /// Above or below which number.
  public let bound: Double
  /// The mean over models; `nil` if one has no number.
  public let mean: Double?
  /// Both ends of the 95 % interval of the mean; `nil` if there is none.
  public let interval: [Double]?
  /// What the interval says.
  public let verdict: Verdict
  /// Why there is no interval.
  public let note: String?

  /// Tests one comparison.
  ///
  /// - Parameters:
  ///   - label: What is compared.
  ///   - values: The number of each model; `nil`, or not finite, where it does not exist.
  ///   - direction: Where the mean is claimed to be.
  ///   - bound: Above or below which number.
  public init(_ label: String, _ values: [Double?], _ direction: Direction, _ bound: Double = 0) {
    let finite = values.compactMap { $0 }.filter(\.isFinite)
    let statistic = finite.isEmpty || finite.count < values.count ? nil : SampleMean(finite)
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
