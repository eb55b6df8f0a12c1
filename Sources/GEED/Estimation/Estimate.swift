// SPDX-License-Identifier: MIT

/// A statistic of a sample, with the contribution of each example to its error.
///
/// The share of example *i* is the first-order change of the statistic that is due to *i*, scaled
/// so that the squares of all shares add up to the squared standard error. Shares of statistics of
/// the same examples combine linearly, which gives the error of a ratio whose numerator and
/// denominator have examples in common.
public struct Estimate: Sendable, Hashable {
  /// The statistic.
  public let value: Double

  /// The share of each example in the error, in order of the examples, stratum after stratum.
  package let errorShares: [Double]

  /// The numbers of examples of numerator and denominator, of the first and of the second alone.
  package let strata: [Int]

  /// The degrees of freedom of the error: one less than the examples of the smaller sample.
  package let degreesOfFreedom: Int

  /// Creates a statistic of one sample from its value and shares.
  package init(value: Double, errorShares: [Double]) {
    self.init(
      value: value, errorShares: errorShares, strata: [errorShares.count],
      degreesOfFreedom: errorShares.count - 1)
  }

  /// Creates a statistic of several strata.
  package init(value: Double, errorShares: [Double], strata: [Int], degreesOfFreedom: Int) {
    precondition(
      strata.allSatisfy { $0 >= 0 } && strata.reduce(0, +) == errorShares.count,
      "Expected strata of \(errorShares.count) examples in all, but got \(strata).")
    self.value = value
    self.errorShares = errorShares
    self.strata = strata.filter { $0 > 0 }
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

  /// The numbers whose mean this is, if it is a mean.
  var sample: [Double] {
    let n = Double(exampleCount)
    return errorShares.map { value + $0 * (n * (n - 1)).squareRoot() }
  }

  /// The number of examples in all strata.
  public var exampleCount: Int { errorShares.count }

  /// ``errorShares``, separately for each stratum.
  package var sharesByStratum: [[Double]] {
    var first = 0
    return strata.map { size in
      defer { first += size }
      return Array(errorShares[first..<first + size])
    }
  }

  /// The standard error, or `nil` if it is unknown because of a single example.
  public var standardError: Double? {
    guard degreesOfFreedom > 0 else { return nil }
    return errorShares.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// Returns the interval that contains the true value with probability `level`, from 0 to 1, by
  /// Student's t; `nil` if the error is unknown or not finite.
  public func confidenceInterval(level: Double = 0.95) -> ClosedRange<Double>? {
    guard let error = standardError, error.isFinite, value.isFinite else { return nil }
    let halfWidth =
      error * studentQuantile((1 + level) / 2, degreesOfFreedom: Double(degreesOfFreedom))
    return value - halfWidth...value + halfWidth
  }

  /// Returns this statistic divided by another, with its error to first order (delta method).
  package func divided(by denominator: Estimate, positions: [Int?]) -> Estimate {
    precondition(
      positions.count == exampleCount && denominator.value != 0,
      "Expected \(exampleCount) positions and a denominator other than 0.")
    precondition(
      strata.count <= 1 && denominator.strata.count <= 1, "Expected statistics of one stratum.")
    let ratio = value / denominator.value
    let others = denominator.errorShares.map { -ratio / denominator.value * $0 }
    var isShared = [Bool](repeating: false, count: others.count)
    var (shared, own): ([Double], [Double]) = ([], [])
    for (share, position) in zip(errorShares, positions) {
      let share = share / denominator.value
      if let position {
        shared.append(share + others[position])
        isShared[position] = true
      } else {
        own.append(share)
      }
    }
    let rest = others.indices.filter { !isShared[$0] }.map { others[$0] }
    return Estimate(
      value: ratio, errorShares: shared + own + rest,
      strata: [shared.count, own.count, rest.count],
      degreesOfFreedom: min(degreesOfFreedom, denominator.degreesOfFreedom))
  }

  /// Returns the difference of two statistics of the same examples, such as those of two models on
  /// the same images.
  ///
  /// - Precondition: Both have the same strata.
  public static func - (a: Estimate, b: Estimate) -> Estimate {
    precondition(
      a.strata == b.strata, "Expected the same examples, but got \(a.strata) and \(b.strata).")
    return Estimate(
      value: a.value - b.value, errorShares: zip(a.errorShares, b.errorShares).map { $0 - $1 },
      strata: a.strata, degreesOfFreedom: min(a.degreesOfFreedom, b.degreesOfFreedom))
  }
}
