// SPDX-License-Identifier: MIT

extension OutputLayout {
  /// Returns the shape of rearranged rows, `[C, H, W]`; for vectors the shape itself.
  ///
  /// - Parameter shape: The shape of one output, without the batch axis.
  /// - Returns: `nil` if outputs of this shape cannot have this layout.
  public func rearrangedShape(of shape: [Int]) -> [Int]? {
    switch self {
    case .vector:
      return shape
    case .nchw:
      guard shape.count >= 3 else { return nil }
      return [Tensor.count(of: Array(shape.dropLast(2)))] + shape.suffix(2)
    case .nhwc:
      guard shape.count >= 3 else { return nil }
      return [Tensor.count(of: Array(shape.dropFirst(2)))] + shape.prefix(2)
    case .tokens(let rows, let columns, let others):
      guard shape.count == 2, shape[0] == others + rows * columns else { return nil }
      return [shape[1], rows, columns]
    }
  }

  /// Rearranges rows of a batch into the order `[C, H, W]`.
  ///
  /// - Parameters:
  ///   - batch: Outputs, `[N, ...]`.
  ///   - rows: The rows to rearrange.
  /// - Returns: A batch and the index of the first of these rows in it; `batch` itself, under
  ///   another shape, if no scalar has to move. `nil` if outputs of this shape cannot have this
  ///   layout.
  /// - Complexity: O(scalars of the rows), or O(1) for channels first and vectors.
  package func rearranged(_ batch: Tensor, rows: Range<Int>) -> (batch: Tensor, firstRow: Int)? {
    guard let shape = rearrangedShape(of: batch.rowShape) else { return nil }
    let others: Int
    switch self {
    case .nchw, .vector:
      return (
        shape == batch.rowShape ? batch : batch.reshaped(to: [batch.rowCount] + shape),
        rows.lowerBound
      )
    case .nhwc: others = 0
    case .tokens(_, _, let count): others = count
    }
    let (channels, pixels) = (shape[0], shape[1] * shape[2])
    let size = (others + pixels) * channels
    let scalars = [Float](
      unsafeUninitializedCapacity: rows.count * channels * pixels
    ) { result, count in
      count = rows.count * channels * pixels
      batch.scalars.withUnsafeBufferPointer { source in
        for (position, row) in rows.enumerated() {
          transpose(
            UnsafeBufferPointer(
              rebasing: source[row * size + others * channels..<(row + 1) * size]),
            rows: pixels, columns: channels,
            into: UnsafeMutableBufferPointer(
              rebasing: result[position * channels * pixels..<(position + 1) * channels * pixels]))
        }
      }
    }
    return (Tensor(shape: [rows.count] + shape, scalars: scalars), 0)
  }
}

/// Writes the transpose of a matrix, in tiles that fit the first-level cache.
private func transpose(
  _ source: UnsafeBufferPointer<Float>, rows: Int, columns: Int,
  into result: UnsafeMutableBufferPointer<Float>
) {
  let tile = 32
  for firstRow in stride(from: 0, to: rows, by: tile) {
    for firstColumn in stride(from: 0, to: columns, by: tile) {
      for column in firstColumn..<min(firstColumn + tile, columns) {
        for row in firstRow..<min(firstRow + tile, rows) {
          result[column * rows + row] = source[row * columns + column]
        }
      }
    }
  }
}
