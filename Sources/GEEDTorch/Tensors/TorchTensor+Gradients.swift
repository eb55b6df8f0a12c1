// SPDX-License-Identifier: MIT

import CGEEDTorch

extension TorchTensor {
  /// Whether gradients are collected for this tensor.
  package var requiresGradient: Bool { gt_tensor_requires_gradient(handle) }

  /// Whether an operation on this tensor on the current thread would be recorded for gradients.
  var isRecorded: Bool { gt_is_recording_gradients() && requiresGradient }

  /// Starts or stops collecting gradients for this tensor, which must not be of integers or the
  /// result of an operation.
  package func setRequiresGradient(_ requiresGradient: Bool = true) throws(TorchError) {
    try check(
      "requiring a gradient", gt_tensor_set_requires_gradient(handle, requiresGradient))
  }

  /// Adds the derivatives of this single number to ``gradient()`` of all tensors that it was
  /// computed from, and releases their record.
  package func backward() throws(TorchError) { try check("backward", gt_tensor_backward(handle)) }

  /// The gradient collected so far, to which a later ``backward()`` adds; `nil` if there is none, as
  /// for results of operations.
  package func gradient() throws(TorchError) -> TorchTensor? {
    var result = gt_tensor(impl: nil)
    try check("gradient", gt_tensor_gradient(&result, handle))
    return result.impl == nil ? nil : TorchTensor(owning: result)
  }

  /// Returns the same numbers, sharing memory, without their record.
  package func detached() throws(TorchError) -> TorchTensor {
    try mapped("detach", gt_tensor_detached)
  }

  /// Drops the gradients of `tensors`.
  package static func clearGradients(of tensors: [TorchTensor]) throws(TorchError) {
    try check(
      "clearing gradients", gt_tensor_clear_gradients(tensors.map(\.handle), tensors.count))
  }
}

/// Runs `body` without recording its operations. The setting belongs to the thread, so `body` must
/// not suspend; for this reason it is not `async`.
package func withoutGradients<Result, Failure>(
  _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  let before = gt_set_gradient_recording(false)
  defer { _ = gt_set_gradient_recording(before) }
  return try body()
}
