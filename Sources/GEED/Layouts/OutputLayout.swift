// SPDX-License-Identifier: MIT

/// The order of the axes of an output: the positions of the channels and the grid of a feature map.
///
/// Channelwise probes compare arrays `[C, H, W]`. A probe with a layout first rearranges its
/// outputs into this order.
public enum OutputLayout: Sendable, Hashable {
  /// Channels first, `[N, C, H, W]`, also on several axes as in `[N, C, |G|, H, W]`.
  case nchw
  /// Channels last, `[N, H, W, C]`, where they may be on several axes too.
  case nhwc
  /// A sequence of `others` + `rows` · `columns` tokens, `[N, T, C]`: first the class and register
  /// tokens, which are left out, then the grid row by row.
  case tokens(rows: Int, columns: Int, others: Int)
  /// No grid: `[N, ...]`, unchanged.
  case vector
}

extension OutputLayout: StringCodable {
  package static var expectation: String { "a layout such as nchw" }

  /// `nchw`, `nhwc`, `tokens:14x14`, `tokens:14x14+1` or `vector`.
  public var description: String {
    switch self {
    case .nchw: "nchw"
    case .nhwc: "nhwc"
    case .tokens(let rows, let columns, let others):
      "tokens:\(rows)x\(columns)" + (others == 0 ? "" : "+\(others)")
    case .vector: "vector"
    }
  }

  /// Creates a layout from its ``description``; `nil` for any other text.
  public init?(_ description: String) {
    switch description {
    case "nchw": self = .nchw
    case "nhwc": self = .nhwc
    case "vector": self = .vector
    default:
      guard description.hasPrefix("tokens:") else { return nil }
      let words = description.dropFirst("tokens:".count)
        .split(separator: "+", omittingEmptySubsequences: false)
      let sides = words[0].split(separator: "x", omittingEmptySubsequences: false)
        .map(Self.count)
      let others = words.count == 2 ? Self.count(words[1]) : words.count == 1 ? 0 : nil
      guard sides.count == 2, let rows = sides[0], let columns = sides[1], let others, rows > 0,
        columns > 0
      else { return nil }
      self = .tokens(rows: rows, columns: columns, others: others)
    }
  }

  /// Returns a count of at most nine digits, so that products of two counts cannot overflow.
  private static func count(_ text: Substring) -> Int? {
    (1...9).contains(text.count) && text.utf8.allSatisfy { (48...57).contains($0) }
      ? Int(text) : nil
  }
}

extension OutputLayout {
  /// Returns the shape of rearranged rows, `[C, H, W]`; for vectors the shape itself.
  package func rearrangedShape(of shape: [Int]) -> [Int]? {
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

  /// Returns rows of a batch of outputs `[N, ...]` in the order `[C, H, W]`, in a batch with the
  /// index of the first of them; `nil` if outputs of this shape cannot have this layout.
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
