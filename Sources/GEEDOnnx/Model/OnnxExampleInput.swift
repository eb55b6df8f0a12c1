// SPDX-License-Identifier: MIT

import GEED

/// An input of a model that takes the examples, or a part of each.
struct OnnxExampleInput: Sendable {
  let path: String
  let info: OnnxValueInfo
  let elementType: OnnxElementType
  /// `nchw` or `nhwc`.
  let layout: OnnxLayout
  /// How the layout was chosen, in a sentence.
  let layoutNote: String
  /// The part of each example that it takes, and its shape; `nil` for all.
  let part: (range: Range<Int>, shape: [Int])?

  /// The fixed batch size, or `nil` if it takes any.
  var fixedBatchSize: Int? { info.shape?.first?.length }

  /// The shape of one example, channels first; `nil` for an axis that may have any length, and as a
  /// whole if none is declared.
  var declaredShape: [Int?]? {
    guard let axes = info.shape?.dropFirst().map(\.length) else { return nil }
    return layout == .nhwc && axes.count == 3 ? [axes[2], axes[0], axes[1]] : axes
  }

  /// Returns the shape of this input's rows, of a batch with rows of the given shape.
  func rowShape(in row: [Int]) -> [Int] { part?.shape ?? row }

  /// Returns the shape, in the model's own order, in which rows of a given shape are passed on.
  func modelShape(ofRows given: [Int]) throws(OnnxModelError) -> [Int] {
    let row = rowShape(in: given)
    guard let declared = info.shape?.dropFirst().map(\.length) else { return row }
    let ordered = layout == .nhwc && row.count == 3 ? [row[1], row[2], row[0]] : row
    if declared.count == ordered.count,
      zip(declared, ordered).allSatisfy({ $0 == nil || $0 == $1 })
    {
      return ordered
    }
    // A fully connected network takes the same numbers as a vector; axes of length 1 may be
    // omitted. Any other shape would mean other rows and columns.
    let fixed = declared.compactMap(\.self)
    if declared.count != row.count, fixed.count == declared.count,
      fixed.filter({ $0 != 1 }) == row.filter({ $0 != 1 })
        || declared.count == 1 && fixed[0] == Tensor.count(of: row)
    {
      return fixed
    }
    if takesOneExample(of: row) {
      throw .noExampleAxis(path: path, input: info.name, shape: describe(info.shape ?? []))
    }
    throw .shapeMismatch(
      path: path, input: info.name,
      expected: describe(info.shape ?? []) + (layout == .nhwc ? " (NHWC)" : ""),
      found: "\(row)" + (row.count == 3 ? " (channels, rows, columns)" : " each"))
  }

  /// Whether the declared shape is that of a single row, channels first or last.
  private func takesOneExample(of row: [Int]) -> Bool {
    guard let axes = info.shape?.map(\.length), axes.count == row.count, row.count > 1 else {
      return false
    }
    // At least two lengths have to agree, or an axis of examples might be taken for one of the row.
    guard axes.count(where: { $0 != nil }) > 1 else { return false }
    return [row, Array(row.dropFirst()) + row.prefix(1)].contains { row in
      zip(axes, row).allSatisfy { $0 == nil || $0 == $1 }
    }
  }

  /// Returns the scalars of rows of a batch in the model's own order, the last of which is repeated if
  /// `size` is larger.
  func scalars(
    of batch: Tensor, rows: Range<Int>, paddedTo size: Int, modelShape shape: [Int]
  ) -> [Float] {
    var scalars = batch.scalars
    let isWhole = rows.count == batch.rowCount && size == rows.count
    if let range = part?.range {
      let places = (0..<size).map { min(rows.lowerBound + $0, rows.upperBound - 1) }
      scalars = []
      scalars.reserveCapacity(size * range.count)
      for row in places {
        let start = batch.scalarRange(ofRow: row).lowerBound
        scalars += batch.scalars[start + range.lowerBound..<start + range.upperBound]
      }
    } else if !isWhole {
      let start = batch.scalarRange(ofRow: rows.lowerBound).lowerBound
      let last = batch.scalarRange(ofRow: rows.upperBound - 1)
      scalars = Array(batch.scalars[start..<last.upperBound])
      for _ in rows.count..<size { scalars.append(contentsOf: batch.scalars[last]) }
    }
    guard layout == .nhwc, shape.count == 3, rowShape(in: batch.rowShape).count == 3 else {
      return scalars
    }
    return transposed(scalars, count: size, rows: shape[2], columns: shape[0] * shape[1])
  }
}

extension OnnxExampleInput {
  /// Creates an input, and chooses the order of its axes.
  init(
    _ info: OnnxValueInfo, in path: String, wanted: OnnxLayout,
    part: (range: Range<Int>, shape: [Int])? = nil
  ) throws(OnnxModelError) {
    self.path = path
    self.info = info
    self.part = part
    elementType = try info.realType(in: path)
    (layout, layoutNote) = Self.layout(of: info, wanted: wanted)
  }

  fileprivate static func layout(
    of input: OnnxValueInfo, wanted: OnnxLayout
  ) -> (OnnxLayout, String) {
    guard let shape = input.shape else {
      return (wanted == .nhwc ? .nhwc : .nchw, "The input '\(input.name)' declares no shape.")
    }
    let text = "The input '\(input.name)' \(describe(shape))"
    guard shape.count == 4 else { return (.nchw, "\(text) is no batch of images.") }
    guard wanted == .auto else {
      return (wanted, "\(text) is \(wanted.rawValue.uppercased()), as asked for.")
    }
    let (layout, reason) = OnnxLayout.deduced(from: shape)
    return (layout, "\(text) is taken as \(layout.rawValue.uppercased()): \(reason).")
  }
}

extension OnnxValueInfo {
  /// Whether images have their channels on the last axis, by the shape or as asked for.
  package func hasChannelsLast(wanted: OnnxLayout) -> Bool {
    OnnxExampleInput.layout(of: self, wanted: wanted).0 == .nhwc
  }

  /// The element type if it holds real numbers.
  func realType(in path: String) throws(OnnxModelError) -> OnnxElementType {
    guard isTensor, let type = elementType, type.isReal else {
      let found = elementType.map { "\($0)" } ?? "of a type that is not known"
      throw .unsupportedType(path: path, tensor: name, type: found)
    }
    return type
  }
}
