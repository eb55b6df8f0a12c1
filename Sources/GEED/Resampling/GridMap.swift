// SPDX-License-Identifier: MIT

/// A linear map of one grid of scalars, computed once and applied to any number of grids.
public enum GridMap: Sendable, Hashable {
  /// Every scalar stays where it is.
  case identity
  /// Scalar *i* of the result is scalar `sources[i]` of the source.
  case permutation(sources: [Int32])
  /// Each scalar of the result is a weighted sum of a few scalars of the source.
  case sparse(SparseRows)
  /// The result is a square matrix, row-major, times the source.
  case matrix([Double])

  /// The map that resamples a `height` × `width` grid.
  ///
  /// Quarter turns of square grids, half turns, reflections and shifts by whole pixels move pixels
  /// and are exact to the bit; everything else interpolates.
  ///
  /// - Precondition: The grid is square if `transform` holds a quarter turn.
  /// - Complexity: O(height · width · taps), with 4 taps for bilinear and 36 for Lanczos.
  public init(
    _ transform: GridTransform, height: Int, width: Int, interpolation: Interpolation
  ) {
    precondition(
      height == width || !transform.swapsAxes,
      "A quarter turn needs a square grid, but this one is \(height) x \(width).")
    let isCircular = transform.rowShift != 0 || transform.columnShift != 0
    let rows = (0..<height * width).map { pixel in
      let source = transform.source(
        row: pixel / width, column: pixel % width, height: height, width: width)
      let columnTaps = inside(
        interpolation.taps(at: source.column), length: width, isCircular: isCircular)
      return inside(interpolation.taps(at: source.row), length: height, isCircular: isCircular)
        .flatMap { row in
          columnTaps.map { (Int32(row.index * width + $0.index), Float(row.weight * $0.weight)) }
        }
    }
    self.init(rows: rows)
  }

  /// The simplest map with these sources and weights for each scalar of the result.
  init(rows: [[(source: Int32, weight: Float)]]) {
    guard rows.allSatisfy({ $0.count == 1 && $0[0].weight == 1 }) else {
      self = .sparse(SparseRows(rows))
      return
    }
    self.init(sources: rows.map { $0[0].source })
  }

  /// The map that moves scalars, or the identity where it moves none.
  init(sources: [Int32]) {
    let movesNothing = sources.enumerated().allSatisfy { $0 == $1 }
    self = movesNothing ? .identity : .permutation(sources: sources)
  }
}

/// The taps that fall on the grid, or come back onto it around the border.
private func inside(
  _ taps: [(index: Int, weight: Double)], length: Int, isCircular: Bool
) -> [(index: Int, weight: Double)] {
  guard isCircular else { return taps.filter { (0..<length).contains($0.index) } }
  // On a short axis several taps come back onto one pixel; they count as one.
  return taps.reduce(into: []) { result, tap in
    let index = (tap.index % length + length) % length
    if let known = result.firstIndex(where: { $0.index == index }) {
      result[known].weight += tap.weight
    } else {
      result.append((index, tap.weight))
    }
  }
}

/// For each scalar of a result the same number of weighted sources.
public struct SparseRows: Sendable, Hashable {
  /// How many sources each scalar of the result has; missing ones have weight 0.
  let tapCount: Int
  /// The sources, `tapCount` for each scalar of the result.
  let sources: [Int32]
  /// Their weights, likewise.
  let weights: [Float]

  init(_ rows: [[(source: Int32, weight: Float)]]) {
    let tapCount = rows.map(\.count).max() ?? 0
    self.tapCount = tapCount
    var sources = [Int32](repeating: 0, count: rows.count * tapCount)
    var weights = [Float](repeating: 0, count: rows.count * tapCount)
    for (i, row) in rows.enumerated() {
      for (t, tap) in row.enumerated() {
        sources[i * tapCount + t] = tap.source
        weights[i * tapCount + t] = tap.weight
      }
    }
    self.sources = sources
    self.weights = weights
  }
}
