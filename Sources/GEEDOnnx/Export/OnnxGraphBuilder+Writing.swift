// SPDX-License-Identifier: MIT

import Foundation
import GEED
import SwiftProtobuf

extension OnnxGraphBuilder {
  /// The maximum size of an ONNX file in bytes: the format counts bytes in 31 bits.
  static let sizeLimit = Int(Int32.max)

  /// Writes the model atomically: other processes see the whole file or none.
  ///
  /// - Throws: ``OnnxWriteError`` if the model is larger than 2 GB, or the file cannot be written.
  /// - Precondition: At least one output was added.
  /// - Complexity: Holds two copies of the model in memory while writing.
  package func write(to path: String) throws(OnnxWriteError) {
    let bytes = try bytes(forFile: path)
    do {
      try writeFile(at: path) { try $0.write(bytes) }
    } catch {
      throw .unwritable(
        path: path, reason: (error as? FileWritingError)?.reason ?? "\(error)")
    }
  }

  /// The serialized model.
  func bytes(
    forFile path: String, sizeLimit limit: Int = sizeLimit
  ) throws(OnnxWriteError) -> Data {
    precondition(!graph.output.isEmpty, "Expected at least one output of the graph.")
    guard constantByteCount <= limit else {
      throw .tooLarge(path: path, byteCount: constantByteCount, limit: limit)
    }
    let bytes: Data
    do {
      bytes = try model.serializedBytes()
    } catch {
      throw .unwritable(path: path, reason: "\(error)")
    }
    guard bytes.count <= limit else {
      throw .tooLarge(path: path, byteCount: bytes.count, limit: limit)
    }
    return bytes
  }

  private var model: ProtoWrittenModel {
    var model = ProtoWrittenModel()
    model.irVersion = Int64(Self.irVersion)
    model.producerName = "GEED"
    model.producerVersion = GEEDVersion.current
    if !documentation.isEmpty { model.docString = documentation }
    model.graph = graph
    var operators = ProtoOperatorSet()
    operators.domain = ""
    operators.version = Int64(Self.opsetVersion)
    model.opsetImport = [operators]
    // Sorted, so that equal models give identical files.
    model.metadataProps = metadata.sorted { $0.key < $1.key }.map { key, value in
      var property = ProtoProperty()
      (property.key, property.value) = (key, value)
      return property
    }
    return model
  }
}
