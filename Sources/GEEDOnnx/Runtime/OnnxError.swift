// SPDX-License-Identifier: MIT

import COnnxRuntime
import Foundation

/// A call of ONNX Runtime that did not succeed.
public struct OnnxError: Error, Hashable, CustomStringConvertible {
  /// What was tried, such as "load model.onnx".
  public let operation: String

  /// The runtime's own number for the kind of failure.
  public let code: Int

  /// What the runtime says about it.
  public let message: String

  public var description: String {
    "ONNX Runtime could not \(operation): \(usefulMessage)"
  }

  /// Whether a model, or what it was given, is the cause: all but a failure of the runtime's start and
  /// of a graphics card.
  public var isFaultOfModel: Bool {
    let providerFailure = 11
    return code != providerFailure && ["load ", "run "].contains { operation.hasPrefix($0) }
  }

  /// The message in one line, without the places in the runtime's sources.
  private var usefulMessage: String {
    var text = message.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    // Causes are chained; the last one says what is wrong.
    if let last = text.range(of: "[ONNXRuntimeError] : ", options: .backwards) {
      let parts = text[last.upperBound...].split(separator: " : ", maxSplits: 2)
      text = parts.last.map(String.init) ?? text
    }
    // A file and line, and the function there.
    text = text.replacing(/\S*\b\w+\.(cc|h):\d+ (\S*::.*?\)( const)? |\w+ (?=[A-Z]))?/, with: "")
    if text.count > 400 { text = text.prefix(400) + " …" }
    return text.last.map { ".!?…".contains($0) } ?? true ? text : text + "."
  }
}

extension geed_ort_api {
  /// Makes one call and turns its status into an error. The only place that reads a status.
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
