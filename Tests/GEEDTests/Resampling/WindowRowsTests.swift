// SPDX-License-Identifier: MIT

import Testing
import _GEEDTestSupport

@testable import GEED

@Suite struct WindowRowsTests {
  /// Sizes with 0 to 3 pixels behind the last whole quad; the last one has more quads than the lead.
  static let sizes = [(2, 2), (3, 3), (5, 6), (3, 5), (7, 9), (36, 41)]

  @Test(
    "Each pixel is the weighted sum of its window, however many blocks", arguments: sizes, 1...7)
  func sumsOfWindows(size: (height: Int, width: Int), blockCount: Int) {
    for turn in [1, 2, 5] {
      let windows = windows(turn, of: 16, height: size.height, width: size.width)
      var generator = SplitMix64(seed: UInt64(turn))
      let x = (0..<blockCount * windows.size).map { _ in generator.nextUnit() - 0.5 }
      let sources = Array((0..<blockCount).reversed())
      let expected = sources.flatMap { block in
        (0..<windows.size).map { pixel in
          windows.taps(of: pixel).reduce(0) {
            $0 + $1.weight * x[block * windows.size + $1.source]
          }
        }
      }
      // Three roundings of sums below 1 with weights that add up to at most 1.
      let single = made(windows, of: x.map(Float.init), sources)
      for (value, expected) in zip(single, expected) {
        expectClose(Double(value), expected, tolerance: 3e-7)
      }
      let double = made(windows, of: x, sources)
      for (value, expected) in zip(double, expected) {
        expectClose(value, expected, tolerance: 5e-16)
      }
    }
  }

  /// The corners of an upright square lie outside one that stands on its tip.
  @Test("What reads nothing is zero")
  func outside() {
    let windows = windows(1, of: 8, height: 8, width: 8)
    let image = made(windows, of: [Float](repeating: 1, count: 64), [0])
    // The corners, (3.5, 3.5) from the center, are read from (0, 4.9), more than a pixel outside;
    // their neighbors, (3.5, 2.5), from (0.7, 4.2), which is within reach of the pixels at 3.5.
    let zeros = image.indices.filter { image[$0] == 0 }
    #expect(zeros == [0, 7, 56, 63])
    #expect(windows.runs == [0..<16])
    // Turned far out, most quads read nothing.
    let far = WindowRows(height: 4, width: 6) { pixel in pixel == 9 ? (1, 2) : (100, -100) }
    #expect(far.runs == [2..<3])
    let counting = (0..<24).map(Float.init)
    #expect(made(far, of: counting, [0]) == (0..<24).map { $0 == 9 ? 8 : 0 })
  }

  private func windows(_ turn: Int, of turnCount: Int, height: Int, width: Int) -> WindowRows {
    WindowRows(height: height, width: width) { pixel in
      GridTransform.turn(turn, of: turnCount).source(
        row: pixel / width, column: pixel % width, height: height, width: width)
    }
  }

  /// Blocks made from the blocks `sources` of `x`, over a result that held something else.
  private func made<S: ResampledScalar>(
    _ windows: WindowRows, of x: [S], _ sources: [Int]
  ) -> [S] {
    var result = [S](repeating: .nan, count: x.count)
    result.withUnsafeMutableBufferPointer { result in
      x.withUnsafeBufferPointer { x in
        guard let x = x.baseAddress, let result = result.baseAddress else { return }
        windows.transform(x, into: result, origins: sources.map { $0 * windows.size })
      }
    }
    return result
  }
}
