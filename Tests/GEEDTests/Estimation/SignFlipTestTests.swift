// SPDX-License-Identifier: MIT

@testable import GEED
import Testing
import _GEEDTestSupport

@Suite struct SignFlipTestTests {
  @Test(
    "All patterns of a few pairs agree with scipy", arguments: StatisticsGolden.values.signFlips)
  func golden(_ golden: StatisticsGolden.SignFlip) {
    let difference = Estimate(golden.a) - Estimate(golden.b)
    expectClose(SignFlipTest().pValue(of: difference), golden.pValue, tolerance: 1e-15)
  }

  /// Of the 16 patterns only all plus and all minus reach the observed sum.
  @Test("Differences of one sign, by hand")
  func workedByHand() {
    #expect(SignFlipTest().pValue(of: Estimate([1, 2, 3, 4])) == 2.0 / 16)
    #expect(SignFlipTest().pValue(of: Estimate([1, 1, 1, -1])) == 10.0 / 16)
  }

  /// 4 from the two examples of E, 0 from the two of M alone: of the 16 patterns the 8 with equal signs
  /// of the first two are as far from 0. Spread over all four it would be 2 of 16.
  @Test("The value is that of the examples of E, by hand")
  func valueCount() {
    let difference = Estimate(
      value: 4, errorShares: [0, 0, 0, 0], strata: [2, 2], degreesOfFreedom: 1)
    #expect(SignFlipTest().pValue(of: difference, valueCount: 2) == 8.0 / 16)
    #expect(SignFlipTest().pValue(of: difference) == 2.0 / 16)
  }

  @Test("Equal models differ by nothing, which is no surprise", arguments: [5, 40])
  func equalModels(count: Int) {
    let difference = Estimate(Array(repeating: 0, count: count))
    #expect(SignFlipTest().pValue(of: difference) == 1)
  }

  @Test("One example tells nothing")
  func oneExample() {
    #expect(SignFlipTest().pValue(of: Estimate([1])) == nil)
  }

  @Test("Random patterns count the observed one: the p-value is never 0")
  func smallest() {
    var generator = SplitMix64(seed: 71)
    let sample = (0..<100).map { _ in 5 + generator.nextGaussian() }
    #expect(SignFlipTest(flipCount: 999).pValue(of: Estimate(sample)) == 0.001)
  }

  @Test("Random patterns come close to all of them, and the seed decides which")
  func randomPatterns() {
    var generator = SplitMix64(seed: 72)
    // 12 pairs are tried in all patterns; a thirteenth that is 0 changes nothing but the method.
    let sample = (0..<12).map { _ in 0.3 + generator.nextGaussian() }
    let exact = SignFlipTest().pValue(contributions: sample)
    let random = SignFlipTest(seed: 1).pValue(contributions: sample + [0])
    // A binomial of 10,000 flips.
    expectClose(random, exact, tolerance: 5 * (exact * (1 - exact) / 10_000).squareRoot())
    #expect(random == SignFlipTest(seed: 1).pValue(contributions: sample + [0]))
    #expect(random != SignFlipTest(seed: 2).pValue(contributions: sample + [0]))
  }

  /// E/M of two models, all four equally distributed: p-values are uniform. Of 600 the share below
  /// 0.1 has a standard deviation of 1.2 %.
  @Test("Equal models of latent values have small p-values as often as they say")
  func level() throws {
    var generator = SplitMix64(seed: 73)
    var count = 0
    for _ in 0..<600 {
      func ratio() -> Estimate {
        Estimate((0..<30).map { _ in 2 + generator.nextGaussian() }).divided(
          by: Estimate((0..<60).map { _ in 3 + generator.nextGaussian() }),
          positions: (0..<30).map { $0 })
      }
      let p = SignFlipTest(flipCount: 199).pValue(of: ratio() - ratio(), valueCount: 30)
      if try #require(p) <= 0.1 { count += 1 }
    }
    #expect(abs(Double(count) / 600 - 0.1) < 0.05)
  }
}
