// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct NegativeCosineTests {
  @Test(
    "Equal vectors give exactly −1, opposite ones exactly 1",
    arguments: 1...40, [1e-30, 1e-20, 1e-3, 1, 1e7, 1e20, 1e38])
  func equalVectors(length: Int, magnitude: Double) {
    var generator = SplitMix64(seed: 12)
    for _ in 0..<20 {
      let a = randomVector(length, using: &generator).map { magnitude * $0 }
      #expect(NegativeCosine()(a, a) == -1)
      #expect(NegativeCosine()(a, a.map { -$0 }) == 1)
    }
  }

  @Test(
    "Magnitudes whose squares leave the range of numbers make no difference",
    arguments: [Double.leastNonzeroMagnitude, 1e-300, 1e-160, 1e-100, 1e100, 1e160, 1e300])
  func extremeMagnitudes(magnitude: Double) {
    #expect(NegativeCosine()([magnitude, 0], [magnitude, 0]) == -1)
    #expect(NegativeCosine()([magnitude, 0], [0, magnitude]) == 0)
    // 45°: −√½, rounded a few times.
    expectClose(
      NegativeCosine()([magnitude, magnitude], [0, 1]), -0.5.squareRoot(), tolerance: 1e-15)
  }

  @Test("Parallel vectors never leave −1...1", arguments: 1...40)
  func bounds(length: Int) {
    var generator = SplitMix64(seed: 13)
    for _ in 0..<200 {
      let a = randomVector(length, using: &generator)
      let factor = generator.nextGaussian()
      let value = NegativeCosine()(a, a.map { factor * $0 })
      #expect((-1...1).contains(value))
      // Rounding of the factor and of the sums.
      expectClose(value, factor > 0 ? -1 : 1, tolerance: 1e-14)
    }
  }

  /// (1, 0)·(1, 1) = 1, lengths 1 and √2: −1/√2.
  @Test("The cosine of 45° is √½")
  func workedByHand() {
    let distance: some Distance = .negativeCosine
    expectClose(distance([1, 0], [1, 1]), -0.5.squareRoot(), tolerance: 2e-16)  // two roundings
    #expect(distance([1, 0], [0, 5]) == 0)
    #expect(distance([3, 4], [-6, -8]) == 1)
  }

  @Test("Zero vectors equal each other, are perpendicular to others, and are counted")
  func zeroVectors() {
    let (zero, other) = ([0.0, 0], [1.0, 2])
    let distance = NegativeCosine()
    #expect(
      distance.compare(zero.span, zero.span, shape: [2]) == Comparison(-1, zeroVectorCount: 1))
    #expect(
      distance.compare(zero.span, other.span, shape: [2]) == Comparison(0, zeroVectorCount: 1))
    #expect(
      distance.compare(other.span, zero.span, shape: [2]) == Comparison(0, zeroVectorCount: 1))
    #expect(distance.compare(other.span, other.span, shape: [2]) == Comparison(-1))
  }
}
