// SPDX-License-Identifier: MIT

extension GridMap {
  /// Returns the map that reads each pixel from a position of the source, bilinearly, with zeros
  /// outside.
  ///
  /// - Parameters:
  ///   - height: The number of rows of the grid.
  ///   - width: The number of columns of the grid.
  ///   - source: Returns the position from which the pixel at a row and a column is read.
  /// - Precondition: The grid has at least two rows and two columns.
  /// - Complexity: O(height · width).
  package static func warp(
    height: Int, width: Int,
    from source: (_ row: Int, _ column: Int) -> (row: Double, column: Double)
  ) -> GridMap {
    let windows = WindowRows(height: height, width: width) { source($0 / width, $0 % width) }
    return windows.permutation.map(GridMap.init(sources:)) ?? .window(windows)
  }
}
