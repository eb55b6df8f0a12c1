// SPDX-License-Identifier: MIT

import GEED
import RealModule
import Testing
import _GEEDTestSupport

@Suite struct IntervalRuleTests {
  @Test("Both methods agree with numpy and scipy", arguments: StatisticsGolden.values.intervals)
  func golden(_ golden: StatisticsGolden.Interval) throws {
    let mean = Estimate(golden.sample)
    let student = IntervalRule(.studentT, level: golden.level, seed: golden.seed)
    let bootstrap = IntervalRule(.bootstrap, level: golden.level, seed: golden.seed)
    for (rule, expected) in [(student, golden.student), (bootstrap, golden.bootstrap)] {
      let interval = try #require(rule.interval(of: mean))
      // The same resamples; sums of numbers there, of their error shares here.
      expectClose(interval.lowerBound, expected[0], tolerance: 1e-11)
      expectClose(interval.upperBound, expected[1], tolerance: 1e-11)
      #expect(rule.method(for: mean) == rule.method)
    }
  }

  @Test(
    "Strata are resampled each by itself, as numpy does it", arguments: StatisticsGolden.values.sums
  )
  func strata(_ golden: StatisticsGolden.Sum) throws {
    let means = golden.samples.map { Estimate($0) }
    let sum = Estimate(
      value: means[0].value + means[1].value,
      errorShares: means[0].errorShares + means[1].errorShares,
      strata: golden.samples.map(\.count),
      degreesOfFreedom: min(means[0].degreesOfFreedom, means[1].degreesOfFreedom))
    let interval = try #require(IntervalRule(seed: golden.seed).interval(of: sum))
    // The same resamples; sums of numbers there, of their error shares here.
    expectClose(interval.lowerBound, golden.bootstrap[0], tolerance: 1e-11)
    expectClose(interval.upperBound, golden.bootstrap[1], tolerance: 1e-11)
  }

  @Test("The range decides by default, with level 95 %")
  func defaults() throws {
    #expect(IntervalRule() == IntervalRule(.auto, level: 0.95, seed: 0))
    var generator = SplitMix64(seed: 59)
    let mean = Estimate((0..<30).map { _ in generator.nextUnit() })
    #expect(IntervalRule().method(for: mean) == .bootstrap)
    #expect(IntervalRule().method(for: mean, in: 0...(.infinity)) == .bootstrap)
    #expect(IntervalRule().method(for: mean, in: 0...1) == .betting)
    #expect(IntervalRule(.studentT).method(for: mean, in: 0...1) == .studentT)
    #expect(IntervalRule(.betting).method(for: mean) == .bootstrap)
  }

  @Test("No interval leaves the range", arguments: IntervalMethod.allCases, 2...9)
  func range(method: IntervalMethod, count: Int) throws {
    let mean = Estimate((0..<count).map { $0 == 0 ? 0.9 : 0.01 * Double($0) })
    for range in [0.0...0.9, 0...(.infinity), -1...1] {
      let interval = try #require(IntervalRule(method).interval(of: mean, in: range))
      #expect(range.contains(interval.lowerBound) && range.contains(interval.upperBound))
      #expect(interval.contains(mean.value))
    }
  }

  @Test(
    "Examples that agree to rounding have betting's interval, whatever is asked for",
    arguments: IntervalMethod.allCases)
  func rounding(method: IntervalMethod) throws {
    let mean = Estimate((0..<50).map { $0.isMultiple(of: 2) ? 1e-16 : 3e-16 })
    let interval = try #require(IntervalRule(method).interval(of: mean, in: 0...2))
    #expect(interval.upperBound > 0.1 && interval.lowerBound <= mean.value)
    #expect(IntervalRule(method).method(for: mean, in: 0...2) == .betting)
  }

  // MARK: Odd samples

  @Test("One example has no interval", arguments: IntervalMethod.allCases)
  func oneExample(method: IntervalMethod) {
    #expect(IntervalRule(method).interval(of: Estimate([3])) == nil)
  }

  @Test("Equal examples have no interval where anything may come up", arguments: [2, 3, 10, 50])
  func equalExamples(count: Int) {
    let mean = Estimate(Array(repeating: 0.25, count: count))
    for method in IntervalMethod.allCases {
      #expect(IntervalRule(method).interval(of: mean) == nil)
      #expect(IntervalRule(method).interval(of: mean, in: 0...(.infinity)) == nil)
    }
  }

  /// From two examples every resample is both of one, which has no spread, or one of each, which is
  /// the sample.
  @Test("Fewer than ten examples get Student's t, and say so", arguments: [2, 3, 9])
  func fewExamples(count: Int) {
    var generator = SplitMix64(seed: 60)
    let mean = Estimate(randomVector(count, using: &generator))
    #expect(IntervalRule().interval(of: mean) == mean.confidenceInterval())
    #expect(IntervalRule().method(for: mean) == .studentT)
  }

