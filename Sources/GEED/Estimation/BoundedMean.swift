// SPDX-License-Identifier: MIT
// Estimating means of bounded random variables by betting, Waudby-Smith and Ramdas 2024,
// https://doi.org/10.1093/jrsssb/qkad009
// STaR-Bets: Sequential Target-Recalculating Bets for Tighter Confidence Intervals, Voráček and
// Orabona 2025, https://arxiv.org/abs/2505.22422

import RealModule

/// A confidence interval for the mean of bounded values, by betting.
///
/// For a candidate mean *m*, start with capital 1 and bet that the mean is below *m*: each value x
/// multiplies the capital by 1 + λ(m − x). If the mean is *m* or more, the capital is a nonnegative
/// supermartingale, so by Ville's inequality it ever reaches 2/α with probability at most α/2.
/// Every *m* for which it does is rejected as too high. The lower end follows from the mirrored
/// values.
///
/// This holds for every distribution on the range. If all *n* values equal the lowest possible one,
/// the upper end is about ln(2/α)/n of the range.
struct BoundedMean: Sendable {
  let range: ClosedRange<Double>
  let level: Double

  /// The largest fraction of the capital that is staked on one value.
  private static let largestStake = 0.95

  /// The number of fixed stakes of a confidence sequence, each half of the previous one.
  private static let stakeCount = 16

  /// The number of bisections; each halves the uncertainty of an end, down to 1e-13 of the range.
  private static let bisectionCount = 43

  init(in range: ClosedRange<Double>, level: Double) {
    precondition(
      range.isFinite && range.lowerBound < range.upperBound && level > 0 && level < 1,
      "Expected a finite range and a level between 0 and 1, but got \(range) and \(level).")
    self.range = range
    self.level = level
  }

  /// The logarithm of 2/α, the target of the capital.
  private var target: Double { Double.log(2 / (1 - level)) }

  /// Returns the interval for a sample in drawing order whose size was fixed in advance, by the
  /// stakes of STaR-Bets: the capital is to reach its target by the last value, given the variance
  /// so far.
  func interval(of sample: [Double]) -> ClosedRange<Double> {
    ends(of: sample) { numbers in
      let variances = Self.runningVariances(of: numbers)
      return { rejects($0, numbers, variances: variances) }
    }
  }

  /// Returns the interval for a sample that may have been inspected, and stopped, at any time: the
  /// capital is divided among fixed stakes of different sizes. The order does not matter.
  func sequenceInterval(of sample: [Double]) -> ClosedRange<Double> {
    ends(of: sample) { numbers in { rejectsAtAnyTime($0, numbers) } }
  }

  /// Returns both ends, by the function that decides which means are too high for numbers 0 to 1.
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

  /// Returns the smallest number from `mean` to 1 that is too high, or 1 if none is.
  private static func end(from mean: Double, _ isTooHigh: (Double) -> Bool) -> Double {
    var (low, high) = (min(mean, 1), 1.0)
    guard !isTooHigh(low) else { return low }
    for _ in 0..<bisectionCount {
      let middle = (low + high) / 2
      if isTooHigh(middle) { high = middle } else { low = middle }
    }
    return high
  }

  /// Returns the variance before each value, with half an observation of mean ½ and variance ¼.
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

  /// Whether the capital of a bet against the mean `m` reaches its target within the values.
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

  /// Whether the mean capital of all stakes reaches its target with the last number.
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
  static var allNumbers: ClosedRange<Double> { -Double.infinity...Double.infinity }

  var isFinite: Bool { lowerBound.isFinite && upperBound.isFinite }

  /// Returns the range of differences of a number of the first range and one of the second.
  package static func - (a: Self, b: Self) -> Self {
    a.lowerBound - b.upperBound...a.upperBound - b.lowerBound
  }
}
