// SPDX-License-Identifier: MIT

import COnnxRuntime
import Foundation

/// A failed call of ONNX Runtime.
public struct OnnxError: Error, Hashable, CustomStringConvertible {
  /// The operation that failed, such as "load model.onnx".
  public let operation: String

  /// The runtime's code for the kind of failure.
  public let code: Int

  /// The runtime's message.
  public let message: String

  public var description: String { "ONNX Runtime could not \(operation): \(usefulMessage)" }

  /// Whether a model or its inputs, and not an execution provider, caused the failure.
  package var isFaultOfModel: Bool {
    let providerFailure = 11
    return code != providerFailure && ["load ", "run "].contains { operation.hasPrefix($0) }
  }

  /// The message in one line, without locations in the runtime's sources.
  private var usefulMessage: String {
    var text = message.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    // Causes are chained; the last one is the actual reason.
    if let last = text.range(of: "[ONNXRuntimeError] : ", options: .backwards) {
      let parts = text[last.upperBound...].split(separator: " : ", maxSplits: 2)
      text = parts.last.map(String.init) ?? text
    }
    // A file and line, and the name of the function.
    text = text.replacing(/\S*\b\w+\.(cc|h):\d+ (\S*::.*?\)( const)? |\w+ (?=[A-Z]))?/, with: "")
    if text.count > 400 { text = text.prefix(400) + " …" }
    return text.last.map { ".!?…".contains($0) } ?? true ? text : text + "."
  }
}

extension geed_ort_api {
  /// Makes one call and throws an error for its status. No other code reads a status.
  func check(
    _ operation: @autoclosure () -> String, _ call: (geed_ort_api) -> geed_ort_status
  ) throws(OnnxError) {
    let status = call(self)
    guard status.impl != nil else { return }
    defer { geed_ort_status_release(self, status) }
    throw OnnxError(
      operation: operation(), code: Int(geed_ort_status_code(self, status)),
      message: String(cString: geed_ort_status_message(self, status)))
  }
}

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
