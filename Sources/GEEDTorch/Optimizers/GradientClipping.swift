// SPDX-License-Identifier: MIT

import CGEEDTorch

extension TorchTensor {
  /// Scales the gradients of `tensors` by one factor, so that their Euclidean norm together is
  /// `limit` at most, as `torch.nn.utils.clip_grad_norm_` does: by limit / (norm + 1e-6) where that is
  /// below 1.
  ///
  /// - Returns: The norm before, a single number, or `nil` if there are no gradients.
  /// - Precondition: `limit` is positive.
  @discardableResult
  public static func clipGradients(
    of tensors: [TorchTensor], toNorm limit: Double
  ) throws(TorchError) -> TorchTensor? {
    precondition(limit > 0, "Expected a positive limit, but got \(limit).")
    var gradients: [TorchTensor] = []
    for tensor in tensors {
      if let gradient = try tensor.gradient() { gradients.append(gradient) }
    }
    guard !gradients.isEmpty else { return nil }
    return try withExtendedLifetime(gradients) { () throws(TorchError) in
      try makeTensor("clipping gradients") {
        gt_clip_gradients(&$0, gradients.map(\.handle), gradients.count, limit)
      }
    }
  }
}
