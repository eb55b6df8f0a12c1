// SPDX-License-Identifier: MIT

import Synchronization

/// A tensor that a layer derives from a weight alone, kept while the weight is unchanged.
///
/// Standardized kernels or expanded steerable filters take as much time for one image as for many,
/// and in evaluation they are the same for every batch. Nothing is kept while gradients are
/// recorded, because each forward pass then needs its own record.
///
/// This is a class because copies of a layer share one weight, and therefore the derived tensor.
package final class DerivedTensor: Sendable {
  private let kept = Mutex<(version: Int, tensor: TorchTensor)?>(nil)

  package init() {}

  /// Returns the result of `make` for `weight`. An earlier result is reused if
  /// ``TorchTensor/version`` shows that the weight has not changed since.
  ///
  /// - Precondition: All calls pass the same `weight`, and a `make` with the same result for it.
  package func value(
    of weight: TorchTensor, _ make: (TorchTensor) throws(TorchError) -> TorchTensor
  ) throws(TorchError) -> TorchTensor {
    guard !weight.isRecorded else {
      kept.withLock { $0 = nil }
      return try make(weight)
    }
    let version = weight.version
    if let tensor = kept.withLock({ $0?.version == version ? $0?.tensor : nil }) { return tensor }
    let tensor = try make(weight)
    kept.withLock { $0 = (version, tensor) }
    return tensor
  }
}
