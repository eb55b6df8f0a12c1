// SPDX-License-Identifier: MIT

/// Two whole numbers, one for the rows of a grid and one for its columns: a size, a stride.
public struct GridSteps: Sendable, Hashable, Codable {
  /// Down.
  public var rows: Int
  /// To the right.
  public var columns: Int

  /// Creates a pair.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// The same number in both directions.
  public init(_ both: Int) {
    self.init(rows: both, columns: both)
  }
}

/// Zeros that are added around a grid; negative numbers take lines away.
public struct GridPadding: Sendable, Hashable, Codable {
  /// Above the first row.
  public var top: Int
  /// To the left of the first column.
  public var left: Int
  /// Below the last row.
  public var bottom: Int
  /// To the right of the last column.
  public var right: Int

  /// Creates a padding from its four sides.
  public init(top: Int, left: Int, bottom: Int, right: Int) {
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }

  /// The same number on all sides.
  public init(_ all: Int) {
    self.init(top: all, left: all, bottom: all, right: all)
  }
}
