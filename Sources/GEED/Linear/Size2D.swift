// SPDX-License-Identifier: MIT

/// Two whole numbers, one for the rows of a grid and one for its columns: a size, a stride.
package struct Size2D: Sendable, Hashable, Codable {
  /// The number in the vertical direction.
  package var rows: Int
  /// The number in the horizontal direction.
  package var columns: Int

  /// Creates a pair.
  package init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// Creates a pair with the same number in both directions.
  package init(_ both: Int) {
    self.init(rows: both, columns: both)
  }
}

/// The numbers of zeros that are added around a grid; negative numbers remove rows or columns.
package struct GridPadding: Sendable, Hashable, Codable {
  /// The number of rows above the first row.
  package var top: Int
  /// The number of columns to the left of the first column.
  package var left: Int
  /// The number of rows below the last row.
  package var bottom: Int
  /// The number of columns to the right of the last column.
  package var right: Int

  /// Creates a padding from its four sides.
  package init(top: Int, left: Int, bottom: Int, right: Int) {
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }

  /// Creates a padding with the same number on all sides.
  package init(_ all: Int) {
    self.init(top: all, left: all, bottom: all, right: all)
  }
}
