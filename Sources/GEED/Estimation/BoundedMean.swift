// SPDX-License-Identifier: MIT
// Estimating means of bounded random variables by betting, Waudby-Smith and Ramdas 2024,
// https://doi.org/10.1093/jrsssb/qkad009
// STaR-Bets: Sequential Target-Recalculating Bets for Tighter Confidence Intervals, Voráček and
// Orabona 2025, https://arxiv.org/abs/2505.22422

import RealModule

/// The mean of numbers that have a lowest and a highest possible value, by betting.
///
/// Whoever bets that the mean is below *m*, in a game that is fair if it is *m*, has after each number
/// x his capital times 1 + λ(m − x). If the mean is *m* or more, the chance that the capital is ever
/// 2/α times the first is at most α/2 (Ville). So all *m* that made someone that rich are too high,
/// and likewise on the other side; what is left is the interval.
///
/// This holds for every distribution in the range, at every number of examples. Where nothing but
/// zeros came up among *n* numbers, the interval ends at about ln(2/α)/n of the range: at 3.7/n for
/// 95 %, since something rarer may not have come up.
struct BoundedMean: Sendable {
  /// The possible values.
  let range: ClosedRange<Double>

  /// How often the interval is to hold the mean, between 0 and 1.
  let level: Double

  /// The largest part of the capital that is staked: one number must not ruin it.
  private static let largestStake = 0.95

  /// How many sizes of stakes a sequence has, each half of the one before.
  private static let stakeCount = 16

  /// Bisections, each of which halves what is not known of an end: to 1e-13 of the range.
  private static let bisectionCount = 43

  /// Creates the method.
  ///
  /// - Precondition: `range` is finite and no point, and `level` between 0 and 1.
  init(in range: ClosedRange<Double>, level: Double) {
    precondition(
      range.isFinite && range.lowerBound < range.upperBound && level > 0 && level < 1,
      "Expected a finite range and a level between 0 and 1, but got \(range) and \(level).")
    self.range = range
    self.level = level
  }

  /// The logarithm of 2/α, which the capital has to reach.
  private var target: Double { Double.log(2 / (1 - level)) }

  /// The interval of the mean of a sample whose size was fixed beforehand, in drawing order.
  ///
  /// Stakes are those of STaR-Bets: as high as they have to be for the capital to reach its goal by
  /// the last number, given the variance so far. The interval always holds the sample's own mean.
  ///
  /// - Complexity: O(*n*).
  func interval(of sample: [Double]) -> ClosedRange<Double> {
    ends(of: sample) { numbers in
      let variances = Self.runningVariances(of: numbers)
      return { rejects($0, numbers, variances: variances) }
    }
  }

  /// The interval of the mean of a sample that may have been looked at, and stopped, at any time.
  ///
  /// The capital is spread over fixed stakes of all sizes, so it needs to know neither the variance
  /// nor when the sample ends; the order of the sample does not matter.
  ///
  /// - Complexity: O(*n*).
  func sequenceInterval(of sample: [Double]) -> ClosedRange<Double> {
    ends(of: sample) { numbers in { rejectsAtAnyTime($0, numbers) } }
  }

  /// Both ends, from a way to tell which means are too high for numbers from 0 to 1.
  private func ends(
    of sample: [Double], _ tooHigh: ([Double]) -> (Double) -> Bool
  ) -> ClosedRange<Double> {
    let width = range.upperBound - range.lowerBound
    let numbers = sample.map { min(max(($0 - range.lowerBound) / width, 0), 1) }
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    let upper = Self.end(from: mean, tooHigh(numbers))
    let mirrored = numbers.map { 1 - $0 }
    let lower = 1 - Self.end(from: 1 - mean, tooHigh(mirrored))
    return range.lowerBound + width * max(min(lower, mean), 0)...range.lowerBound + width * upper
  }

  /// The smallest number from `mean` to 1 that is too high, 1 if none is.
  private static func end(from mean: Double, _ isTooHigh: (Double) -> Bool) -> Double {
    var (low, high) = (min(mean, 1), 1.0)
    guard !isTooHigh(low) else { return low }
    for _ in 0..<bisectionCount {
      let middle = (low + high) / 2
      if isTooHigh(middle) { high = middle } else { low = middle }
    }
    return high
  }

  /// The variance of the numbers before each one, with half a number more of variance ¼ about ½.
  private static func runningVariances(of numbers: [Double]) -> [Double] {
    var (sum, squares) = (0.25, 0.125)
    var count = 0.5
    return numbers.map { number in
      defer {
        count += 1
        sum += number
        let deviation = number - sum / count
        squares += deviation * deviation
      }
      return squares / count
    }
  }

  /// Whether the capital of who bets against a mean of `m` reaches its goal within the numbers.
  private func rejects(_ m: Double, _ numbers: [Double], variances: [Double]) -> Bool {
    guard m < 1 else { return false }
    let largest = Self.largestStake / (1 - m)
    var missing = target
    for i in numbers.indices {
      let stake = (2 * missing / (variances[i] * Double(numbers.count - i))).squareRoot()
      missing -= Double.log(onePlus: min(stake, largest) * (m - numbers[i]))
      if missing <= 0 { return true }
    }
    return false
  }

  /// Whether the mean capital of all stakes is at its goal after the last number.
  private func rejectsAtAnyTime(_ m: Double, _ numbers: [Double]) -> Bool {
    guard m < 1 else { return false }
    var capital = 0.0
    for k in 0..<Self.stakeCount {
      let stake = Self.largestStake * Double(sign: .plus, exponent: -k, significand: 1) / (1 - m)
      let growth = numbers.reduce(0) { $0 + Double.log(onePlus: stake * (m - $1)) }
      capital += Double.exp(growth - target) / Double((k + 1) * (k + 2))
      if capital >= 1 { return true }
    }
    return false
  }
}

extension ClosedRange<Double> {
  /// All numbers.
  static var allNumbers: ClosedRange<Double> { -Double.infinity...Double.infinity }

  /// Whether both ends are finite.
  var isFinite: Bool { lowerBound.isFinite && upperBound.isFinite }

  /// The range of differences of a number of this range and one of the other.
  package static func - (a: Self, b: Self) -> Self {
    a.lowerBound - b.upperBound...a.upperBound - b.lowerBound
  }
}
