// SPDX-License-Identifier: MIT

import Testing
import _GEEDTestSupport

@testable import GEED

@Suite struct StudentizedBootstrapTests {
  private let bootstrap = StudentizedBootstrap(resampleCount: 199, seed: 3)

  /// The shared examples of a ratio do not add up to 0: M's part of the others is missing.
  @Test("A stratum is drawn from around its own mean")
  func centered() {
    let shares = [0.3, -0.1, 0.2, -0.5, 0.1, 0.4, -0.2, 0.6, 0.2, -0.3]
    func resamples(offset: Double) -> [Double] {
      bootstrap.studentizedResamples(
        of: Estimate(value: 1, errorShares: shares.map { $0 + offset }))
    }
    let (plain, moved) = (resamples(offset: 0), resamples(offset: 2))
    for (a, b) in zip(plain, moved) { expectClose(b, a, tolerance: 1e-12) }
    #expect(plain.contains { $0 > 1 } && plain.contains { $0 < -1 })
  }

  /// Examples of the second stratum are 1,000 times as large; whoever draws from both at once puts
  /// some of them in place of the first, and some resamples have none of them.
  @Test("No example takes the place of one of another stratum")
  func strata() {
    let small = (0..<10).map { 1e-3 * Double($0 % 2 == 0 ? 1 : -1) }
    let large = (0..<10).map { Double($0 % 2 == 0 ? 1 : -1) }
    func resamples(_ strata: [Int]) -> [Double] {
      bootstrap.studentizedResamples(
        of: Estimate(
          value: 0, errorShares: small + large, strata: strata, degreesOfFreedom: 9))
    }
    // Nine tenths of √10 times the sum of ten signs, over its own spread: at most 11 values but for
    // the small ones.
    let values = Set(resamples([10, 10]).map { (1e2 * $0).rounded() })
    #expect(values.count <= 22)
    #expect(Set(resamples([20]).map { (1e2 * $0).rounded() }).count > 50)
  }

  @Test("A stratum of one example cannot be drawn from, but keeps its error")
  func single() {
    let shares = [0.3, -0.1, 0.2, -0.4]
    func largest(_ extra: Double) -> Double {
      bootstrap.studentizedResamples(
        of: Estimate(
          value: 1, errorShares: shares + [extra], strata: [4, 1], degreesOfFreedom: 3)
      ).map(abs).max() ?? 0
    }
    // No sum of four shares is beyond −1.6, so no deviation beyond √¾ · 1.6 = 1.39, in units of 5.
    #expect(largest(5) < 0.278 && largest(0) > 1)
  }
}
