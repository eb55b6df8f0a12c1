// SPDX-License-Identifier: MIT

import GEED

/// The conversion of a batch of examples to the inputs of a model.
struct OnnxInputPlan: Sendable {
  let path: String
  /// The inputs that take the examples: a single one; one and others that receive the same; or several
  /// that take parts of them.
  let examples: [OnnxExampleInput]
  /// Inputs that are filled with one number each.
  let constants: [(info: OnnxValueInfo, type: OnnxElementType, value: Double)]
  private let memoryLimit: Int?

  init(graph: OnnxGraph, options: OnnxOptions) throws {
    path = graph.path
    memoryLimit = options.memoryLimit
    examples =
      options.parts.isEmpty
      ? try Self.wholeExamples(graph, options) : try Self.parts(graph, options)
    constants = try graph.inputs.compactMap { info in
      guard let value = options.constants[info.name] else { return nil }
      return (info, try info.realType(in: graph.path), value)
    }
    for info in examples.map(\.info) + constants.map(\.info) {
      try requireMemory(info.shape?.map { $0.length ?? 1 } ?? [], of: info.name)
    }
  }

  /// The first input that takes examples, or a part of them.
  var input: OnnxExampleInput { examples[0] }

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
  var fixedBatchSize: Int? { examples.lazy.compactMap(\.fixedBatchSize).first }

  /// The shape of one example, channels first; `nil` for an axis that may have any length. Parts of an
  /// example are one vector.
  var exampleShape: [Int?]? {
    let parts = examples.compactMap(\.part)
    return parts.isEmpty ? input.declaredShape : [parts.reduce(0) { $0 + $1.range.count }]
  }

  /// Throws if an input does not take rows of the given shape.
  func requireRows(_ row: [Int]) throws(OnnxModelError) {
    try requirePartsFit(row)
    for input in examples { _ = try input.modelShape(ofRows: row) }
  }

  /// Throws if rows are not the parts of the inputs one after the other.
  private func requirePartsFit(_ row: [Int]) throws(OnnxModelError) {
    guard let last = examples.last?.part?.range.upperBound, row != [last] else { return }
    throw .shapeMismatch(
      path: path, input: examples.map(\.info.name).joined(separator: "', '"),
      expected: "\(last) numbers of each example", found: "\(row)")
  }

  /// Returns the inputs of one run of `size` rows: those of a batch in the range `rows`, the last of
  /// which is repeated if `size` is larger.
  func inputs(
    from batch: Tensor, rows: Range<Int>, paddedTo size: Int
  ) throws -> [OnnxSession.Input] {
    try requirePartsFit(batch.rowShape)
    return try examples.map { input in
      let shape = try input.modelShape(ofRows: batch.rowShape)
      try requireMemory([size] + shape, of: input.info.name)
      let scalars = input.scalars(of: batch, rows: rows, paddedTo: size, modelShape: shape)
      return try made(input.info, input.elementType, [size] + shape, scalars)
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
      return index == 0 || axes[index] == input.info.shape?.first ? batchSize : 1
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
  /// The single input for examples, and those that receive the same.
  private static func wholeExamples(
    _ graph: OnnxGraph, _ options: OnnxOptions
  ) throws -> [OnnxExampleInput] {
    try requireInputs(options.copies.union(options.constants.keys), of: graph)
    let free = graph.inputs.filter {
      options.constants[$0.name] == nil && !options.copies.contains($0.name)
    }
    guard let info = free.first else { throw OnnxModelError.noInput(path: graph.path) }
    guard free.count == 1 else {
      throw OnnxModelError.severalInputs(path: graph.path, inputs: free.map(\.name))
    }
    let input = try OnnxExampleInput(info, in: graph.path, wanted: options.layout)
    let copies = graph.inputs.filter { options.copies.contains($0.name) }
    return try [input]
      + copies.map { copy in
        guard copy.shape == nil || copy.shape?.count == info.shape?.count else {
          throw OnnxModelError.shapeMismatch(
            path: graph.path, input: copy.name, expected: describe(copy.shape ?? []),
            found: "those of '\(info.name)', \(describe(info.shape ?? []))")
        }
        return OnnxExampleInput(
          path: graph.path, info: copy, elementType: try copy.realType(in: graph.path),
          layout: input.layout, layoutNote: input.layoutNote, part: nil)
      }
  }

  /// The inputs that take parts of the examples.
  private static func parts(
    _ graph: OnnxGraph, _ options: OnnxOptions
  ) throws -> [OnnxExampleInput] {
    try requireInputs(Set(options.constants.keys), of: graph)
    if let copy = options.copies.min() {
      throw OnnxModelError.copiedPart(path: graph.path, input: copy)
    }
    let named = Set(options.parts.map(\.name))
    try requireInputs(named, of: graph)
    let missing = graph.inputs.map(\.name).filter {
      !named.contains($0) && options.constants[$0] == nil
    }
    guard missing.isEmpty else {
      throw OnnxModelError.severalInputs(path: graph.path, inputs: missing)
    }
    return try zip(options.parts, options.parts.ranges).compactMap { part, range in
      guard let info = graph.inputs.first(where: { $0.name == part.name }) else { return nil }
      return try OnnxExampleInput(
        info, in: graph.path, wanted: options.layout, part: (range, part.shape))
    }
  }

  private static func requireInputs(_ names: Set<String>, of graph: OnnxGraph) throws {
    let known = graph.inputs.map(\.name)
    for name in names.sorted() where !known.contains(name) {
      throw OnnxModelError.unknownInput(path: graph.path, name: name, inputs: known)
    }
  }
}

extension OnnxGraph {
  /// The input that takes the examples; `nil` if it is not clear which one that is.
  package func exampleInput(options: OnnxOptions) -> OnnxValueInfo? {
    (try? OnnxInputPlan(graph: self, options: options))?.input.info
  }
}
