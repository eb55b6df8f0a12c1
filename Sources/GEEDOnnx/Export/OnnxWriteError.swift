// SPDX-License-Identifier: MIT

/// A failure to write an ONNX file. An existing file at its path is left unchanged.
package enum OnnxWriteError: Error, Hashable, CustomStringConvertible {
  /// The model is larger than the format allows for one file.
  case tooLarge(path: String, byteCount: Int, limit: Int)
  /// The system cannot write the file.
  case unwritable(path: String, reason: String)

  package var description: String {
    switch self {
    case .tooLarge(let path, let byteCount, let limit):
      "Cannot write the model \(path): it has \(byteCount) bytes, but an ONNX file holds at most "
        + "\(limit)."
    case .unwritable(let path, let reason):
      "Cannot write the model \(path): \(reason)."
    }
  }
}
