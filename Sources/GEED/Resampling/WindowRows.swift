// SPDX-License-Identifier: MIT

/// The weighted sum of a window of 2 × 2 pixels of the source for each pixel of a result: bilinear
/// interpolation with zeros outside.
///
/// Windows lie completely inside the grid; source pixels outside it have weight 0. Four consecutive
/// pixels, a *quad*, are computed at once; the last quad may overlap the one before it.
package struct WindowRows: Sendable, Hashable {
  let size: Int
  /// The width of the grid: the distance in memory of the lower row of a window from the upper one.
  let width: Int
  /// The upper left pixel of each window, four for each quad.
  let origins: [Int32]
  /// The weights of each quad: those of the upper left, upper right, lower left and lower right.
  let weights: [Float]
  /// The quads that read some input, as ranges of quads in order. All other pixels are zero.
  let runs: [Range<Int>]

  /// Creates the windows around the positions from which pixels are read.
  init(height: Int, width: Int, source: (Int) -> (row: Double, column: Double)) {
    precondition(
      height > 1 && width > 1, "Expected at least 2 x 2 pixels, but got \(height) x \(width).")
    let size = height * width
    let quadCount = (size + 3) / 4
    var origins = [Int32](repeating: 0, count: 4 * quadCount)
    var weights = [Float](repeating: 0, count: 16 * quadCount)
    for window in origins.indices {
      let (row, column) = source(Self.firstPixel(ofQuad: window / 4, size: size) + window % 4)
      let rowTaps = Interpolation.bilinear.taps(at: row)
      let columnTaps = Interpolation.bilinear.taps(at: column)
      let top = min(max(rowTaps.first, 0), height - 2)
      let left = min(max(columnTaps.first, 0), width - 2)
      origins[window] = Int32(top * width + left)
      for i in 0..<rowTaps.count where (top...top + 1).contains(rowTaps.first + i) {
        for j in 0..<columnTaps.count where (left...left + 1).contains(columnTaps.first + j) {
          let corner = 2 * (rowTaps.first + i - top) + columnTaps.first + j - left
          weights[Self.place(ofCorner: corner, window: window)] =
            Float(rowTaps.weights[i] * columnTaps.weights[j])
        }
      }
    }
    func reads(_ quad: Int) -> Bool {
      weights[16 * quad..<16 * quad + 16].contains { $0 != 0 }
    }
    self.size = size
    self.width = width
    self.origins = origins
    self.weights = weights
    runs =
      (0..<size / 4).stretches(where: reads) + (size / 4..<quadCount).stretches(where: reads)
  }

  /// The source of each pixel, if every pixel has exactly one, of weight 1.
  var permutation: [Int32]? {
    var sources: [Int32] = []
    sources.reserveCapacity(size)
    for pixel in 0..<size {
      let taps = taps(of: pixel)
      guard taps.count == 1, taps[0].weight == 1 else { return nil }
      sources.append(Int32(taps[0].source))
    }
    return sources
  }

  /// Returns the pixels that contribute to pixel `i`, with their non-zero weights.
  func taps(of i: Int) -> [(source: Int, weight: Double)] {
    let quad = i / 4
    let window = 4 * quad + i - Self.firstPixel(ofQuad: quad, size: size)
    return (0..<4).compactMap { corner in
      let weight = weights[Self.place(ofCorner: corner, window: window)]
      return weight == 0
        ? nil : (Int(origins[window]) + corner / 2 * width + corner % 2, Double(weight))
    }
  }

  /// Returns the first pixel of a quad; the last one overlaps the one before if it does not fit.
  static func firstPixel(ofQuad quad: Int, size: Int) -> Int {
    min(4 * quad, size - 4)
  }

  /// Returns the position of a corner's weight; corners are counted row by row.
  private static func place(ofCorner corner: Int, window: Int) -> Int {
    16 * (window / 4) + 4 * corner + window % 4
  }
}

extension Range<Int> {
  /// Returns the maximal ranges of whole numbers that satisfy a condition.
  fileprivate func stretches(where isIncluded: (Int) -> Bool) -> [Range<Int>] {
    var stretches: [Range<Int>] = []
    for i in self where isIncluded(i) {
      let start = stretches.last?.upperBound == i ? stretches.removeLast().lowerBound : i
      stretches.append(start..<i + 1)
    }
    return stretches
  }
}
