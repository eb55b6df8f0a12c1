// SPDX-License-Identifier: MIT
// Fast Splittable Pseudorandom Number Generators, Steele, Lea and Flood 2014,
// https://doi.org/10.1145/2714064.2660195
// http://www.isthe.com/chongo/tech/comp/fnv (Fowler, Noll, Vo)

import RealModule

/// A small generator whose sequence is determined by its seed, on every platform and permanently.
///
/// Every random choice of this package uses such a generator, so a seed in a result keeps its
/// meaning. It is not cryptographically secure.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Creates the generator with the seed `seed`. All seeds are valid, including 0.
  public init(seed: UInt64) {
    state = seed
  }

  /// Returns the next 64 bits, uniformly distributed.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Returns a uniformly distributed whole number from 0 to `bound` − 1 (Lemire 2019).
  ///
  /// The method is implemented here because the standard library may change its own, which would
  /// change the meaning of a seed.
  public mutating func next(below bound: Int) -> Int {
    precondition(bound > 0, "Expected a positive bound, but got \(bound).")
    let width = UInt64(bound)
    var product = next().multipliedFullWidth(by: width)
    if product.low < width {
      let threshold = (0 &- width) % width
      while product.low < threshold { product = next().multipliedFullWidth(by: width) }
    }
    return Int(product.high)
  }

  /// Returns a number in 0..<1 with 53 random bits.
  public mutating func nextUnit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// Returns a number of the standard normal distribution (polar method of Marsaglia).
  public mutating func nextGaussian() -> Double {
    while true {
      let u = 2 * nextUnit() - 1
      let v = 2 * nextUnit() - 1
      let s = u * u + v * v
      if s > 0, s < 1 { return u * (-2 * Double.log(s) / s).squareRoot() }
    }
  }
}

/// A purpose of random numbers, which has its own sequence except for the first two.
package enum RandomPurpose {
  /// The choice of examples.
  case examples
  /// The resamples of a bootstrap.
  case resamples
  /// The signs of a permutation test.
  case signFlips
  /// Random elements of a group.
  case elements
  /// The pairs of elements on which an action is checked.
  case elementPairs
  /// The noise that is added to an example.
  case noise(example: Int)
  /// The values of a weight tensor.
  case weights(name: String)
  /// The change of one item of a series: an image of a data set, or of a batch.
  case item(Int)
  /// The augmentation of one view of the example at a position of the training.
  case augmentation(position: Int, view: Int = 0)
}

extension SplitMix64 {
  package init(seed: UInt64, for purpose: RandomPurpose) {
    var generator = SplitMix64(seed: seed)
    switch purpose {
    case .examples, .resamples: self = generator
    case .signFlips: self.init(seed: seed ^ 0x7369_676E_666C_6970)  // "signflip"
    case .elements: self.init(seed: generator.next())
    case .elementPairs: self.init(seed: seed ^ 0x6465_6665_6374_7321)  // "defects!"
    case .noise(let example):
      self.init(seed: seed ^ UInt64(example) &* 0xD134_2543_DE82_EF95)
    case .weights(let name): self.init(seed: seed ^ fnv1a(name))
    case .item(let index): self.init(seed: generator.next() ^ UInt64(index))
    case .augmentation(let position, let view):
      self.init(seed: seed ^ UInt64(position) ^ UInt64(view) << 56)
    }
  }
}

/// Returns the 64-bit FNV-1a hash of a text, which is the same on every platform.
package func fnv1a(_ text: String) -> UInt64 {
  text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}

/// Returns the first `count` examples of a seeded random order.
package func randomExamples(_ count: Int, of total: Int, seed: UInt64) -> [Int] {
  precondition(
    (0...total).contains(count), "Expected 0 to \(total) examples, but got \(count).")
  var generator = SplitMix64(seed: seed, for: .examples)
  var order = Array(0..<total)
  for position in 0..<count {
    order.swapAt(position, position + generator.next(below: total - position))
  }
  return Array(order.prefix(count))
}
