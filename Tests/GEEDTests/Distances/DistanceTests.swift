// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct DistanceTests {
  @Test("Distances agree with scipy", arguments: Golden.values.distances)
  func golden(_ golden: Golden.Distances) {
    // Sums of at most 37 terms in double precision.
    expectClose(EuclideanDistance()(golden.a, golden.b), golden.euclidean, relative: 1e-14)
    expectClose(NegativeCosine()(golden.a, golden.b), -golden.cosine, tolerance: 1e-15)
    expectClose(KullbackLeibler()(golden.p, golden.q), golden.kullbackLeibler, relative: 1e-13)
    // scipy takes the root, which is squared again, and divides distributions by their sums.
    expectClose(JensenShannon()(golden.p, golden.q), golden.jensenShannon, relative: 1e-12)
    expectClose(TotalVariation()(golden.p, golden.q), golden.totalVariation, relative: 1e-14)
  }

  @Test("All but Kullback-Leibler are symmetric", arguments: [1, 2, 9, 30])
  func symmetry(length: Int) {
    var generator = SplitMix64(seed: 10)
    let (a, b) = (
      randomVector(length, using: &generator), randomVector(length, using: &generator)
    )
    let (p, q) = (
      randomDistribution(length, using: &generator), randomDistribution(length, using: &generator)
    )
    #expect(EuclideanDistance()(a, b) == EuclideanDistance()(b, a))
    #expect(NegativeCosine()(a, b) == NegativeCosine()(b, a))
    #expect(JensenShannon()(p, q) == JensenShannon()(q, p))
    #expect(TotalVariation()(p, q) == TotalVariation()(q, p))
  }

  @Test("Tensors are compared like their scalars")
  func tensors() {
    let (a, b) = (
      Tensor(shape: [1, 2], scalars: [0, 3]), Tensor(shape: [1, 2], scalars: [4, 0])
    )
    #expect(EuclideanDistance()(a, b) == 5)
  }

  @Test(
    "Nothing undefined counts as equal, perfectly similar or zero",
    arguments: [
      EuclideanDistance(), NegativeCosine(), KullbackLeibler(), JensenShannon(), TotalVariation(),
      ChannelMean(of: .negativeCosine),
    ] as [any Distance])
  func undefined(distance: any Distance) {
    let undefined = [Double.nan, 0.5]
    let defined = [0.5, 0.5]
    #expect(distance(undefined, defined).isNaN)
    #expect(distance(defined, undefined).isNaN)
    #expect(distance(undefined, undefined).isNaN)
  }
}
