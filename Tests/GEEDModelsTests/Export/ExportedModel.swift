// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDOnnx
import Testing

/// Whether ONNX Runtime can be loaded.
enum Runtime {
  static let isAvailable = (try? OnnxRuntimeLibrary.shared()) != nil
  static let missing: Comment = "ONNX Runtime is missing: Scripts/install-onnxruntime.sh gets it."
}

/// Where exported files are kept to be looked at by other programs.
enum Exports {
  static let folder = ProcessInfo.processInfo.environment["GEED_EXPORTS"]
}

/// Writes `graph` to a file that is there while `body` runs; where `GEED_EXPORTS` names a folder it
/// stays there, as `name.onnx`.
func withFile<Result>(
  of graph: OnnxGraphBuilder, name: String = "network", _ body: (String) throws -> Result
) throws -> Result {
  let folder =
    Exports.folder.map { URL(fileURLWithPath: $0) }
    ?? FileManager.default.temporaryDirectory.appending(path: "geed-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { if Exports.folder == nil { try? FileManager.default.removeItem(at: folder) } }
  let path = folder.appending(path: "\(name).onnx").path()
  try graph.write(to: path)
  return try body(path)
}

/// Writes `graph` and loads it with all its outputs.
func loaded(_ graph: OnnxGraphBuilder, name: String) throws -> OnnxModel {
  try withFile(of: graph, name: name) { try OnnxModel(contentsOf: $0) }
}

/// Expects the same numbers up to `relative` of the greatest one.
func expectClose(
  _ found: Tensor?, _ expected: Tensor, relative: Float, _ name: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let found, found.shape == expected.shape else {
    Issue.record(
      "\(name): expected shape \(expected.shape), but got \(String(describing: found?.shape)).",
      sourceLocation: sourceLocation)
    return
  }
  let largest = expected.scalars.reduce(0) { max($0, $1.magnitude) }
  let worst = zip(found.scalars, expected.scalars).reduce(Float(0)) { worst, pair in
    let difference = (pair.0 - pair.1).magnitude
    return difference > worst || difference.isNaN ? difference : worst
  }
  // Not ">": NaN must fail.
  guard worst <= relative * largest else {
    Issue.record(
      "\(name): off by \(worst) where the greatest is \(largest).", sourceLocation: sourceLocation)
    return
  }
}
#endif
