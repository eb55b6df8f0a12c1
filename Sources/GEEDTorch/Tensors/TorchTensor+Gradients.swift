// SPDX-License-Identifier: MIT

import CGEEDTorch

extension TorchTensor {
  /// Whether a gradient is collected here.
  public var requiresGradient: Bool { gt_tensor_requires_gradient(handle) }

  /// Whether an operation on this tensor, here and now, is recorded for gradients.
  var isRecorded: Bool { gt_is_recording_gradients() && requiresGradient }

  /// Collects gradients here from now on, or no longer.
  ///
  /// - Throws: ``TorchError`` for integers, or for what an operation made.
  public func setRequiresGradient(_ requiresGradient: Bool = true) throws(TorchError) {
    try check(
      "requiring a gradient", gt_tensor_set_requires_gradient(handle, requiresGradient))
  }

  /// Adds the derivatives of this single number to ``gradient()`` of everything it was made of.
  ///
  /// What was recorded is given up on the way, so a second call needs a second forward pass.
  ///
  /// - Throws: ``TorchError`` if this is not a single number, or nothing is recorded (any more).
  public func backward() throws(TorchError) {
    try check("backward", gt_tensor_backward(handle))
  }

  /// The gradient collected so far, or `nil` if there is none. What an operation made keeps none.
  ///
  /// It shares memory with what is collected: a later ``backward()`` adds to it, unless the gradients
  /// were dropped in between.
  public func gradient() throws(TorchError) -> TorchTensor? {
    var result = gt_tensor(impl: nil)
    try check("gradient", gt_tensor_gradient(&result, handle))
    return result.impl == nil ? nil : TorchTensor(owning: result)
  }

  /// Returns the same numbers, sharing memory, of which nothing is recorded.
  public func detached() throws(TorchError) -> TorchTensor {
    try makeTensor("detach") { gt_tensor_detached(&$0, handle) }
  }

  /// Drops the gradients of `tensors`.
  public static func clearGradients(of tensors: [TorchTensor]) throws(TorchError) {
    try check(
      "clearing gradients", gt_tensor_clear_gradients(tensors.map(\.handle), tensors.count))
  }
}

/// Runs `body` without recording its operations: faster, and without memory for gradients.
///
/// The setting belongs to the thread, so `body` must not suspend; that it is not `async` sees to it.
public func withoutGradients<Result, Failure>(
  _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  let before = gt_set_gradient_recording(false)
  defer { _ = gt_set_gradient_recording(before) }
  return try body()
}
