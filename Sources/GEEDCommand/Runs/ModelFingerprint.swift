// SPDX-License-Identifier: MIT

import GEEDData
import GEEDOnnx

/// The identity of a network, independent of the name of its file.
struct ModelFingerprint: Codable, Hashable {
  /// The SHA-256 of the ONNX file.
  let sha256: String
  /// The SHA-256 of every file with external weights, by name; `nil` if there are none.
  let weights: [String: String]?

  /// Reads all files of a model once.
  ///
  /// - Throws: `OnnxGraphError` if the weights are not at a permitted location, `DataError` if a
  ///   file cannot be read.
  init(_ graph: OnnxGraph) throws {
    try graph.requireWeightFiles()
    sha256 = try Digest.hex(ofFile: graph.path, by: .sha256)
    var hashes: [String: String] = [:]
    for (name, path) in graph.weightFiles {
      hashes[name] = try Digest.hex(ofFile: path, by: .sha256)
    }
    weights = hashes.isEmpty ? nil : hashes
  }
}
