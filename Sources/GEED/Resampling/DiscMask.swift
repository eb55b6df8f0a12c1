// SPDX-License-Identifier: MIT

/// The disc inscribed in a grid: the pixels whose centers are at most min(H, W)/2 from the center
/// of the grid. Symmetries of a square grid map it onto itself, other rotations up to its edge.
package struct DiscMask: Sendable, Hashable {
  package let height: Int
  package let width: Int

  /// The columns inside the disc, for each row from the top.
  package let columns: [Range<Int>]

  package init(height: Int, width: Int) {
    precondition(
      height > 0 && width > 0, "Expected a grid, but got \(height) rows and \(width) columns.")
    self.height = height
    self.width = width
    // In half pixels all quantities are whole numbers, so membership does not depend on rounding.
    let diameter = min(height, width)
    columns = (0..<height).map { row in
      let down = 2 * row - (height - 1)
      let inside = (0..<width).filter { column in
        let right = 2 * column - (width - 1)
        return down * down + right * right <= diameter * diameter
      }
      guard let first = inside.first, let last = inside.last else { return 0..<0 }
      return first..<last + 1
    }
  }

  /// Returns the array with zeros outside the disc of its last two axes.
  package func callAsFunction(_ x: Tensor) -> Tensor {
    precondition(
      Array(x.shape.suffix(2)) == [height, width],
      "Expected arrays [..., \(height), \(width)], but got shape \(x.shape).")
    var scalars = [Float](repeating: 0, count: x.scalars.count)
    forEachPosition(in: scalars.count) { scalars[$0] = x.scalars[$0] }
    return Tensor(shape: x.shape, scalars: scalars)
  }

  /// Calls `body` with every position inside the disc, in an array of `count` scalars.
  func forEachPosition(in count: Int, _ body: (Int) -> Void) {
    for start in stride(from: 0, to: count, by: width) {
      for column in columns[start / width % height] { body(start + column) }
    }
  }
}
