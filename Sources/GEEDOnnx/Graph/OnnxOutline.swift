// SPDX-License-Identifier: MIT

import Foundation
import GEED
import SwiftProtobuf

/// A model without the values of its weights, in whose place there are inputs of the same types, and
/// without its own inputs and outputs. Shapes can be inferred from it.
struct OnnxOutline {
  /// The shapes of the constants of the graph, by name.
  private(set) var constantShapes: [String: [Int]] = [:]

  /// The operators of the functions that the file defines.
  private(set) var functionNodes: [ProtoNode] = []

  /// The model besides its graph.
  private var model = Data()

  /// What is kept of the graph.
  private var graph = Data()

  /// The inputs in place of weights.
  private var weights: [ProtoValueInfo] = []

  /// Constants with more numbers are weights; others may determine shapes.
  private static let largestKeptCount = 64

  /// The element types of weights. Constants of other types are kept whatever their size.
  private static let weightTypes: Set<OnnxElementType> = [
    .float32, .float64, .float16, .bfloat16, .int8, .uint8,
  ]

  /// The numbers of the fields of a graph that need attention.
  private enum Part: UInt64 {
    case node = 1
    case initializer = 5
    case input = 11
    case output, valueInfo, quantization
  }

  /// Reads the bytes of a model.
  ///
  /// - Throws: ``WireError`` if they are not a valid protocol buffer.
  init(of bytes: Data) throws {
    var inputs: [WireMessage.Field] = []
    try bytes.withUnsafeBytes { bytes in
      // Several messages for one graph are read as one.
      try WireMessage(bytes).forEachField { field in
        guard field.number == 7 else {
          if field.number == 25 { try addFunction(field.message()) }
          return model.append(contentsOf: field.encoded)
        }
        try field.message().forEachField { field in
          if field.number == Part.input.rawValue { return inputs.append(field) }
          if try isKept(field) { graph.append(contentsOf: field.encoded) }
        }
      }
      // Older files declare their constants as inputs too.
      let replaced = Set(weights.map(\.name))
      for input in inputs {
        let name = try input.decoded(ProtoValueInfo.self).name
        guard constantShapes[name] != nil, !replaced.contains(name) else { continue }
        graph.append(contentsOf: input.encoded)
      }
    }
  }

  private mutating func addFunction(_ function: WireMessage) throws {
    try function.forEachField { field in
      if field.number == 7 { functionNodes.append(try field.decoded(ProtoNode.self)) }
    }
  }

  private mutating func isKept(_ field: WireMessage.Field) throws -> Bool {
    let constant: StoredTensor?
    switch Part(rawValue: field.number) {
    case .output, .valueInfo, .quantization: return false
    case .initializer: constant = try StoredTensor(field.message())
    case .node: constant = try StoredTensor(ofNode: field.message())
    case .input, nil: constant = nil
    }
    guard let constant else { return true }
    constantShapes[constant.name] = constant.shape
    guard let type = OnnxElementType(rawValue: Int32(clamping: constant.dataType)),
      Self.weightTypes.contains(type),
      let count = try? Tensor.checkedCount(of: constant.shape), count > Self.largestKeptCount
    else { return true }
    weights.append(ProtoValueInfo(name: constant.name, type: type, shape: constant.shape))
    return false
  }

  /// The constants that are kept, as a model.
  var constants: Data { bytes(adding: Data()) }

  /// Returns the bytes of a model without outputs, with these inputs besides those in place of weights.
  func bytes(inputs: [ProtoValueInfo]) throws -> Data {
    try bytes(adding: ProtoGraph.with { $0.input = inputs + weights }.serializedData())
  }

  private func bytes(adding part: Data) -> Data {
    var bytes = model
    bytes.append(7 << 3 | 2)
    bytes.append(integer: UInt64(graph.count + part.count))
    return bytes + graph + part
  }
}

extension ProtoValueInfo {
  /// The declaration of a tensor of a known shape.
  init(name: String, type: OnnxElementType, shape: [Int]) {
    self = .with {
      $0.name = name
      $0.type.tensorType.elemType = type.rawValue
      $0.type.tensorType.shape.dim = shape.map { length in .with { $0.dimValue = Int64(length) } }
    }
  }
}

extension Data {
  /// Appends an integer in the variable length of protocol buffers.
  fileprivate mutating func append(integer: UInt64) {
    var rest = integer
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }
}
