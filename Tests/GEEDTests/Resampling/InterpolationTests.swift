// SPDX-License-Identifier: MIT

import Testing
import _GEEDTestSupport

@testable import GEED

@Suite struct InterpolationTests {
  @Test("Weights add up to 1", arguments: Interpolation.allCases)
  func weightsSum(interpolation: Interpolation) {
    for position in stride(from: -3.0, through: 3, by: 0.07) {
      let taps = self.taps(of: interpolation, at: position)
      // A few roundings.
      expectClose(taps.reduce(0) { $0 + $1.weight }, 1, tolerance: 1e-15)
      #expect(Set(taps.map(\.index)).count == taps.count)
    }
  }

  @Test(
    "A pixel is read as it is, and so is what lies a rounding error beside it",
    arguments: Interpolation.allCases)
  func pixels(interpolation: Interpolation) {
    for position in [2.0, -1.0, 2 + 1e-12, 2 - 1e-12] {
      let taps = self.taps(of: interpolation, at: position)
      #expect(taps.map(\.index) == [Int(position.rounded())])
      #expect(taps.map(\.weight) == [1])
    }
  }

  /// Both interpolate linear pictures exactly, Keys' kernel quadratic ones too.
  @Test(
    "Polynomials are kept up to the promised degree",
    arguments: [(Interpolation.bilinear, 1), (.bicubic, 2)])
  func polynomials(interpolation: Interpolation, degree: Int) {
    for position in stride(from: -1.9, through: 4, by: 0.13) {
      for power in 0...degree {
        func value(_ x: Double) -> Double { (0..<power).reduce(1.0) { p, _ in p * x } }
        let sum = taps(of: interpolation, at: position).reduce(0) {
          $0 + $1.weight * value(Double($1.index))
        }
        // Four products of numbers up to 36.
        expectClose(sum, value(position), tolerance: 1e-13)
      }
    }
  }

  /// Keys (1981), a = −1/2, at x = 1/2 and 3/2: 1.5/8 − 2.5/4 + 1 = 9/16 and
  /// −0.5·27/8 + 2.5·9/4 − 6 + 2 = −1/16.
  @Test("Halfway between pixels the cubic weights are −1/16 and 9/16")
  func cubicHalfway() {
    let taps = self.taps(of: .bicubic, at: 0.5)
    #expect(taps.map(\.index) == [-1, 0, 1, 2])
    #expect(taps.map(\.weight) == [-0.0625, 0.5625, 0.5625, -0.0625])
  }

  @Test("Halves go to the even neighbor")
  func nearestTies() {
    #expect(
      [0.5, 1.5, 2.5, -0.5].map { taps(of: .nearest, at: $0)[0].index } == [0, 2, 2, 0])
  }

  private func taps(
    of interpolation: Interpolation, at position: Double
  ) -> [(index: Int, weight: Double)] {
    let taps = interpolation.taps(at: position)
    return (0..<taps.count).map { (taps.first + $0, taps.weights[$0]) }
  }
}
