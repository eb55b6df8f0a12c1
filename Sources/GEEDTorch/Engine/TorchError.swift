// SPDX-License-Identifier: MIT

import CGEEDTorch

/// A libtorch call that did not succeed.
///
/// The process and all tensors stay usable: nothing was written.
public struct TorchError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was to be done, such as `"conv2d"`.
  public let operation: String
  /// What libtorch says of it.
  public let message: String

  public var description: String { "libtorch could not run \(operation): \(message)" }
}

/// Throws what a call of the shim reports. The only place that reads a `gt_status`.
func check(_ operation: String, _ status: gt_status) throws(TorchError) {
  guard let message = status.message else { return }
  defer { gt_status_free(status) }
  throw TorchError(operation: operation, message: String(cString: message))
}

/// Runs one call of the shim that makes a tensor.
func makeTensor(
  _ operation: String, _ call: (inout gt_tensor) -> gt_status
) throws(TorchError) -> TorchTensor {
  var result = gt_tensor(impl: nil)
  try check(operation, call(&result))
  return TorchTensor(owning: result)
}
