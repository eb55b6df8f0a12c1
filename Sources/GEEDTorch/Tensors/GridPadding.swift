// SPDX-License-Identifier: MIT

/// The numbers of rows and columns that are added around a grid.
public struct GridPadding: Hashable, Sendable, ExpressibleByIntegerLiteral {
  package let top, left, bottom, right: Int

  package init(top: Int, left: Int, bottom: Int, right: Int) {
    (self.top, self.left, self.bottom, self.right) = (top, left, bottom, right)
  }

  /// Creates a padding of equal width on all sides.
  public init(_ width: Int) {
    self.init(top: width, left: width, bottom: width, right: width)
  }

  public init(integerLiteral width: Int) { self.init(width) }

  /// Returns TensorFlow's padding `SAME` for windows of `size` x `size` pixels.
  ///
  /// The windows begin every `stride` pixels and there are ⌈n / stride⌉ of them along n pixels, so the
  /// zeros depend on n. An odd one is at the bottom or on the right.
  package static func same(
    height: Int, width: Int, size: Int, stride: Int
  ) -> GridPadding {
    func zeros(_ length: Int) -> (before: Int, after: Int) {
      let count = (length + stride - 1) / stride
      let total = max(0, (count - 1) * stride + size - length)
      return (total / 2, total - total / 2)
    }
    let (rows, columns) = (zeros(height), zeros(width))
    return GridPadding(
      top: rows.before, left: columns.before, bottom: rows.after, right: columns.after)
  }
}
