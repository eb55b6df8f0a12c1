// SPDX-License-Identifier: MIT

import CGEEDTorch

extension TorchTensor {
  /// Scales the gradients of `tensors` by one factor so that their joint Euclidean norm is at most
  /// `limit`, as `torch.nn.utils.clip_grad_norm_` does. The factor is limit / (norm + 1e-6) if that
  /// is less than 1.
  ///
  /// - Returns: The norm before scaling, a single number, or `nil` if there are no gradients.
  /// - Precondition: `limit` is positive.
  @discardableResult
  package static func clipGradients(
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
