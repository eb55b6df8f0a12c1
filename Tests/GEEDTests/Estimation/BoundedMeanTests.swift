// SPDX-License-Identifier: MIT

import RealModule
import Testing
import _GEEDTestSupport

@testable import GEED

@Suite struct BoundedMeanTests {
  @Test("Both intervals agree with numpy", arguments: StatisticsGolden.values.bets)
  func golden(_ golden: StatisticsGolden.Bet) {
    let mean = BoundedMean(in: golden.range[0]...golden.range[1], level: golden.level)
    for (interval, expected) in [
      (mean.interval(of: golden.sample), golden.fixed),
      (mean.sequenceInterval(of: golden.sample), golden.sequence),
    ] {
      // 43 bisections leave 1e-13 of a range of 2, and capitals are products there and sums here.
      expectClose(interval.lowerBound, expected[0], tolerance: 1e-10)
      expectClose(interval.upperBound, expected[1], tolerance: 1e-10)
    }
  }

  /// Zeros alone: who bets against m wins at most 1 + 0.95·m/(1 − m) each time, so no m below the root
  /// of n·ln(1 + 0.95·m/(1 − m)) = ln(2/α) is ever rejected.
  @Test(
    "Of nothing but zeros the interval ends at the rule of three", arguments: [10, 50, 1_000])
  func ruleOfThree(count: Int) {
    let interval = BoundedMean(in: 0...1, level: 0.95).interval(
      of: Array(repeating: 0, count: count))
    let odds = Double.expMinusOne(Double.log(40) / Double(count)) / 0.95
    let ruleOfThree = odds / (1 + odds)
    #expect(interval.lowerBound == 0)
    #expect(interval.upperBound >= ruleOfThree - 1e-9)
    // The first stakes are smaller, since nothing is known of the variance yet.
    #expect(interval.upperBound < 1.1 * ruleOfThree + 1e-9)
  }

  @Test("The interval moves and grows with the range", arguments: [-1.0, 0, 3])
  func scaling(offset: Double) {
    var generator = SplitMix64(seed: 4)
    let sample = (0..<40).map { _ in generator.nextUnit() * generator.nextUnit() }
    let plain = BoundedMean(in: 0...1, level: 0.9)
    let moved = BoundedMean(in: offset...offset + 2, level: 0.9)
    for (a, b) in [
      (plain.interval(of: sample), moved.interval(of: sample.map { offset + 2 * $0 })),
      (
        plain.sequenceInterval(of: sample),
        moved.sequenceInterval(of: sample.map { offset + 2 * $0 })
      ),
    ] {
      // Bisections of 1e-13, a few roundings.
      expectClose(b.lowerBound, offset + 2 * a.lowerBound, tolerance: 1e-11)
      expectClose(b.upperBound, offset + 2 * a.upperBound, tolerance: 1e-11)
    }
  }

  @Test("Numbers beyond the range by rounding, and at its ends, do no harm")
  func ends() {
    let mean = BoundedMean(in: -1...1, level: 0.95)
    for sample in [[-1 - 1e-15, -1, -1], [1, 1 + 1e-15, 1], [-1, 1, 1]] as [[Double]] {
      let interval = mean.interval(of: sample)
      #expect(interval.lowerBound >= -1 && interval.upperBound <= 1)
      #expect(interval.upperBound - interval.lowerBound > 0.5)
    }
  }

  /// Of 1,000 intervals at least 950 are expected; 4 standard deviations are 28. All are far above.
  @Test(
    "Intervals hold the mean of rare, skewed and two-sided numbers", arguments: [10, 50],
    [0.02, 0.1, 0.3])
  func coverage(count: Int, probability: Double) {
    var generator = SplitMix64(seed: 5)
    let mean = BoundedMean(in: 0...1, level: 0.95)
    var (fixed, sequence) = (0, 0)
    for _ in 0..<1_000 {
      let sample = (0..<count).map { _ in
        (generator.nextUnit() < probability ? 0.4 : 0) + 1e-3 * generator.nextUnit()
      }
      let truth = 0.4 * probability + 0.5e-3
      if mean.interval(of: sample).contains(truth) { fixed += 1 }
      if mean.sequenceInterval(of: sample).contains(truth) { sequence += 1 }
    }
    #expect(fixed >= 950 && sequence >= 950)
  }

  /// As often as someone likes, up to 200 numbers: at most 50 of 1,000 sequences may ever be wrong.
  @Test("A sequence that is stopped at its worst moment still holds the mean")
  func anyTime() {
    var generator = SplitMix64(seed: 6)
    let mean = BoundedMean(in: 0...1, level: 0.95)
    var wrong = 0
    for _ in 0..<300 {
      var sample: [Double] = []
      var isWrong = false
      while sample.count < 200, !isWrong {
        for _ in 0..<10 { sample.append(generator.nextUnit() < 0.2 ? 1 : 0) }
        isWrong = !mean.sequenceInterval(of: sample).contains(0.2)
      }
      if isWrong { wrong += 1 }
    }
    #expect(wrong <= 15)
  }
}
