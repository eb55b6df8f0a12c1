// SPDX-License-Identifier: MIT

import Testing
import _GEEDTestSupport

@testable import GEED

@Suite struct GridMapTests {
  @Test("Interpolation agrees with torchvision and numpy", arguments: Golden.values.rotations)
  func goldenRotations(golden: Golden.Rotation) throws {
    let interpolation = try #require(Interpolation(rawValue: golden.interpolation))
    let result = resampled(
      golden.image, by: .turn(golden.turn, of: golden.turnCount), height: golden.height,
      width: golden.width, interpolation)
    // torchvision computes places in single precision: 1e-6 of a pixel, times differences below 1.
    for (value, expected) in zip(result, golden.result) {
      expectClose(Double(value), Double(expected), tolerance: 1e-5)
    }
  }

  @Test("Fractional shifts agree with scipy around the border", arguments: Golden.values.shifts)
  func goldenShifts(golden: Golden.Shift) {
    let result = resampled(
      golden.image, by: .shift(rows: golden.rows, columns: golden.columns), height: golden.height,
      width: golden.width, .bilinear)
    // Scalars and weights are single precision here.
    for (value, expected) in zip(result, golden.result) {
      expectClose(Double(value), Double(expected), tolerance: 1e-6)
    }
  }

  @Test("A constant picture stays constant inside", arguments: Interpolation.allCases)
  func constantPicture(interpolation: Interpolation) {
    let size = 21
    let image = [Float](repeating: 0.7, count: size * size)
    for turn in 1..<16 {
      let result = resampled(
        image, by: .turn(turn, of: 16), height: size, width: size, interpolation)
      for row in 0..<size {
        for column in 0..<size {
          let (down, right) = (Double(row) - 10, Double(column) - 10)
          // 6 from the center and 3 pixels of kernel stay inside the 10 that there are.
          guard down * down + right * right <= 36 else { continue }
          // Up to 36 weights of single precision, each rounded by 6e-8 of itself.
          expectClose(Double(result[row * size + column]), 0.7, tolerance: 5e-7)
        }
      }
    }
  }

  @Test("Shifts around the border keep a constant picture", arguments: Interpolation.allCases)
  func constantTorus(interpolation: Interpolation) {
    for (rows, columns) in [(0.3, 0.1), (0.5, 0.5), (0.01, 0.99)] {
      let result = resampled(
        [Float](repeating: 0.7, count: 15), by: .shift(rows: rows, columns: columns), height: 3,
        width: 5, interpolation)
      // Sums of up to 36 single-precision weights.
      for value in result { expectClose(Double(value), 0.7, tolerance: 5e-7) }
    }
  }

  @Test(
    "Quarter turns of a fraction move the same pixels with the same weights",
    arguments: Interpolation.allCases, [4, 5, 8])
  func quarterTurnsOfFractions(interpolation: Interpolation, size: Int) {
    var generator = SplitMix64(seed: 1)
    let image = Tensor.random([size, size], using: &generator).scalars
    for (turn, turnCount) in [(1, 8), (1, 12), (2, 12), (3, 16), (1, 28)] {
      var turned = resampled(
        image, by: .turn(turn, of: turnCount), height: size, width: size, interpolation)
      for quarter in 1...3 {
        turned = resampled(turned, by: .turn(1, of: 4), height: size, width: size, interpolation)
        let direct = resampled(
          image, by: .turn(turn + quarter * turnCount / 4, of: turnCount), height: size,
          width: size, interpolation)
        #expect(direct == turned)
      }
    }
  }

  @Test(
    "Exact movements are permutations, whatever the interpolation",
    arguments: Interpolation.allCases)
  func exactMovements(interpolation: Interpolation) {
    let exact: [(GridTransform, Int, Int)] = [
      (.turn(1, of: 4), 6, 6), (.turn(6, of: 8), 5, 5), (.turn(1, of: 2), 3, 7),
      (.turn(4, of: 8), 4, 6), (.turn(0, of: 1, reflecting: true), 3, 4),
      (.turn(1, of: 4, reflecting: true), 5, 5), (.shift(rows: 1 / 3, columns: 0.25), 3, 8),
      (.shift(rows: 2 / 3, columns: 0.7), 300, 1000),
    ]
    for (transform, height, width) in exact {
      let map = GridMap(
        transform, height: height, width: width, interpolation: interpolation)
      guard case .permutation(let sources) = map else {
        Issue.record("\(transform) on \(height) x \(width) is not exact.")
        continue
      }
      #expect(Set(sources) == Set(0..<Int32(height * width)))
    }
    for transform in [GridTransform.identity, .turn(8, of: 8), .shift(rows: 0, columns: 1)] {
      #expect(GridMap(transform, height: 3, width: 5, interpolation: interpolation) == .identity)
    }
  }

  /// A single pixel is its own neighbor on all sides, so shifting it by half its size moves nothing.
  @Test("Shifts around the border of one pixel move nothing", arguments: Interpolation.allCases)
  func onePixelTorus(interpolation: Interpolation) {
    let map = GridMap(
      .shift(rows: 0.5, columns: 0.25), height: 1, width: 1, interpolation: interpolation)
    #expect(map == .identity)
  }

  @Test("A quarter turn of a grid that is not square is a mistake of the caller")
  func notSquare() async {
    await #expect(processExitsWith: .failure) {
      _ = GridMap(.turn(1, of: 4), height: 2, width: 3, interpolation: .nearest)
    }
  }

  private func resampled(
    _ image: [Float], by transform: GridTransform, height: Int, width: Int,
    _ interpolation: Interpolation
  ) -> [Float] {
    let map = GridMap(transform, height: height, width: width, interpolation: interpolation)
    let grid = ArrayOperator(count: image.count, blockSize: image.count, map: map)
    return [Float](unsafeUninitializedCapacity: image.count) { result, count in
      count = image.count
      image.withUnsafeBufferPointer { grid.map.apply($0, to: result) }
    }
  }
}
