// SPDX-License-Identifier: MIT

import RealModule
import Testing
import _GEEDTestSupport

@testable import GEED

@Suite struct SkewnessCorrectedTTests {
  private static let skewed = Estimate([1, 2, 2, 3, 3, 3, 4, 20])

  /// Hall's cubic as the paper has it.
  private func hall(_ t: Double, skewness c: Double) -> Double {
    t + c / 3 * t * t + c * c / 27 * t * t * t + c / 6
  }

  @Test("A quantile is taken back by Hall's cubic", arguments: [-9, -2, -0.3, 0, 0.01, 1.96, 30])
  func inverse(t: Double) {
    for scale in [-1, 1.0] {
      let statistic = Estimate([1, 2, 2, 3, 3, 3, 4, 20].map { scale * $0 })
      let student = SkewnessCorrectedT(statistic)
      // A cube root and a cube.
      expectClose(
        hall(student.quantile(t), skewness: student.skewness), t, tolerance: 1e-12 * (1 + abs(t)))
    }
  }

  /// 0, 0, 0, 4: mean 1, squares 1 + 1 + 1 + 9 = 12, cubes −1 − 1 − 1 + 27 = 24. The third cumulant
  /// of the mean is 24/(3·2·4), of which unbiased: n²m₃/((n − 1)(n − 2))/n² = 6/6 = 1; the variance of
  /// the mean is 12/3/4 = 1. So c = 1.
  @Test("The skewness of a mean by hand")
  func byHand() {
    let student = SkewnessCorrectedT(Estimate([0, 0, 0, 4]))
    expectClose(student.skewness, 1, tolerance: 1e-15)
    // h(0) = 1/6, so that the quantile for t = 1/6 is 0.
    expectClose(student.quantile(1.0 / 6), 0, tolerance: 1e-16)
    // 3·(1/3)·y = 7 for y = 7: the cube root of 8, less 1, times 3.
    expectClose(student.quantile(7 + 1.0 / 6), 3, tolerance: 1e-14)
  }

  @Test("Symmetric samples have Student's quantiles, nearly symmetric ones nearly")
  func symmetric() {
    let student = SkewnessCorrectedT(Estimate([-3, -1, 0, 1, 3]))
    #expect(student.quantile(2.5) == 2.5)
    let nearly = SkewnessCorrectedT(Estimate([-3, -1, 0, 1, 3.000_001]))
    #expect(nearly.skewness > 0)
    // To first order the quantile moves by −c/6 − c·t²/3.
    let moved = 2.5 - nearly.skewness * (1.0 / 6 + 2.5 * 2.5 / 3)
    expectClose(nearly.quantile(2.5), moved, tolerance: 1e-12)
  }

  @Test("The mirror image of a sample has the mirror image's quantiles")
  func mirrored() {
    let student = SkewnessCorrectedT(Self.skewed)
    let mirror = SkewnessCorrectedT(Estimate([-1, -2, -2, -3, -3, -3, -4, -20]))
    for t in [-2.0, 0.5, 3] {
      expectClose(mirror.quantile(-t), -student.quantile(t), tolerance: 1e-14)
    }
  }

  @Test("The tail makes the quantile on its own side larger, whose interval is the other side")
  func sides() {
    let student = SkewnessCorrectedT(Self.skewed)
    #expect(student.quantile(-2) < -2 && student.quantile(2) < 2)
  }

  @Test("Cumulants of strata add up; samples of two, and equal ones, have no skewness")
  func strata() {
    let (a, b) = (Estimate([0, 0, 0, 4]), Estimate([0, 0, 6, 0, 0]))
    let both = Estimate(
      value: 0, errorShares: a.errorShares + b.errorShares, strata: [4, 5], degreesOfFreedom: 3)
    // Variances 1 and 36·(4/5)/4/5 = 1.44; cumulants 1 and, from squares 28.8 and cubes 103.68 of
    // the five, 103.68/(4·3·5) = 1.728.
    expectClose(
      SkewnessCorrectedT(both).skewness, 2.728 / (2.44 * 2.44.squareRoot()), tolerance: 1e-14)
    #expect(SkewnessCorrectedT(Estimate([1, 2])).skewness == 0)
    #expect(SkewnessCorrectedT(Estimate([2, 2, 2])).skewness == 0)
  }
}