  @Test("So many draws that both agree get Student's t, and say so")
  func manyDraws() {
    let mean = Estimate(value: 1, errorShares: Array(repeating: 1e-4, count: 60_000))
    #expect(IntervalRule().method(for: mean) == .studentT)
    #expect(
      IntervalRule(level: 1 - 1e-15).method(
        for: Estimate(value: 1, errorShares: Array(repeating: 1e-4, count: 20))) == .studentT)
  }

  @Test("What is infinite or undefined has no interval", arguments: [Double.infinity, .nan])
  func notFinite(value: Double) {
    var sample = Array(repeating: 1.0, count: 20)
    sample[3] = value
    #expect(IntervalRule().interval(of: Estimate(sample)) == nil)
  }

  /// Resamples without the large one, one in eight, have next to no spread of their own.
  @Test("One large example among tiny ones does not make the interval astronomic")
  func spike() throws {
    var sample = (0..<50).map { 1e-9 * Double($0) }
    sample[7] = 1
    sample[8] = 1
    let mean = Estimate(sample)
    let error = try #require(mean.standardError)
    let interval = try #require(IntervalRule().interval(of: mean))
    // Three times Student's t with 49 degrees of freedom, 2.0096.
    expectClose(interval.upperBound, mean.value + 3 * 2.009575 * error, tolerance: 1e-6)
    #expect(interval.lowerBound < mean.value && interval.lowerBound > -1)
  }

  /// Ones among zeros: many resamples are all zeros, without any spread.
  @Test("Resamples without spread do not break the interval")
  func rareOnes() throws {
    for ones in [1, 2, 49] {
      let mean = Estimate((0..<50).map { $0 < ones ? 1 : 0 })
      let interval = try #require(IntervalRule().interval(of: mean))
      #expect(interval.contains(mean.value))
      #expect(interval.lowerBound.isFinite && interval.upperBound.isFinite)
    }
  }

  // MARK: Laws

  @Test("The same seed gives the same digits, another one others")
  func seeds() {
    var generator = SplitMix64(seed: 61)
    let mean = Estimate(randomVector(30, using: &generator))
    let interval = IntervalRule(seed: 5).interval(of: mean)
    #expect(interval == IntervalRule(seed: 5).interval(of: mean))
    #expect(interval != IntervalRule(seed: 6).interval(of: mean))
  }

  @Test("Moving and stretching the sample moves and stretches the interval")
  func affine() throws {
    var generator = SplitMix64(seed: 62)
    let sample = randomVector(30, using: &generator)
    let plain = try #require(IntervalRule().interval(of: Estimate(sample)))
    let moved = try #require(IntervalRule().interval(of: Estimate(sample.map { 5 + 2 * $0 })))
    // Sums in another rounding.
    expectClose(moved.lowerBound, 5 + 2 * plain.lowerBound, tolerance: 1e-12)
    expectClose(moved.upperBound, 5 + 2 * plain.upperBound, tolerance: 1e-12)
  }

  @Test("A higher level makes a wider interval")
  func levels() throws {
    var generator = SplitMix64(seed: 63)
    let mean = Estimate(randomVector(30, using: &generator))
    var previous = mean.value...mean.value
    for level in [0.5, 0.8, 0.95, 0.99, 0.999] {
      let interval = try #require(IntervalRule(level: level).interval(of: mean))
      #expect(interval.lowerBound < previous.lowerBound)
      #expect(interval.upperBound > previous.upperBound)
      previous = interval
    }
  }

  @Test("A skewed sample has the longer side where the tail is")
  func skewness() throws {
    var generator = SplitMix64(seed: 64)
    let mean = Estimate((0..<50).map { _ in -Double.log(1 - generator.nextUnit()) })
    let interval = try #require(IntervalRule().interval(of: mean))
    #expect(interval.upperBound - mean.value > 1.2 * (mean.value - interval.lowerBound))
  }

  /// E and M are the same number of each example, so the ratio is 1, known exactly.
  @Test("A ratio whose errors cancel has no width")
  func cancellingRatio() throws {
    var generator = SplitMix64(seed: 65)
    let m = Estimate(randomVector(40, using: &generator).map { 5 + $0 })
    let ratio = m.divided(by: m, positions: (0..<40).map { $0 })
    let interval = try #require(IntervalRule().interval(of: ratio))
    expectClose(interval.upperBound - interval.lowerBound, 0, tolerance: 1e-14)
  }

  @Test("M's own error widens the interval of a ratio")
  func ratioError() throws {
    var generator = SplitMix64(seed: 66)
    let e = Estimate(randomVector(50, using: &generator).map { 4 + $0 })
    func width(ofScaleError error: Double) throws -> Double {
      let m = Estimate(
        value: 2, errorShares: randomVector(200, using: &generator).map { error * $0 })
      let ratio = e.divided(by: m, positions: Array(repeating: nil, count: 50))
      let interval = try #require(IntervalRule().interval(of: ratio))
      return interval.upperBound - interval.lowerBound
    }
    #expect(try width(ofScaleError: 0.02) > 1.5 * width(ofScaleError: 0))
  }

  /// Of 200 repetitions 95 % are 190, give or take 3.1; five of these.
  @Test("Intervals of skewed samples and of ratios hold the true value", arguments: [true, false])
  func coverage(isRatio: Bool) throws {
    var generator = SplitMix64(seed: 67)
    var hits = 0
    for repetition in 0..<200 {
      let deviations = (0..<50).map { _ in -Double.log(1 - generator.nextUnit()) }
      var mean = Estimate(deviations)
      if isRatio {
        let others = (0..<50).map { _ in 2 + generator.nextGaussian() }
        mean = mean.divided(by: Estimate(others), positions: (0..<50).map { $0 < 25 ? $0 : nil })
      }
      let interval = IntervalRule(seed: UInt64(repetition)).interval(of: mean)
      if try #require(interval).contains(isRatio ? 0.5 : 1) { hits += 1 }
    }
    #expect(abs(hits - 190) <= 15)
  }
}
