// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct EstimateTests {
  /// 1, 2, 3, 6: mean 3, squared deviations 4 + 1 + 0 + 9 = 14, variance 14/3, of the mean 14/12.
  /// t(3, 0.975) = 3.182446 in every table.
  @Test("Mean, error and interval by hand")
  func workedByHand() throws {
    let mean = Estimate([1, 2, 3, 6])
    #expect(mean.value == 3)
    let error = (14.0 / 12).squareRoot()
    expectClose(mean.standardError, error, tolerance: 1e-15)
    let interval = try #require(mean.confidenceInterval())
    // The table has seven digits.
    expectClose(interval.upperBound, 3 + 3.182446 * error, tolerance: 1e-6)
    expectClose(interval.lowerBound, 3 - 3.182446 * error, tolerance: 1e-6)
  }

  @Test("One example has a mean but no error")
  func oneExample() {
    let mean = Estimate([5])
    #expect(mean.value == 5)
    #expect(mean.standardError == nil)
    #expect(mean.confidenceInterval() == nil)
  }

  @Test("Equal examples have no error")
  func equalExamples() {
    let mean = Estimate([0.5, 0.5, 0.5])
    #expect(mean.standardError == 0)
    #expect(mean.confidenceInterval() == 0.5...0.5)
  }

  @Test("What is infinite or undefined has no interval", arguments: [Double.infinity, .nan])
  func notFinite(value: Double) {
    #expect(Estimate([1, value, 2]).confidenceInterval() == nil)
  }

  @Test("A ratio to one example's statistic has no error, and no interval")
  func ratioOfOneExample() {
    let m = Estimate([1, 2, 3, 4])
    for positions in [[0], [nil]] as [[Int?]] {
      let ratio = Estimate([5]).divided(by: m, positions: positions)
      #expect(ratio.value == 2)
      #expect(ratio.standardError == nil)
      #expect(ratio.confidenceInterval() == nil)
    }
  }

  /// E from the first 50 of 200 correlated examples, or from all of them, or from others.
  @Test(
    "The error of a ratio agrees with the jackknife of the ratio",
    arguments: [50, 200], [true, false])
  func ratios(count: Int, overlaps: Bool) {
    var generator = SplitMix64(seed: 20)
    let n = 200
    let shared = randomVector(n, using: &generator).map { 4 + $0 }
    let own = randomVector(count, using: &generator)
    let numerator = (0..<count).map { (overlaps ? shared[$0] : 4) + 0.5 * own[$0] }
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    let ratio = Estimate(numerator).divided(
      by: Estimate(shared), positions: (0..<count).map { overlaps ? $0 : nil })
    #expect(ratio.value == mean(numerator) / mean(shared))

    // Leaves one example out at a time: of both where it is in both.
    func without(_ index: Int, _ values: [Double]) -> Double {
      (mean(values) * Double(values.count) - values[index]) / Double(values.count - 1)
    }
    var variance = 0.0
    for i in 0..<n {
      // The weight of an example of E alone, (count − 1)/count, is that of a sample of its own.
      let top = overlaps && i < count ? without(i, numerator) : mean(numerator)
      let change = top / without(i, shared) - ratio.value
      variance += change * change
    }
    for i in 0..<count where !overlaps {
      let change = without(i, numerator) / mean(shared) - ratio.value
      variance += change * change
    }
    // First order against leaving out: a few percent at these sizes.
    expectClose(ratio.standardError, variance.squareRoot(), relative: 0.05)
  }

  @Test("A statistic divided by itself is 1 without error")
  func ratioToItself() {
    var generator = SplitMix64(seed: 21)
    let m = Estimate(randomVector(20, using: &generator).map { 3 + $0 })
    let ratio = m.divided(by: m, positions: Array(0..<20))
    #expect(ratio.value == 1)
    expectClose(ratio.standardError, 0, tolerance: 1e-15)  // differences of equal shares
  }

  /// E of 3 examples over an M of 200 that is known well: the width comes from the 3.
  @Test("An interval of few examples stays wide however many went into M")
  func degreesOfFreedom() throws {
    var generator = SplitMix64(seed: 22)
    var hits = 0
    let trialCount = 1000
    for _ in 0..<trialCount {
      let e = Estimate(randomVector(3, using: &generator).map { 4 + $0 })
      let m = Estimate(randomVector(200, using: &generator).map { 2 + 0.01 * $0 })
      let ratio = e.divided(by: m, positions: [nil, nil, nil])
      let interval = try #require(ratio.confidenceInterval(level: 0.95))
      if interval.contains(2) { hits += 1 }
    }
    // A binomial with p = 0.95 has standard deviation 6.9; five of them.
    #expect(abs(Double(hits) - 950) < 35)
  }

  @Test("An interval holds the mean as often as it says", arguments: [0.5, 0.9, 0.99])
  func coverage(level: Double) throws {
    var generator = SplitMix64(seed: 23)
    var hits = 0
    for _ in 0..<2000 {
      let interval = Estimate(randomVector(5, using: &generator))
        .confidenceInterval(level: level)
      if try #require(interval).contains(0) { hits += 1 }
    }
    let deviation = (2000 * level * (1 - level)).squareRoot()
    #expect(abs(Double(hits) - 2000 * level) < 5 * deviation)
  }
}
