// SPDX-License-Identifier: MIT

/// Two whole numbers, one for the rows of a grid and one for its columns: a size, a stride.
public struct Size2D: Sendable, Hashable, Codable {
  /// The number in the vertical direction.
  public var rows: Int
  /// The number in the horizontal direction.
  public var columns: Int

  /// Creates a pair.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// Creates a pair with the same number in both directions.
  public init(_ both: Int) {
    self.init(rows: both, columns: both)
  }
}

/// The numbers of zeros that are added around a grid; negative numbers remove rows or columns.
public struct GridPadding: Sendable, Hashable, Codable {
  /// The number of rows above the first row.
  public var top: Int
  /// The number of columns to the left of the first column.
  public var left: Int
  /// The number of rows below the last row.
  public var bottom: Int
  /// The number of columns to the right of the last column.
  public var right: Int

  /// Creates a padding from its four sides.
  public init(top: Int, left: Int, bottom: Int, right: Int) {
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }

  /// Creates a padding with the same number on all sides.
  public init(_ all: Int) {
    self.init(top: all, left: all, bottom: all, right: all)
  }
}
