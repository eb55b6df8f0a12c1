// SPDX-License-Identifier: MIT

import Testing
import _GEEDTestSupport

@testable import GEED

@Suite struct PairedDifferenceTests {
  @Test(
    "The interval is what all patterns of signs do not reject",
    arguments: StatisticsGolden.values.signFlipIntervals)
  func golden(_ golden: StatisticsGolden.SignFlipInterval) throws {
    let interval = try #require(
      SignFlipTest().interval(of: Estimate(golden.differences), level: golden.level))
    // Ties within 1e-12 of the sizes count as equal, here and there.
    expectClose(interval.lowerBound, golden.interval[0], tolerance: 1e-9)
    expectClose(interval.upperBound, golden.interval[1], tolerance: 1e-9)
  }

  @Test("Test and interval agree on 0", arguments: [6, 9, 13, 40])
  func agreement(count: Int) throws {
    var generator = SplitMix64(seed: UInt64(count))
    var rejections = 0
    for round in 0..<150 {
      let shift = 0.1 * Double(round % 10)
      // Every third sample is of a few whole numbers, which tie.
      let sample = (0..<count).map { _ in
        let x = generator.nextGaussian() + shift
        return round.isMultiple(of: 3) ? x.rounded() : x * x * x
      }
      let difference = PairedDifference(
        of: Estimate(sample), valueCount: count, in: -.infinity...(.infinity))
      let outcome = difference.outcome(by: IntervalRule(level: 0.9))
      let p = try #require(outcome.pValue)
      guard let interval = outcome.interval else { continue }
      #expect(interval.contains(0) == (p >= 0.1 - 1e-12), "\(sample) \(p) \(interval)")
      if p < 0.1 { rejections += 1 }
    }
    #expect(rejections > 10)
  }

  /// Shares of E and of M with a difference: shifts belong to the examples of E.
  @Test("Test and interval agree on ratios", arguments: 0..<40 as Range<UInt64>)
  func ratios(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    func model(_ mean: Double) -> Estimate {
      let e = Estimate((0..<20).map { _ in mean + 0.3 * generator.nextGaussian() })
      let m = Estimate((0..<30).map { _ in 2 + 0.1 * generator.nextGaussian() })
      return e.divided(by: m, positions: (0..<20).map { $0 < 10 ? $0 : nil })
    }
    let difference = PairedDifference(
      of: model(1.12) - model(1), valueCount: 20, in: -.infinity...(.infinity))
    let outcome = difference.outcome(by: IntervalRule())
    let (p, interval) = (try #require(outcome.pValue), try #require(outcome.interval))
    #expect(interval.contains(0) == (p >= 0.05))
    #expect(outcome.method == .signFlip)
  }

  @Test("Fewer than six examples reject nothing at 95 %", arguments: 2...5)
  func tooFew(count: Int) {
    let statistic = Estimate((0..<count).map { 1 + 0.1 * Double($0) })
    let bounded = PairedDifference(of: statistic, valueCount: count, in: -2...2)
    let unbounded = PairedDifference(
      of: statistic, valueCount: count, in: -.infinity...(.infinity))
    #expect(bounded.outcome(by: IntervalRule()).interval == -2...2)
    #expect(unbounded.outcome(by: IntervalRule()).interval == nil)
    #expect(
      unbounded.reasonAgainstInterval(by: IntervalRule()).hasPrefix("\(count) examples are too few")
    )
  }

  @Test("Models that never differed may do so more rarely than was seen")
  func equalModels() throws {
    let statistic = Estimate(Array(repeating: 0, count: 50))
    let outcome = PairedDifference(of: statistic, valueCount: 50, in: -1...1)
      .outcome(by: IntervalRule())
    let interval = try #require(outcome.interval)
    #expect(outcome.pValue == 1)
    // The rule of three on both sides of a range of 2, from its middle: wide.
    #expect(interval.lowerBound < -0.05 && interval.upperBound > 0.05)
    #expect(interval.lowerBound > -1 && interval.upperBound < 1)
    let unbounded = PairedDifference(
      of: statistic, valueCount: 50, in: -.infinity...(.infinity))
    #expect(unbounded.outcome(by: IntervalRule()).interval == nil)
  }

  /// t with three degrees of freedom has no kurtosis: of 1,000 null pairs 50 are expected; 4 standard
  /// deviations are 28.
  @Test("Null pairs with heavy tails are told apart as rarely as asked for")
  func heavyTails() throws {
    var generator = SplitMix64(seed: 12)
    var excluded = 0
    for _ in 0..<600 {
      let sample = (0..<30).map { _ in
        let z = (0..<3).reduce(0.0) { total, _ in
          let g = generator.nextGaussian()
          return total + g * g
        }
        return generator.nextGaussian() / (z / 3).squareRoot()
      }
      let interval = try #require(
        SignFlipTest(flipCount: 999).interval(of: Estimate(sample), level: 0.95))
      if !interval.contains(0) { excluded += 1 }
    }
    #expect(excluded <= 30 + 22)
  }
}
