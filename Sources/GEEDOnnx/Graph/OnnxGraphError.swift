// SPDX-License-Identifier: MIT

/// A failure to read an ONNX graph from a file.
public enum OnnxGraphError: Error, Hashable, CustomStringConvertible {
  /// The file does not exist or cannot be read.
  case unreadable(path: String, reason: String)
  /// The file is not an ONNX model, or only part of one.
  case malformed(path: String, found: String)
  /// The values of a constant contradict its shape, or are missing from the declared location.
  case weights(path: String, tensor: String, reason: String, _ isMissing: Bool)

  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "Cannot read the model \(path): \(reason)."
    case .malformed(let path, let found):
      "Cannot read the model \(path): expected a whole ONNX file, but found \(found)."
    case .weights(let path, let tensor, let reason, _):
      "Cannot read the weights '\(tensor)' of the model \(path): \(reason)."
    }
  }
}
