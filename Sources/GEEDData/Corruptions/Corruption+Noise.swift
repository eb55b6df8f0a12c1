// SPDX-License-Identifier: MIT

import GEED
import RealModule

extension Tensor {
  /// Returns the image with a Gaussian random number added to every scalar.
  func addingNoise(deviation: Double, using generator: inout SplitMix64) -> Tensor {
    mapped { $0 + Float(deviation * generator.nextGaussian()) }
  }

  /// Returns the image with every scalar replaced by a random count of photons, divided by
  /// `photons`, the expected count for a value of 1.
  func counting(photons: Double, using generator: inout SplitMix64) -> Tensor {
    mapped { Float(Double(generator.nextPoisson(mean: Double($0) * photons)) / photons) }
  }

  /// Returns the image with a share of its pixels black or white, with equal probability, in all
  /// channels alike.
  func withImpulses(share: Double, using generator: inout SplitMix64) -> Tensor {
    var result = self
    let size = shape[1] * shape[2]
    for pixel in 0..<size where generator.nextUnit() < share {
      let value: Float = generator.next(below: 2) == 0 ? 0 : 1
      for channel in 0..<shape[0] { result.scalars[channel * size + pixel] = value }
    }
    return result
  }
}

extension SplitMix64 {
  /// Returns a Poisson random number, by counting the uniform random numbers whose running product
  /// stays above exp(-mean) (Knuth 1969).
  fileprivate mutating func nextPoisson(mean: Double) -> Int {
    precondition(mean <= 500, "Expected a mean of at most 500, but got \(mean).")
    guard mean > 0 else { return 0 }
    let limit = Double.exp(-mean)
    var count = 0
    var product = nextUnit()
    while product > limit {
      count += 1
      product *= nextUnit()
    }
    return count
  }
}
