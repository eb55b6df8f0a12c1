// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct SampleMeanStrataTests {
  @Test("A mean has one stratum")
  func mean() {
    let mean = Estimate([1, 2, 4])
    #expect(mean.strata == [3])
    #expect(mean.sharesByStratum == [mean.errorShares])
  }

  /// E of examples 0 to 3, M of examples 2, 3 and 9: the shared ones come first.
  @Test("A ratio has the examples of both, of E alone, of M alone, in this order")
  func ratio() {
    let e = Estimate(value: 6, errorShares: [1, 2, 3, 4])
    let m = Estimate(value: 2, errorShares: [10, 20, 30])
    let ratio = e.divided(by: m, positions: [nil, nil, 0, 1])
    #expect(ratio.value == 3)
    #expect(ratio.strata == [2, 2, 1])
    // (shareE − 3·shareM)/2.
    #expect(ratio.sharesByStratum == [[-13.5, -28], [0.5, 1], [-45]])
    #expect(ratio.degreesOfFreedom == 2)
  }

  @Test("Strata without examples are left out")
  func emptyStrata() {
    let m = Estimate([1, 2, 4])
    #expect(m.divided(by: m, positions: [0, 1, 2]).strata == [3])
    #expect(m.divided(by: m, positions: [nil, nil, nil]).strata == [3, 3])
  }

  @Test("A difference of means is the mean of differences")
  func difference() {
    var generator = SplitMix64(seed: 70)
    let a = randomVector(20, using: &generator)
    let b = randomVector(20, using: &generator)
    let difference = Estimate(a) - Estimate(b)
    let expected = Estimate(zip(a, b).map { $0 - $1 })
    // The same sums in another order.
    expectClose(difference.value, expected.value, tolerance: 1e-15)
    expectClose(difference.standardError, expected.standardError ?? .nan, tolerance: 1e-15)
    #expect(difference.degreesOfFreedom == 19)
  }
}
