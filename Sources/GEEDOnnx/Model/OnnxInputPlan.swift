// SPDX-License-Identifier: MIT

import GEED

/// The conversion of a batch of examples to the inputs of a model.
struct OnnxInputPlan: Sendable {
  let path: String
  /// The input that takes the examples.
  let input: OnnxValueInfo
  let elementType: OnnxElementType
  /// Further inputs that receive the same examples.
  let copies: [(info: OnnxValueInfo, type: OnnxElementType)]
  /// Inputs that are filled with one number each.
  let constants: [(info: OnnxValueInfo, type: OnnxElementType, value: Double)]
  /// `nchw` or `nhwc`.
  let layout: OnnxLayout
  let layoutNote: String
  private let memoryLimit: Int?

  init(graph: OnnxGraph, options: OnnxOptions) throws {
    let names = graph.inputs.map(\.name)
    for name in options.copies.union(options.constants.keys).sorted()
    where !names.contains(name) {
      throw OnnxModelError.unknownInput(path: graph.path, name: name, inputs: names)
    }
    let free = graph.inputs.filter {
      options.constants[$0.name] == nil && !options.copies.contains($0.name)
    }
    guard let input = free.first else { throw OnnxModelError.noInput(path: graph.path) }
    guard free.count == 1 else {
      throw OnnxModelError.severalInputs(path: graph.path, inputs: free.map(\.name))
    }
    self.path = graph.path
    self.input = input
    elementType = try Self.type(of: input, in: graph.path)
    constants = try graph.inputs.compactMap { info in
      guard let value = options.constants[info.name] else { return nil }
      return (info, try Self.type(of: info, in: graph.path), value)
    }
    copies = try graph.inputs.filter { options.copies.contains($0.name) }.map { info in
      guard info.shape == nil || info.shape?.count == input.shape?.count else {
        throw OnnxModelError.shapeMismatch(
          path: graph.path, input: info.name, expected: describe(info.shape ?? []),
          found: "those of '\(input.name)', \(describe(input.shape ?? []))")
      }
      return (info, try Self.type(of: info, in: graph.path))
    }
    (layout, layoutNote) = Self.layout(of: input, wanted: options.layout)
    memoryLimit = options.memoryLimit
    for info in [input] + constants.map(\.info) {
      try requireMemory(info.shape?.map { $0.length ?? 1 } ?? [], of: info.name)
    }
  }

  /// Throws if an input of this shape is impossible or takes more memory than allowed.
  func requireMemory(_ shape: [Int], of name: String) throws(OnnxModelError) {
    let what = "its input '\(name)' of shape \(shape)"
    guard let count = try? Tensor.checkedCount(of: shape) else {
      throw .tooLarge(path: path, what: what, bytes: nil, limit: nil)
    }
    guard let memoryLimit, 4 * count > memoryLimit else { return }
    throw .tooLarge(path: path, what: what, bytes: 4 * count, limit: memoryLimit)
  }

  /// The fixed batch size of the model, or `nil` if it takes any.
  var fixedBatchSize: Int? { input.shape?.first?.length }

  /// The shape of one example, channels first; `nil` for an axis that may have any length.
  var exampleShape: [Int?]? {
    guard let axes = input.shape?.dropFirst().map(\.length) else { return nil }
    return layout == .nhwc && axes.count == 3 ? [axes[2], axes[0], axes[1]] : axes
  }

  /// Returns the shape, in the model's own order, in which rows of a given shape are passed on.
  func modelShape(ofRows row: [Int]) throws(OnnxModelError) -> [Int] {
    guard let declared = input.shape?.dropFirst().map(\.length) else { return row }
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
      throw .noExampleAxis(
        path: path, input: input.name, shape: describe(input.shape ?? []))
    }
    throw .shapeMismatch(
      path: path, input: input.name,
      expected: describe(input.shape ?? []) + (layout == .nhwc ? " (NHWC)" : ""),
      found: "\(row)" + (row.count == 3 ? " (channels, rows, columns)" : " each"))
  }

  /// Whether the declared shape is that of a single row, channels first or last.
  private func takesOneExample(of row: [Int]) -> Bool {
    guard let axes = input.shape?.map(\.length), axes.count == row.count, row.count > 1 else {
      return false
    }
    // At least two lengths have to agree, or an axis of examples might be taken for one of the row.
    guard axes.count(where: { $0 != nil }) > 1 else { return false }
    return [row, Array(row.dropFirst()) + row.prefix(1)].contains { row in
      zip(axes, row).allSatisfy { $0 == nil || $0 == $1 }
    }
  }

  /// Returns the inputs of one run of `size` rows: those of a batch in the range `rows`, the last of
  /// which is repeated if `size` is larger.
  func inputs(
    from batch: Tensor, rows: Range<Int>, paddedTo size: Int
  ) throws -> [OnnxSession.Input] {
    let shape = try modelShape(ofRows: batch.rowShape)
    try requireMemory([size] + shape, of: input.name)
    var scalars = batch.scalars
    if rows.count != batch.rowCount || size != rows.count {
      let start = batch.scalarRange(ofRow: rows.lowerBound).lowerBound
      let last = batch.scalarRange(ofRow: rows.upperBound - 1)
      scalars = Array(batch.scalars[start..<last.upperBound])
      for _ in rows.count..<size { scalars.append(contentsOf: batch.scalars[last]) }
    }
    if layout == .nhwc, shape.count == 3, batch.rowShape.count == 3 {
      scalars = transposed(
        scalars, count: size, rows: shape[2], columns: shape[0] * shape[1])
    }
    return try ([(input, elementType)] + copies).map { info, type in
      try made(info, type, [size] + shape, scalars)
    }
      + constants.map { info, type, value in
        let shape = constantShape(of: info, batchSize: size)
        try requireMemory(shape, of: info.name)
        let scalars = Array(repeating: value, count: Tensor.count(of: shape))
        return try made(info, type, shape, scalars)
      }
  }

  /// The shape of a constant input: a variable first axis counts examples; other variable axes have
  /// length 1.
  private func constantShape(of info: OnnxValueInfo, batchSize: Int) -> [Int] {
    let axes = info.shape ?? []
    return axes.indices.map { index in
      if let length = axes[index].length { return length }
      return index == 0 || axes[index] == input.shape?.first ? batchSize : 1
    }
  }

  private func made(
    _ info: OnnxValueInfo, _ type: OnnxElementType, _ shape: [Int],
    _ scalars: [some BinaryFloatingPoint]
  ) throws(OnnxModelError) -> OnnxSession.Input {
    guard let converted = OnnxScalars(scalars, as: type) else {
      throw .unsupportedType(path: path, tensor: info.name, type: "\(type)")
    }
    return OnnxSession.Input(
      name: info.name, scalars: converted, shape: shape, elementType: type)
  }
}

extension OnnxInputPlan {
  private static func type(
    of info: OnnxValueInfo, in path: String
  ) throws(OnnxModelError) -> OnnxElementType {
    guard info.isTensor, let type = info.elementType, type.isReal else {
      let found = info.elementType.map { "\($0)" } ?? "of a type that is not known"
      throw .unsupportedType(path: path, tensor: info.name, type: found)
    }
    return type
  }

  private static func layout(
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

extension OnnxGraph {
  /// The number of axes of the input that takes the examples, with that of the batch; `nil` if the file
  /// does not state it, or if it is not clear which input that is.
  package func inputAxisCount(options: OnnxOptions) -> Int? {
    (try? OnnxInputPlan(graph: self, options: options))?.input.shape?.count
  }
}
