// SPDX-License-Identifier: MIT

import CGEEDTorch

/// A libtorch call that failed.
///
/// The process and all tensors remain usable: nothing was written.
public struct TorchError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The operation that failed, such as `"conv2d"`.
  public let operation: String
  /// The message of libtorch.
  public let message: String

  public var description: String { "libtorch could not run \(operation): \(message)" }
}

/// Throws the error that a call of the shim reports. This is the only function that reads a
/// `gt_status`.
func check(_ operation: String, _ status: gt_status) throws(TorchError) {
  guard let message = status.message else { return }
  defer { gt_status_free(status) }
  throw TorchError(operation: operation, message: String(cString: message))
}

/// Runs a call of the shim that creates a tensor.
func makeTensor(
  _ operation: String, _ call: (inout gt_tensor) -> gt_status
) throws(TorchError) -> TorchTensor {
  var result = gt_tensor(impl: nil)
  try check(operation, call(&result))
  return TorchTensor(owning: result)
}
