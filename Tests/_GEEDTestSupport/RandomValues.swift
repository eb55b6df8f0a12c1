// SPDX-License-Identifier: MIT

import GEED

extension Tensor {
  /// A tensor of normally distributed scalars.
  package static func random(_ shape: [Int], using generator: inout SplitMix64) -> Tensor {
    Tensor(
      shape: shape,
      scalars: (0..<count(of: shape)).map { _ in Float(generator.nextGaussian()) })
  }

  /// The tensor of the scalars 0, 1, 2, …, so that every position can be told apart.
  package static func counting(_ shape: [Int]) -> Tensor {
    Tensor(shape: shape, scalars: (0..<count(of: shape)).map(Float.init))
  }
}

/// Normally distributed numbers.
package func randomVector(_ count: Int, using generator: inout SplitMix64) -> [Double] {
  (0..<count).map { _ in generator.nextGaussian() }
}

/// A vector of probabilities, none of them zero.
package func randomDistribution(_ count: Int, using generator: inout SplitMix64) -> [Double] {
  let weights = (0..<count).map { _ in generator.nextUnit() + 1e-3 }
  let total = weights.reduce(0, +)
  return weights.map { $0 / total }
}
