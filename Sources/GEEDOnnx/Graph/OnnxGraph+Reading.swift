// SPDX-License-Identifier: MIT

import Foundation
import SwiftProtobuf

extension OnnxGraph {
  /// Reads the graph of an ONNX file without its weights.
  ///
  /// - Throws: ``OnnxGraphError`` if the file cannot be read or is not an ONNX model.
  public init(contentsOf path: String) throws(OnnxGraphError) {
    try self.init(path: path, bytes: Self.bytes(ofFile: path))
  }

  init(path: String, bytes: Data) throws(OnnxGraphError) {
    guard !bytes.isEmpty else { throw .malformed(path: path, found: "an empty file") }
    let model: ProtoModel = try Self.decoded(bytes, path, or: "are cut short or something else")
    guard model.irVersion > 0, model.hasGraph, !model.graph.output.isEmpty else {
      throw .malformed(path: path, found: "\(bytes.count) bytes that hold no graph with outputs")
    }
    let constants = try Self.constants(path: path, bytes: bytes)
    guard let outline = try? OnnxOutline(of: bytes) else {
      throw .malformed(path: path, found: "\(bytes.count) bytes that are cut short")
    }
    self.init(path: path, model: model, constants: constants, outline: outline)
  }

  /// Decodes a message without the fields that it does not know.
  static func decoded<Message: SwiftProtobuf.Message>(
    _ bytes: Data, _ path: String, or flaw: String
  ) throws(OnnxGraphError) -> Message {
    var decoding = BinaryDecodingOptions()
    decoding.discardUnknownFields = true
    do {
      return try Message(serializedBytes: bytes, options: decoding)
    } catch {
      throw .malformed(path: path, found: "\(bytes.count) bytes that \(flaw)")
    }
  }

  /// The constants of a file, after checking that their values match their shapes.
  private static func constants(
    path: String, bytes: Data
  ) throws(OnnxGraphError) -> (external: [StoredTensor], byteCount: Int) {
    var external: [StoredTensor] = []
    var byteCount = 0
    do {
      try StoredTensor.forEach(inModel: bytes) { tensor in
        byteCount = byteCount.addingReportingOverflow(tensor.size ?? 0).partialValue
        let isTooLarge = !(0..<1 << 60).contains(byteCount)
        if let flaw = tensor.validationError ?? (isTooLarge ? "its values are too many" : nil) {
          throw OnnxGraphError.weights(path: path, tensor: tensor.name, reason: flaw, false)
        }
        if tensor.isExternal { external.append(tensor) }
      }
    } catch let error as OnnxGraphError {
      throw error
    } catch {
      throw .malformed(path: path, found: "\(bytes.count) bytes with constants that are cut short")
    }
    return (external, byteCount)
  }

  /// The bytes of a file, memory-mapped where possible.
  static func bytes(ofFile path: String) throws(OnnxGraphError) -> Data {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .unreadable(path: path, reason: "there is no such file")
    }
    guard !isFolder.boolValue else { throw .unreadable(path: path, reason: "it is a folder") }
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      throw .unreadable(path: path, reason: "the system does not let it be read")
    }
  }
}
