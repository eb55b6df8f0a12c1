// SPDX-License-Identifier: MIT

/// A statistic of a sample with the share that each example has in its error.
///
/// Example *i*'s share is the first-order change of the statistic that is due to *i*, scaled so that
/// the squares of all shares add up to the squared standard error. Shares of statistics from the
/// same examples combine linearly, which is how a ratio gets its error when numerator and
/// denominator share examples.
public struct SampleMean: Sendable, Hashable {
  /// The statistic.
  public let value: Double

  /// The share of each example in the error, in order of the examples.
  public let errorShares: [Double]

  /// The degrees of freedom of the error: one less than examples, and for a ratio those of the
  /// smaller sample, since the error may come from it alone.
  public let degreesOfFreedom: Int

  /// Creates a statistic from its value and shares.
  public init(value: Double, errorShares: [Double]) {
    self.init(value: value, errorShares: errorShares, degreesOfFreedom: errorShares.count - 1)
  }

  private init(value: Double, errorShares: [Double], degreesOfFreedom: Int) {
    self.value = value
    self.errorShares = errorShares
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The mean of a sample.
  ///
  /// The share of example *i* is (xᵢ − x̄)/√(n(n − 1)); with one example the error is unknown and
  /// the shares are NaN.
  ///
  /// - Precondition: The sample is not empty.
  public init(_ sample: [Double]) {
    precondition(!sample.isEmpty, "Expected at least one example.")
    let n = Double(sample.count)
    let mean = sample.reduce(0, +) / n
    self.init(
      value: mean, errorShares: sample.map { ($0 - mean) / (n * (n - 1)).squareRoot() })
  }

  /// How many examples went into it.
  public var exampleCount: Int { errorShares.count }

  /// The standard error, or `nil` where a single example leaves it unknown.
  public var standardError: Double? {
    guard degreesOfFreedom > 0 else { return nil }
    return errorShares.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// The interval that holds the true value with probability `level`, by Student's t with
  /// ``degreesOfFreedom``; `nil` where the error is unknown or not finite.
  ///
  /// - Precondition: `level` is between 0 and 1.
  public func confidenceInterval(level: Double = 0.95) -> ClosedRange<Double>? {
    guard let error = standardError, error.isFinite, value.isFinite else { return nil }
    let halfWidth =
      error * studentQuantile((1 + level) / 2, degreesOfFreedom: Double(degreesOfFreedom))
    return value - halfWidth...value + halfWidth
  }

  /// This statistic divided by another, its error to first order (delta method).
  ///
  /// - Parameters:
  ///   - denominator: The other statistic; its value is not 0.
  ///   - positions: For each example of this statistic its position among the denominator's
  ///     examples, or `nil` where it is not among them.
  public func divided(by denominator: SampleMean, positions: [Int?]) -> SampleMean {
    precondition(
      positions.count == exampleCount && denominator.value != 0,
      "Expected \(exampleCount) positions and a denominator other than 0.")
    let ratio = value / denominator.value
    var others = denominator.errorShares.map { -ratio / denominator.value * $0 }
    var shares = errorShares.map { $0 / denominator.value }
    for (i, position) in positions.enumerated() {
      guard let position else { continue }
      shares[i] += others[position]
      others[position] = 0
    }
    return SampleMean(
      value: ratio, errorShares: shares + others.filter { $0 != 0 },
      degreesOfFreedom: min(degreesOfFreedom, denominator.degreesOfFreedom))
  }
}
