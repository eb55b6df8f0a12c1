// SPDX-License-Identifier: MIT

/// An ONNX file that could not be written. What was at its path before is still there.
public enum OnnxWriteError: Error, Hashable, CustomStringConvertible {
  /// The model takes more bytes than one file of the format may have.
  case tooLarge(path: String, byteCount: Int, limit: Int)
  /// The system does not let the file be written.
  case unwritable(path: String, reason: String)

  public var description: String {
    switch self {
    case .tooLarge(let path, let byteCount, let limit):
      "Cannot write the model \(path): it has \(byteCount) bytes, but an ONNX file holds at most "
        + "\(limit)."
    case .unwritable(let path, let reason):
      "Cannot write the model \(path): \(reason)."
    }
  }
}
