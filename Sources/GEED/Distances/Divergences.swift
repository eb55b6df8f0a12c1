// SPDX-License-Identifier: MIT

import RealModule

/// The Kullback-Leibler divergence Σ *a* ln(*a*/*b*) of two distributions, in nats.
///
/// Not symmetric; at least 0, and 0 for equal distributions; 0 ln 0 counts as 0. Infinite if *b* is
/// 0 where *a* is not, which cannot happen if *b* is a mean that includes *a*.
///
/// - Precondition: Both vectors hold probabilities: not negative, sum 1.
/// - Complexity: O(*n*) for *n* classes.
public struct KullbackLeibler: Distance {
  /// Creates the divergence.
  public init() {}

  public var range: ClosedRange<Double> { 0...Double.infinity }

  public var ofEqualOutputs: Double? { 0 }

  /// Returns 0 to min(−ln `leastShare`, ln K): the mean of the divergences to a mean with equal
  /// weights is at most its entropy.
  public func rangeOverOrbit(leastShare: Double, classCount: Int?) -> ClosedRange<Double> {
    let bound = -Double.log(leastShare)
    return 0...(classCount.map { min(bound, Double.log(Double($0))) } ?? bound)
  }

  public func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
    Comparison(atLeastZero(divergence(a, b)))
  }
}

/// The Jensen-Shannon divergence of two distributions, in nats: the mean of the Kullback-Leibler
/// divergences to their midpoint. Symmetric, from 0 (equal) to ln 2 (disjoint).
///
/// - Precondition: Both vectors hold probabilities.
/// - Complexity: O(*n*) for *n* classes.
public struct JensenShannon: Distance {
  /// Creates the divergence.
  public init() {}

  public var range: ClosedRange<Double> { 0...Double.log(2) }

  public var ofEqualOutputs: Double? { 0 }

  public func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
    let midpoint = a.indices.map { (a[$0] + b[$0]) / 2 }
    return Comparison(
      atLeastZero((divergence(a, midpoint.span) + divergence(b, midpoint.span)) / 2))
  }
}

/// The total variation distance of two distributions, ½ Σ |*a* − *b*|: symmetric, from 0 (equal)
/// to 1 (disjoint); O(*n*) for *n* classes.
public struct TotalVariation: Distance {
  /// Creates the distance.
  public init() {}

  public var range: ClosedRange<Double> { 0...1 }

  public var ofEqualOutputs: Double? { 0 }

  public func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
    let total = a.indices.reduce(0) { $0 + abs(a[$1] - b[$1]) } / 2
    // Sums of probabilities exceed 1 by rounding.
    return Comparison(total > 1 && total < 1 + 1e-9 ? 1 : total)
  }
}

/// Whether the most probable classes of two distributions differ: 0 or 1. Of equal probabilities
/// that of the first class counts.
public struct Mismatch: Distance {
  /// Creates the distance.
  public init() {}

  public var range: ClosedRange<Double> { 0...1 }

  public var ofEqualOutputs: Double? { 0 }

  public func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
    Comparison(mostProbable(a) == mostProbable(b) ? 0 : 1)
  }

  private func mostProbable(_ a: Span<Double>) -> Int {
    a.indices.reduce(0) { a[$1] > a[$0] ? $1 : $0 }
  }
}

/// The share of the labels of two label maps that differ, from 0 to 1; positions with NaN in the second
/// one, where labels are unknown, are left out.
struct LabelMismatch: Distance {
  var range: ClosedRange<Double> { 0...1 }

  var ofEqualOutputs: Double? { 0 }

  func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
    let known = a.indices.filter { !b[$0].isNaN }
    return Comparison(Double(known.count { a[$0] != b[$0] }) / Double(known.count))
  }
}

extension Distance where Self == KullbackLeibler {
  /// Σ *a* ln(*a*/*b*), in nats.
  public static var kullbackLeibler: Self { KullbackLeibler() }
}

extension Distance where Self == JensenShannon {
  /// The mean divergence to the midpoint, in nats.
  public static var jensenShannon: Self { JensenShannon() }
}

/// Returns Σ *a* ln(*a*/*b*), which rounding can make slightly negative.
private func divergence(_ a: Span<Double>, _ b: Span<Double>) -> Double {
  var total = 0.0
  // Numbers below the normal range count as 0, since a mean that includes them may have lost them.
  for i in a.indices where !(a[i] < .leastNormalMagnitude) {
    total += a[i] * Double.log(a[i] / b[i])
  }
  return total
}

/// Returns `x`, or 0 if rounding has made it negative; NaN stays NaN.
private func atLeastZero(_ x: Double) -> Double {
  x < 0 ? 0 : x
}
