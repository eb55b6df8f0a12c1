// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// A map on random examples with a known deviation.
struct SimulatedMap {
  let name: String

  /// The true value, in closed form or from a million examples.
  let truth: Double

  /// The skewness of the deviations of single examples, for E alone.
  let skewness: Double

  private let draw: (Int, inout SplitMix64) -> Estimate

  /// Measures the map on `count` random examples.
  func statistic(_ count: Int, using generator: inout SplitMix64) -> Estimate {
    draw(count, &generator)
  }

  /// All maps, ordered by increasing difficulty.
  static var all: [SimulatedMap] {
    [channelwise, softmax, exponential, gamma, logNormal]
      + [LatentMap.overlapping, .same, .separate, .cosine].map(\.simulated)
  }

  init(_ name: String, truth: Double?, draw: @escaping (Int, inout SplitMix64) -> Estimate) {
    self.name = name
    self.draw = draw
    var generator = SplitMix64(seed: 3)
    // Where there is an M, this is E's part only by the examples that both have; enough for a label.
    let reference = draw(truth == nil ? 1_000_000 : 200_000, &generator)
    self.truth = truth ?? reference.value
    self.skewness = reference.errorShares.skewness
  }

  init(
    _ name: String, truth: Double, skewness: Double,
    draw: @escaping (Int, inout SplitMix64) -> Estimate
  ) {
    self.name = name
    self.truth = truth
    self.skewness = skewness
    self.draw = draw
  }
}

// MARK: - Maps without M

extension SimulatedMap {
  /// Four channels of a 1 x 2 grid under flip, rotated by angles that are uniform up to ¼ turn: m
  /// is −1 for the identity and −cos for the flip, whose mean is −2/π.
  static var channelwise: SimulatedMap {
    SimulatedMap("channelwise, bounded", truth: -(1 + 2 / Double.pi) / 2) { count, generator in
      let action = try? ImageAction.reflection.prepared(for: [4, 1, 2])
      return estimate(
        action, ChannelMean(of: .negativeCosine), count, using: &generator
      ) { generator in
        let start = 0.5 * Double.pi * generator.nextUnit()
        let turns = (0..<4).map { _ in 0.5 * Double.pi * generator.nextUnit() }
        // The flip swaps the two columns of a channel.
        return turns.flatMap { _ in [cos(start), sin(start)] }
          + turns.flatMap { [sin(start + $0), cos(start + $0)] }
      }
    }
  }

  /// Ten classes under C8, with log-odds that vary more for some examples than for others; the true
  /// value is from a million examples.
  static var softmax: SimulatedMap {
    SimulatedMap("softmax, skewed", truth: nil) { count, generator in
      let action = try? TrivialAction(.cyclic(8)).prepared(for: [10])
      return estimate(
        action, .kullbackLeibler, scores: .logits, count, using: &generator
      ) { generator in
        let scores = (0..<10).map { _ in 2 * generator.nextGaussian() }
        let unrest = 0.7 * exp(0.5 * generator.nextGaussian())
        return (0..<8).flatMap { _ in scores.map { $0 + unrest * generator.nextGaussian() } }
      }
    }
  }

  /// ℓ₂ under flip, with exponential deviations of mean 1.
  static var exponential: SimulatedMap {
    pair("ℓ2, exponential", truth: 1, skewness: 2) { -log(1 - $0.nextUnit()) }
  }

  /// ℓ₂ under flip, with deviations that are squares of normal numbers (χ² with one degree of
  /// freedom).
  static var gamma: SimulatedMap {
    pair("ℓ2, chi-squared", truth: 1, skewness: 8.0.squareRoot()) { generator in
      let z = generator.nextGaussian()
      return z * z
    }
  }

  /// ℓ₂ under flip, with log-normal deviations: so skewed that no interval from 50 examples keeps
  /// its level.
  static var logNormal: SimulatedMap {
    let variance = exp(1.0)
    return pair(
      "ℓ2, log-normal (extreme)", truth: exp(0.5),
      skewness: (variance + 2) * (variance - 1).squareRoot()
    ) { exp($0.nextGaussian()) }
  }

  /// Outputs at ±d for a random d, which is their distance to the mean.
  private static func pair(
    _ name: String, truth: Double, skewness: Double,
    distance: @escaping (inout SplitMix64) -> Double
  ) -> SimulatedMap {
    SimulatedMap(name, truth: truth, skewness: skewness) { count, generator in
      let action = try? TrivialAction(.cyclic(2)).prepared(for: [1])
      return estimate(action, .euclidean, count, using: &generator) { generator in
        let d = distance(&generator)
        return [d, -d]
      }
    }
  }

  /// Measures like the package, orbit by orbit.
  private static func estimate(
    _ action: PreparedAction?, _ distance: any Distance, scores: ScoreKind = .values,
    _ count: Int, using generator: inout SplitMix64,
    orbit: (inout SplitMix64) -> [Double]
  ) -> Estimate {
    guard let action else { preconditionFailure("The groups here act on all these shapes.") }
    var estimator = DeviationEstimator(outputAction: action, distance: distance, scores: scores)
    for _ in 0..<count {
      estimator.add(
        orbitOutputs: Tensor(
          shape: [action.transformations.count] + action.shape,
          scalars: orbit(&generator).map { Float($0) }))
    }
    return Estimate(estimator.exampleDeviations)
  }
}

extension [Double] {
  /// The third standardized moment.
  var skewness: Double {
    let n = Double(count)
    let mean = reduce(0, +) / n
    let second = reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    return reduce(0) { $0 + ($1 - mean) * ($1 - mean) * ($1 - mean) } / n
      / (second * second.squareRoot())
  }
}
