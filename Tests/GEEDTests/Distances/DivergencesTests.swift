// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing
import _GEEDTestSupport

@Suite struct DivergencesTests {
  @Test("Divergences keep their bounds", arguments: [1, 2, 3, 10, 100])
  func bounds(length: Int) {
    var generator = SplitMix64(seed: 14)
    for _ in 0..<100 {
      let p = randomDistribution(length, using: &generator)
      let q = randomDistribution(length, using: &generator)
      let kullbackLeibler = KullbackLeibler()(p, q)
      let totalVariation = TotalVariation()(p, q)
      #expect(kullbackLeibler >= 0 && kullbackLeibler.isFinite)
      #expect((0...log(2)).contains(JensenShannon()(p, q)))
      #expect((0...1).contains(totalVariation))
      // Pinsker's inequality, with room for rounding.
      #expect(totalVariation <= (kullbackLeibler / 2).squareRoot() + 1e-12)
      for distance: any Distance in [KullbackLeibler(), JensenShannon(), TotalVariation()] {
        #expect(distance(p, p) == 0)
      }
    }
  }

  /// (1/2, 1/2) against (1/4, 3/4): ½ ln 2 + ½ ln ⅔ = ½ ln 4/3. Backwards ¼ ln ½ + ¾ ln 3/2.
  @Test("Kullback-Leibler is worked out by hand, in nats and not symmetric")
  func kullbackLeibler() {
    let distance: some Distance = .kullbackLeibler
    // A few roundings of numbers below 1.
    expectClose(distance([0.5, 0.5], [0.25, 0.75]), log(4.0 / 3) / 2, tolerance: 1e-15)
    expectClose(
      distance([0.25, 0.75], [0.5, 0.5]), 0.25 * log(0.5) + 0.75 * log(1.5), tolerance: 1e-15)
  }

  @Test("0 ln 0 is 0, and what is impossible in b but not in a is infinitely far")
  func zeros() {
    #expect(KullbackLeibler()([1, 0], [1, 0]) == 0)
    expectClose(KullbackLeibler()([1, 0], [0.5, 0.5]), log(2), tolerance: 1e-16)
    #expect(KullbackLeibler()([0.5, 0.5], [1, 0]) == .infinity)
  }

  /// The halves of 5e-324 are 0, so a mean that it took part in may have lost it.
  @Test("Probabilities too small to be halved do not make a divergence infinite")
  func subnormalProbabilities() {
    #expect(KullbackLeibler()([1, .leastNonzeroMagnitude], [1, 0]) == 0)
    #expect(JensenShannon()([1, .leastNonzeroMagnitude], [1, 0]) == 0)
  }

  /// Disjoint: both are ln 2 from the midpoint. (1, 0) and (½, ½): the midpoint is (¾, ¼), so
  /// ½ (ln 4/3 + ½ ln ⅔ + ½ ln 2).
  @Test("Jensen-Shannon is ln 2 for disjoint distributions")
  func jensenShannon() {
    let distance: some Distance = .jensenShannon
    #expect(distance([1, 0], [0, 1]) == log(2))
    // A few roundings of numbers below 1.
    expectClose(
      distance([1, 0], [0.5, 0.5]), (log(4.0 / 3) + 0.5 * log(2.0 / 3) + 0.5 * log(2)) / 2,
      tolerance: 1e-15)
  }

  /// ½ (¼ + ¼) = ¼.
  @Test("Total variation is 1 for disjoint distributions")
  func totalVariation() {
    let distance = TotalVariation()
    #expect(distance([1, 0], [0, 1]) == 1)
    #expect(distance([0.5, 0.5], [0.25, 0.75]) == 0.25)
  }
}
