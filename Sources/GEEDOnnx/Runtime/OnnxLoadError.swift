// SPDX-License-Identifier: MIT

/// The reason that ONNX Runtime's library could not be loaded.
public enum OnnxLoadError: Error, Hashable, CustomStringConvertible {
  /// The library is in none of the searched locations.
  case missing(searched: [String])
  /// The file exists but is not ONNX Runtime's library or does not suit this machine.
  case notALibrary(path: String, reason: String)
  /// The library lacks required functions.
  case tooOld(path: String, expected: String, found: String)

  public var description: String {
    switch self {
    case .missing(let searched):
      """
      Cannot find ONNX Runtime's library in \(searched.joined(separator: ", ")); \
      get it with Scripts/install-onnxruntime.sh, or with 'pip install onnxruntime' and the \
      variable GEED_ONNXRUNTIME set to the folder onnxruntime/capi of that package.
      """
    case .notALibrary(let path, let reason):
      "Cannot load ONNX Runtime's library \(path): \(reason)."
    case .tooOld(let path, let expected, let found):
      """
      Cannot use ONNX Runtime's library \(path): expected version \(expected) or newer, \
      but found \(found).
      """
    }
  }
}
