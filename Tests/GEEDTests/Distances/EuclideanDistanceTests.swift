// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct EuclideanDistanceTests {
  @Test("Equal vectors have no distance", arguments: 0...40)
  func equalVectors(length: Int) {
    var generator = SplitMix64(seed: 11)
    let a = randomVector(length, using: &generator)
    #expect(EuclideanDistance()(a, a) == 0)
  }

  /// (3, 4) and (0, 0): √(9 + 16) = 5.
  @Test("The distance is that of Pythagoras")
  func pythagoras() {
    let distance: some Distance = .euclidean
    #expect(distance([3, 4], [0, 0]) == 5)
    #expect(distance([1], [-1]) == 2)
  }

  /// Lengths around the number of sums that run side by side: n ones are √n from zero.
  @Test("Every scalar counts once", arguments: 1...40)
  func everyScalar(length: Int) {
    let distance = EuclideanDistance()
    let zero = [Double](repeating: 0, count: length)
    expectClose(
      distance([Double](repeating: 1, count: length), zero), Double(length).squareRoot(),
      tolerance: 0)
    for i in 0..<length {
      var unit = zero
      unit[i] = 2
      #expect(distance(unit, zero) == 2)
    }
  }
}
