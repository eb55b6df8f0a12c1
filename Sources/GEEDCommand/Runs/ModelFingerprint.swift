// SPDX-License-Identifier: MIT

import GEEDData
import GEEDOnnx

/// Which network a file holds, however the file is called.
struct ModelFingerprint: Codable, Hashable {
  /// The SHA-256 of the ONNX file.
  let sha256: String
  /// The SHA-256 of every file that holds weights outside of it, by name; `nil` where none does.
  let weights: [String: String]?

  /// Reads all files of a model once.
  ///
  /// - Throws: `OnnxGraphError` if the weights are not where they may be, `DataError` if a file cannot
  ///   be read.
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
