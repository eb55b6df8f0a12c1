// SPDX-License-Identifier: MIT

import Synchronization

/// What a layer makes of a weight alone, kept while the weight stays as it is.
///
/// Standardized kernels or expanded steerable filters cost as much for one image as for many, and in
/// evaluation they are the same for every batch. Where gradients are recorded nothing is kept: each
/// forward pass then needs a record of its own.
///
/// Why a class? Copies of a layer share one weight, and so what is made of it.
public final class DerivedTensor: Sendable {
  private let kept = Mutex<(version: Int, tensor: TorchTensor)?>(nil)

  public init() {}

  /// Returns what `make` gives for `weight`: a former result, if there is one and ``TorchTensor/version``
  /// says that the weight has not changed since.
  ///
  /// - Precondition: `weight` and what `make` does are the same in every call.
  public func value(
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
