// SPDX-License-Identifier: MIT

import Foundation
import Testing
import _GEEDTestSupport

@testable import GEED

@Suite struct StudentTTests {
  @Test("Quantiles agree with scipy", arguments: Golden.values.quantiles)
  func golden(_ golden: Golden.Quantile) {
    let quantile = studentQuantile(golden.p, degreesOfFreedom: golden.degreesOfFreedom)
    // Cancellation in 1 − p and in the logarithm of the gamma function.
    expectClose(quantile, golden.t, relative: 1e-10)
    expectClose(
      studentQuantile(1 - golden.p, degreesOfFreedom: golden.degreesOfFreedom), -golden.t,
      relative: 1e-10)
  }

  @Test("The quantile undoes the distribution", arguments: [1, 3, 10, 1000.5])
  func roundTrip(nu: Double) {
    for p in stride(from: 0.02, to: 1, by: 0.07) {
      let t = studentQuantile(p, degreesOfFreedom: nu)
      // The continued fraction ends at the last digit, the gamma function a few before.
      expectClose(studentDistribution(t, degreesOfFreedom: nu), p, tolerance: 1e-12)
    }
  }

  /// One degree of freedom is Cauchy's distribution, ½ + arctan(t)/π.
  @Test("One degree of freedom is Cauchy's distribution", arguments: [-30, -1, 0, 0.1, 1, 700])
  func cauchy(t: Double) {
    expectClose(
      studentDistribution(t, degreesOfFreedom: 1), 0.5 + atan(t) / .pi, tolerance: 1e-14)
  }

  @Test("The median is 0")
  func median() {
    #expect(abs(studentQuantile(0.5, degreesOfFreedom: 7)) < 1e-15)
  }
}
