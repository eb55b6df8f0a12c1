// SPDX-License-Identifier: MIT

import GEED
import Testing

@Suite struct SplitMix64Tests {
  /// The outputs of the authors' C code (https://prng.di.unimi.it/splitmix64.c), as published with
  /// many implementations.
  @Test("The sequence is the published one")
  func publishedSequences() {
    var zero = SplitMix64(seed: 0)
    #expect(zero.next() == 0xE220_A839_7B1D_CDAF)
    #expect(zero.next() == 0x6E78_9E6A_A1B9_65F4)
    #expect(zero.next() == 0x06C4_5D18_8009_454F)
    var other = SplitMix64(seed: 1_234_567)
    #expect(other.next() == 6_457_827_717_110_365_317)
    #expect(other.next() == 3_203_168_211_198_807_973)
    #expect(other.next() == 9_817_491_932_198_370_423)
  }

  @Test("The same seed gives the same sequence, another seed another", arguments: 0..<20)
  func seeds(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    var same = SplitMix64(seed: seed)
    var other = SplitMix64(seed: seed + 1)
    let values = (0..<10).map { _ in generator.next() }
    #expect(values == (0..<10).map { _ in same.next() })
    #expect(values != (0..<10).map { _ in other.next() })
  }

  @Test("Bounded numbers are below the bound and equally likely", arguments: [1, 2, 3, 7, 10, 100])
  func boundedNumbers(bound: Int) {
    var generator = SplitMix64(seed: 5)
    let drawCount = 1000 * bound
    var counts = [Int](repeating: 0, count: bound)
    for _ in 0..<drawCount { counts[generator.next(below: bound)] += 1 }
    let statistic = counts.reduce(0.0) { $0 + Double(($1 - 1000) * ($1 - 1000)) / 1000 }
    // Chi-square has mean k and variance 2k; six standard deviations on each side.
    let k = Double(bound - 1)
    #expect(abs(statistic - k) <= 6 * (2 * k).squareRoot())
  }

  /// With bound 3·2⁶¹ a quarter of all draws is thrown away; a plain product or remainder would hit
  /// the lower half of the range more often than the upper.
  @Test("Bounds that do not divide 2⁶⁴ are not biased")
  func largeBounds() {
    var generator = SplitMix64(seed: 6)
    let bound = 3 << 61
    var counts = [0, 0, 0]
    for _ in 0..<30_000 { counts[generator.next(below: bound) >> 61] += 1 }
    // A binomial with n = 30 000, p = 1/3 has standard deviation 82; six of them.
    #expect(counts.allSatisfy { abs($0 - 10_000) < 490 })
  }

  @Test("Units lie in 0..<1")
  func units() {
    var generator = SplitMix64(seed: 7)
    let values = (0..<10_000).map { _ in generator.nextUnit() }
    #expect(values.allSatisfy { (0..<1).contains($0) })
    // The mean of n uniform numbers has standard deviation 1/√(12n) = 0.0029; five of them.
    #expect(abs(values.reduce(0, +) / 10_000 - 0.5) < 0.0145)
  }

  @Test("Normal numbers have the moments of the normal distribution")
  func normalMoments() {
    var generator = SplitMix64(seed: 8)
    let n = 100_000
    let values = (0..<n).map { _ in generator.nextGaussian() }
    func moment(_ k: Int) -> Double {
      values.reduce(0) { sum, x in sum + (0..<k).reduce(1.0) { power, _ in power * x } } / Double(n)
    }
    // E x^k is 0, 1, 0, 3; the variances of the means are 1/n, 2/n, 15/n, 96/n. Five deviations.
    let deviation = 5 / Double(n).squareRoot()
    #expect(abs(moment(1)) < deviation)
    #expect(abs(moment(2) - 1) < deviation * 2.0.squareRoot())
    #expect(abs(moment(3)) < deviation * 15.0.squareRoot())
    #expect(abs(moment(4) - 3) < deviation * 96.0.squareRoot())
  }
}
