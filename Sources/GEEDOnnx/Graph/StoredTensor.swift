// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// The description of a constant in an ONNX file, without its values.
struct StoredTensor {
  private(set) var name = ""
  private(set) var shape: [Int] = []
  /// ONNX's code of the element type, which may be one that ``OnnxElementType`` lacks.
  private(set) var dataType = 0
  /// The number of bytes of the values that are stored as raw data.
  private(set) var byteCount = 0
  /// The number of values that are stored in fields for their type.
  private(set) var numberCount = 0
  /// The location of values that are stored in another file.
  private(set) var external: [ProtoExternalEntry] = []
  private(set) var isExternal = false

  /// The number of bytes that the values take, or `nil` if the type does not determine it.
  var size: Int? { elementCount.flatMap { bytes(of: $0) } }

  private var elementCount: Int? { try? Tensor.checkedCount(of: shape) }

  /// The inconsistency of the constant, as the end of a sentence, or `nil`.
  var validationError: String? {
    guard let count = elementCount else { return "its shape \(shape) is not possible" }
    let places = (byteCount > 0 ? 1 : 0) + (numberCount > 0 ? 1 : 0) + (isExternal ? 1 : 0)
    guard places < 2 else { return "its values are there twice" }
    guard !isExternal, let size = bytes(of: count) else { return nil }
    if numberCount > 0 {
      guard let expected = numbers(of: count), expected != numberCount else { return nil }
      return "its shape \(shape) takes \(expected) numbers, but there are \(numberCount)"
    }
    guard byteCount != size else { return nil }
    return "its shape \(shape) takes \(size) bytes, but there are \(byteCount)"
  }

  /// Returns the number of bytes of `count` elements.
  private func bytes(of count: Int) -> Int? {
    switch dataType {
    case 17...20, 24: count
    case 21...23: (count + 1) / 2
    default: OnnxElementType(rawValue: Int32(clamping: dataType))?.byteCount.map { $0 * count }
    }
  }

  /// Returns the number of entries that `count` elements take in the field for the type.
  private func numbers(of count: Int) -> Int? {
    switch OnnxElementType(rawValue: Int32(clamping: dataType)) {
    case .complex64, .complex128: 2 * count
    case nil: nil
    default: count
    }
  }
}

// MARK: - Reading constants

extension StoredTensor {
  /// The messages of an ONNX file on the way to its constants.
  private enum Part { case model, graph, function, node, attribute, sparse, tensor }

  /// The messages inside of messages, by the numbers of their fields.
  private static let parts: [Part: [UInt64: Part]] = [
    .model: [7: .graph, 25: .function],
    .graph: [1: .node, 5: .tensor, 15: .sparse],
    .function: [7: .node],
    .node: [5: .attribute],
    .attribute: [
      5: .tensor, 6: .graph, 10: .tensor, 11: .graph, 22: .sparse, 23: .sparse,
    ],
    .sparse: [1: .tensor, 2: .tensor],
  ]

  /// Calls `body` with every constant of an ONNX file: initializers and constants in operators,
  /// including those in branches, loops and local functions. Raw values are skipped.
  ///
  /// - Throws: ``WireError`` if the bytes are not a valid protocol buffer.
  static func forEach(inModel bytes: Data, _ body: (StoredTensor) throws -> Void) throws {
    try bytes.withUnsafeBytes { try forEach(in: .model, WireMessage($0), body) }
  }

  private static func forEach(
    in part: Part, _ message: WireMessage, _ body: (StoredTensor) throws -> Void
  ) throws {
    if part == .tensor { return try body(StoredTensor(message)) }
    try message.forEachField { field in
      guard let inner = parts[part]?[field.number] else { return }
      try forEach(in: inner, field.message(), body)
    }
  }

  /// The value of a `Constant` node, under the name of its output, or `nil` for other nodes and values
  /// that are not stored as tensors.
  init?(ofNode message: WireMessage) throws {
    var (output, operation, domain): (String?, String, String) = (nil, "", "")
    var value: StoredTensor?
    try message.forEachField { field in
      switch field.number {
      case 2: output = try output ?? field.text()
      case 4: operation = try field.text()
      case 7: domain = try field.text()
      case 5:
        try field.message().forEachField { field in
          if field.number == 5 { value = try StoredTensor(field.message()) }
        }
      default: break
      }
    }
    guard operation == "Constant", ["", "ai.onnx"].contains(domain), let output, let value else {
      return nil
    }
    self = value
    name = output
  }

  init(_ message: WireMessage) throws {
    try message.forEachField { field in
      switch field.number {
      case 1: shape += try field.integers().map { Int(Int64(bitPattern: $0)) }
      case 2: dataType = Int(truncatingIfNeeded: try field.integer())
      case 4: numberCount += try field.count(ofWidth: 4)
      case 10: numberCount += try field.count(ofWidth: 8)
      case 5, 7, 11: numberCount += try field.integerCount()
      case 6: numberCount += 1
      case 8: name = try field.text()
      case 9: byteCount = try field.byteCount()
      case 13: external.append(try field.decoded(ProtoExternalEntry.self))
      case 14: isExternal = try field.integer() == 1
      default: break
      }
    }
  }
}
