// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// Features in four dimensions under C3, with the orbit z, z + d and z − d, whose deviation is
/// divided by M.
///
/// z is normal about `centre`. d is a random direction times a random factor that grows with the
/// length of z, so that E and M are dependent if they share examples.
struct LatentMap {
  /// The examples of M.
  enum ScaleExamples {
    /// The given number of examples, including those of E.
    case overlapping(Int)
    /// The given number of other examples.
    case separate(Int)
    /// The examples of E.
    case same
  }

  let name: String
  let measure: LatentScale.Measure
  let centre: Double
  let scaleExamples: ScaleExamples

  static let overlapping = LatentMap(
    name: "latent, E in M's 200", measure: .distance, centre: 0, scaleExamples: .overlapping(200))
  static let same = LatentMap(
    name: "latent, E and M the same", measure: .distance, centre: 0, scaleExamples: .same)
  static let separate = LatentMap(
    name: "latent, M from 200 others", measure: .distance, centre: 0,
    scaleExamples: .separate(200))
  static let cosine = LatentMap(
    name: "latent-cosine, E in M's 200", measure: .similarity, centre: 1,
    scaleExamples: .overlapping(200))

  /// The map with its true value.
  ///
  /// For ℓ₂ it has a closed form: E = ⅔·E|z|·0.1·e^⅛ and M = √2·E|z|. For the cosine, E and M are
  /// each computed from a million examples.
  var simulated: SimulatedMap {
    var generator = SplitMix64(seed: 4)
    let truth: Double
    switch measure {
    case .distance: truth = 2.0 / 3 * 0.1 * exp(0.125) / 2.0.squareRoot()
    case .similarity:
      truth = meanDeviation(1_000_000, using: &generator) / meanSimilarity(using: &generator)
    }
    let sample = (0..<200_000).map { _ in deviation(of: orbit(using: &generator)) }
    return SimulatedMap(name, truth: truth, skewness: sample.skewness) { count, generator in
      statistic(count, using: &generator)
    }
  }

  private func statistic(_ count: Int, using generator: inout SplitMix64) -> Estimate {
    let orbits = (0..<count).map { _ in orbit(using: &generator) }
    let e = Estimate(orbits.map(deviation))
    var scale = LatentScale(measure)
    var positions = [Int?](repeating: nil, count: count)
    var rest = 0
    switch scaleExamples {
    case .overlapping(let total): rest = total - count
    case .separate(let total): rest = total
    case .same: rest = 0
    }
    if case .separate = scaleExamples {
    } else {
      for (i, orbit) in orbits.enumerated() {
        scale.add(orbit, row: 0)
        positions[i] = i
      }
    }
    for _ in 0..<rest { scale.add(orbit(using: &generator), row: 0) }
    guard let m = scale.estimate else { preconditionFailure("There are more than 3 examples.") }
    return e.divided(by: m, positions: positions)
  }

  private func orbit(using generator: inout SplitMix64) -> Tensor {
    let z = (0..<4).map { _ in generator.nextGaussian() }
    let direction = (0..<4).map { _ in generator.nextGaussian() }
    let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let step =
      0.1 * exp(0.5 * generator.nextGaussian()) * z.reduce(0) { $0 + $1 * $1 }.squareRoot() / length
    let d = direction.map { $0 * step }
    let features = z.map { $0 + centre }
    let rows = features + zip(features, d).map { $0 + $1 } + zip(features, d).map { $0 - $1 }
    return Tensor(shape: [3, 4], scalars: rows.map { Float($0) })
  }

  private func deviation(of orbit: Tensor) -> Double {
    guard let action = try? TrivialAction(.cyclic(3)).prepared(for: [4]) else { return .nan }
    var estimator = DeviationEstimator(
      outputAction: action,
      distance: measure == .distance ? EuclideanDistance() : NegativeCosine())
    estimator.add(orbitOutputs: orbit)
    return estimator.exampleDeviations[0]
  }

  private func meanDeviation(_ count: Int, using generator: inout SplitMix64) -> Double {
    (0..<count).reduce(0) { total, _ in total + deviation(of: orbit(using: &generator)) }
      / Double(count)
  }

  /// The mean similarity of a million independent pairs: the squared length of the mean direction.
  private func meanSimilarity(using generator: inout SplitMix64) -> Double {
    var mean = [Double](repeating: 0, count: 4)
    let count = 1_000_000
    for _ in 0..<count {
      let z = orbit(using: &generator).row(0).scalars.map(Double.init)
      let length = z.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for i in 0..<4 { mean[i] += z[i] / length / Double(count) }
    }
    return mean.reduce(0) { $0 + $1 * $1 }
  }
}
