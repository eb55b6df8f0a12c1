// SPDX-License-Identifier: MIT

import Testing
import _GEEDTestSupport

@testable import GEED

@Suite struct AreaAverageTests {
  @Test("Halving a grid takes means of 2 x 2 pixels")
  func halving() {
    let x = Tensor(shape: [1, 1, 2, 4], scalars: [1, 3, 10, 20, 5, 7, 30, 40])
    let half = AreaAverage(from: (2, 4), to: (1, 2))(x)
    #expect(half == Tensor(shape: [1, 1, 1, 2], scalars: [4, 25]))
  }

  /// Three pixels on two: each new one has one old pixel and half of the middle one, of 1.5.
  @Test("Borders inside a pixel share it")
  func shares() {
    let x = Tensor(shape: [1, 1, 3], scalars: [3, 6, 30])
    let result = AreaAverage(from: (1, 3), to: (1, 2))(x)
    #expect(areEqual(result, Tensor(shape: [1, 1, 2], scalars: [4, 22]), tolerance: 1e-5))
  }

  @Test("A finer grid repeats pixels")
  func refining() {
    let x = Tensor(shape: [1, 1, 2], scalars: [1, 2])
    #expect(
      AreaAverage(from: (1, 2), to: (1, 4))(x) == Tensor(shape: [1, 1, 4], scalars: [1, 1, 2, 2]))
  }

  @Test("Averages keep the mean of a picture", arguments: [1, 2, 3, 5, 7, 12, 17])
  func mean(side: Int) {
    var generator = SplitMix64(seed: 2)
    let x = Tensor.random([2, 3, 12, 12], using: &generator)
    let y = AreaAverage(from: (12, 12), to: (side, side))(x)
    for plane in 0..<6 {
      let before = x.scalars[plane * 144..<(plane + 1) * 144].reduce(0, +) / 144
      let size = side * side
      let after = y.scalars[plane * size..<(plane + 1) * size].reduce(0, +) / Float(size)
      // Single precision, a few hundred terms.
      expectClose(Double(after), Double(before), tolerance: 1e-5)
    }
  }

  @Test("The grid's own size changes nothing")
  func identity() {
    let x = Tensor.counting([1, 5, 5])
    #expect(AreaAverage(from: (5, 5), to: (5, 5))(x) == x)
  }
}
