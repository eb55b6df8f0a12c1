// SPDX-License-Identifier: MIT

/// A file from which no ONNX graph could be read.
public enum OnnxGraphError: Error, Hashable, CustomStringConvertible {
  /// There is no file, or it may not be read.
  case unreadable(path: String, reason: String)
  /// The file is something else, or only a part of a model.
  case malformed(path: String, found: String)
  /// The values of a constant contradict its shape, or are not where the file says.
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
