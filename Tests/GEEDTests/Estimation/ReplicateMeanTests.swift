// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct ReplicateMeanTests {
  /// Models (1, 3) and (5, 11): mean 5; model means 2 and 8; example means 3 and 7; residuals
  /// 1 − 2 − 3 + 5 = ±1. Vₘ = 18/2, Vᵢ = 8/2, Vₑ = 4/(1·1·2·2).
  @Test("Two models on two examples, by hand")
  func workedByHand() throws {
    let mean = ReplicateMean([Estimate([1, 3]), Estimate([5, 11])])
    #expect(mean.value == 5)
    expectClose(mean.modelVariance, 9, tolerance: 1e-14)
    expectClose(mean.exampleVariance, 4, tolerance: 1e-14)
    expectClose(mean.residualVariance, 1, tolerance: 1e-14)
    expectClose(mean.standardError, 12.0.squareRoot(), tolerance: 1e-14)
    // t(1, 0.975) = 12.7062 for both parts.
    let interval = try #require(mean.confidenceInterval())
    expectClose(interval.upperBound, 5 + 12.7062 * 12.0.squareRoot(), tolerance: 1e-3)
    expectClose(interval.lowerBound, 5 - 12.7062 * 12.0.squareRoot(), tolerance: 1e-3)
  }

  /// Models (1, 3) and (7, 5): model means 2 and 6, Vₘ = 4; example means 4 and 4, Vᵢ = 0; residuals ±1,
  /// Vₑ = 4/(1·1·2·2) = 1. The sum would be 3, less than what the models alone give.
  @Test("The error is never less than that over models, or over examples, alone")
  func lowerLimit() throws {
    let models = ReplicateMean([Estimate([1, 3]), Estimate([7, 5])])
    expectClose(models.exampleVariance, 0, tolerance: 1e-15)
    expectClose(models.residualVariance, 1, tolerance: 1e-14)
    expectClose(models.standardError, 2, tolerance: 1e-14)
    let interval = try #require(models.confidenceInterval())
    expectClose(interval.upperBound, 4 + 12.7062 * 2, tolerance: 1e-3)
    // The same numbers with models and examples exchanged.
    let examples = ReplicateMean([Estimate([1, 7]), Estimate([3, 5])])
    expectClose(examples.modelVariance, 0, tolerance: 1e-15)
    expectClose(examples.standardError, 2, tolerance: 1e-14)
    let other = try #require(examples.confidenceInterval())
    expectClose(other.upperBound, 4 + 12.7062 * 2, tolerance: 1e-3)
  }

  @Test("Copies of one model have the interval of that model")
  func equalModels() throws {
    var generator = SplitMix64(seed: 80)
    let model = Estimate(randomVector(30, using: &generator))
    let interval = try #require(ReplicateMean([model, model, model]).confidenceInterval())
    let expected = try #require(model.confidenceInterval())
    // Sums of three.
    expectClose(interval.lowerBound, expected.lowerBound, tolerance: 1e-14)
    expectClose(interval.upperBound, expected.upperBound, tolerance: 1e-14)
  }

  @Test("Models without errors have the interval of the models' values")
  func exactModels() throws {
    let models = [1.0, 2, 6].map { Estimate(Array(repeating: $0, count: 20)) }
    let interval = try #require(ReplicateMean(models).confidenceInterval())
    let expected = try #require(Estimate([1, 2, 6]).confidenceInterval())
    expectClose(interval.lowerBound, expected.lowerBound, tolerance: 1e-14)
    expectClose(interval.upperBound, expected.upperBound, tolerance: 1e-14)
  }

  @Test("One example has no error")
  func oneExample() {
    let mean = ReplicateMean([Estimate([1]), Estimate([2])])
    #expect(mean.value == 1.5)
    #expect(mean.confidenceInterval() == nil)
  }

  /// Standard deviations of models, of examples, of both. Of 1,000 intervals 950 are expected, give
  /// or take 6.9; more where there is little between models, which the rule is careful about.
  @Test(
    "Intervals hold the mean over all models and examples", arguments: [2, 5],
    [[0, 1, 1], [0.1, 1, 1], [0.3, 1, 0.3], [1, 1, 0], [1, 0, 1]])
  func coverage(models: Int, spread: [Double]) throws {
    var generator = SplitMix64(seed: 81)
    var hits = 0
    for _ in 0..<1_000 {
      let examples = (0..<30).map { _ in spread[1] * generator.nextGaussian() }
      let statistics = (0..<models).map { _ in
        let model = spread[0] * generator.nextGaussian()
        return Estimate(examples.map { model + $0 + spread[2] * generator.nextGaussian() })
      }
      let interval = ReplicateMean(statistics).confidenceInterval()
      if try #require(interval).contains(0) { hits += 1 }
    }
    #expect(hits >= 950 - 28)
  }
}
