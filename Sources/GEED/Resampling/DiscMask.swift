// SPDX-License-Identifier: MIT

/// The disc inscribed in a grid: the part of a picture that stays inside it under rotations.
///
/// The disc consists of the pixels whose centers are at most min(H, W)/2 from the center of the
/// grid ((H − 1)/2, (W − 1)/2). Quarter turns and reflections of a square grid map it onto itself;
/// other rotations do so up to the interpolated pixels at its edge.
package struct DiscMask: Sendable, Hashable {
  /// The number of rows.
  package let height: Int

  /// The number of columns.
  package let width: Int

  /// The columns inside the disc, for each row from the top.
  package let columns: [Range<Int>]

  /// Creates the mask of a grid.
  ///
  /// - Precondition: Both sides are positive.
  /// - Complexity: O(`height`).
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

  /// The number of pixels inside.
  package var pixelCount: Int { columns.reduce(0) { $0 + $1.count } }

  /// Whether a pixel is inside.
  package func contains(row: Int, column: Int) -> Bool {
    columns.indices.contains(row) && columns[row].contains(column)
  }

  /// Returns the array with zeros outside the disc of its last two axes.
  ///
  /// - Precondition: The last two axes of `x` are this mask's ``height`` and ``width``.
  package func callAsFunction(_ x: Tensor) -> Tensor {
    precondition(
      Array(x.shape.suffix(2)) == [height, width],
      "Expected arrays [..., \(height), \(width)], but got shape \(x.shape).")
    var scalars = [Float](repeating: 0, count: x.scalars.count)
    for start in stride(from: 0, to: scalars.count, by: width) {
      for column in columns[start / width % height] {
        scalars[start + column] = x.scalars[start + column]
      }
    }
    return Tensor(shape: x.shape, scalars: scalars)
  }
}
