// SPDX-License-Identifier: MIT

/// A linear or affine map of one grid of scalars, computed once for any number of grids.
package enum GridMap: Sendable, Hashable {
  case identity
  /// Scalar *i* of the result is scalar `sources[i]` of the source.
  case permutation(sources: [Int32])
  /// Each pixel of the result is a weighted sum of 2 × 2 neighbors in the source.
  case window(WindowRows)
  /// Each scalar of the result is a weighted sum of a few scalars of the source.
  case sparse(SparseRows)
  /// Each scalar of the result is a weighted sum of many, along the rows, then the columns.
  case separable(SeparableMap)
  /// Each scalar is multiplied by `gain`, then `offset` is added.
  case pointwise(gain: Double, offset: Double)

  /// Creates the map that resamples a `height` × `width` grid.
  package init(
    _ transform: GridTransform, height: Int, width: Int, interpolation: Interpolation
  ) {
    precondition(
      height == width || !transform.swapsAxes,
      "A quarter turn needs a square grid, but this one is \(height) x \(width).")
    let isCircular = transform.rowShift != 0 || transform.columnShift != 0
    func source(of pixel: Int) -> (row: Double, column: Double) {
      transform.source(row: pixel / width, column: pixel % width, height: height, width: width)
    }
    if interpolation == .bilinear, !isCircular, height > 1, width > 1 {
      let windows = WindowRows(height: height, width: width, source: source)
      self = windows.permutation.map(GridMap.init(sources:)) ?? .window(windows)
      return
    }
    var rows = SparseRows(
      count: height * width, tapCount: interpolation.tapCount * interpolation.tapCount)
    for pixel in 0..<height * width {
      let source = source(of: pixel)
      // Across the border of a grid of height or width 1 lies the same pixel again.
      let rowTaps = interpolation.taps(at: isCircular && height == 1 ? 0 : source.row)
      let columnTaps = interpolation.taps(at: isCircular && width == 1 ? 0 : source.column)
      var tap = pixel * rows.tapCount
      for i in 0..<rowTaps.count {
        guard let row = place(rowTaps.first + i, on: height, isCircular) else { continue }
        for j in 0..<columnTaps.count {
          guard let column = place(columnTaps.first + j, on: width, isCircular) else { continue }
          rows.sources[tap] = Int32(row * width + column)
          rows.weights[tap] = Float(rowTaps.weights[i] * columnTaps.weights[j])
          tap += 1
        }
      }
    }
    self = rows.permutation.map(GridMap.init(sources:)) ?? .sparse(rows)
  }

  /// Creates the map that permutes scalars, or the identity if it moves none.
  init(sources: [Int32]) {
    let movesNothing = sources.enumerated().allSatisfy { $0 == $1 }
    self = movesNothing ? .identity : .permutation(sources: sources)
  }

  /// Returns the map that reads each pixel from a position of the source, bilinearly.
  package static func warp(
    height: Int, width: Int,
    from source: (_ row: Int, _ column: Int) -> (row: Double, column: Double)
  ) -> GridMap {
    let windows = WindowRows(height: height, width: width) { source($0 / width, $0 % width) }
    return windows.permutation.map(GridMap.init(sources:)) ?? .window(windows)
  }

  /// Returns the scalars that contribute to scalar `i`, with their weights, without an offset.
  func taps(of i: Int) -> [(source: Int, weight: Double)] {
    switch self {
    case .identity: [(i, 1)]
    case .permutation(let sources): [(Int(sources[i]), 1)]
    case .window(let windows): windows.taps(of: i)
    case .separable(let separable): separable.taps(of: i)
    case .pointwise(let gain, _): [(i, gain)]
    case .sparse(let rows):
      (i * rows.tapCount..<(i + 1) * rows.tapCount).compactMap {
        rows.weights[$0] == 0 ? nil : (Int(rows.sources[$0]), Double(rows.weights[$0]))
      }
    }
  }
}

/// Returns the position on an axis for an index, or `nil` outside the image.
private func place(_ index: Int, on length: Int, _ isCircular: Bool) -> Int? {
  if (0..<length).contains(index) { return index }
  return isCircular ? (index % length + length) % length : nil
}

/// A fixed number of weighted sources for each scalar of a result.
package struct SparseRows: Sendable, Hashable {
  /// The number of sources of each scalar of the result; missing ones have weight 0.
  let tapCount: Int
  /// The sources, `tapCount` for each scalar of the result.
  fileprivate(set) var sources: [Int32]
  /// The weights of the sources, in the same order.
  fileprivate(set) var weights: [Float]

  /// Creates `count` rows in which all weights are 0.
  fileprivate init(count: Int, tapCount: Int) {
    self.tapCount = tapCount
    sources = Array(repeating: 0, count: count * tapCount)
    weights = Array(repeating: 0, count: count * tapCount)
  }

  /// The source of each scalar, if every scalar has exactly one, of weight 1.
  fileprivate var permutation: [Int32]? {
    for position in weights.indices
    where weights[position] != (position.isMultiple(of: tapCount) ? 1 : 0) {
      return nil
    }
    return stride(from: 0, to: sources.count, by: tapCount).map { sources[$0] }
  }
}
