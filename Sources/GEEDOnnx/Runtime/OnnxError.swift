// SPDX-License-Identifier: MIT

import COnnxRuntime

/// A call of ONNX Runtime that did not succeed.
public struct OnnxError: Error, Hashable, CustomStringConvertible {
  /// What was tried, such as "load model.onnx".
  public let operation: String

  /// The runtime's own number for the kind of failure.
  public let code: Int

  /// What the runtime says about it.
  public let message: String

  public var description: String {
    "ONNX Runtime could not \(operation): \(message)"
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
