// SPDX-License-Identifier: MIT

import CGEEDTorch

/// A stream of random numbers for initial weights and dropout.
///
/// Every draw advances the stream, so a generator must not be used by two tasks at once. The
/// numbers for a seed are those of libtorch: on the host those of
/// `torch.Generator().manual_seed(seed)`.
public final class TorchGenerator: @unchecked Sendable {
  let handle: gt_generator

  /// Creates a stream on `device`.
  ///
  /// - Throws: ``TorchError`` if the device is not available.
  public init(seed: UInt64, device: TorchDevice = .cpu) throws(TorchError) {
    var handle = gt_generator(impl: nil)
    try check("a random generator", gt_generator_make(&handle, seed, device.handle))
    self.handle = handle
  }

  deinit { gt_generator_free(handle) }

  /// Returns the position of the stream, as bytes in libtorch's own format.
  public func state() throws(TorchError) -> [UInt8] {
    var count = 0
    try check("the state of a generator", gt_generator_state_size(handle, &count))
    var bytes = [UInt8](repeating: 0, count: count)
    try check("the state of a generator", gt_generator_save(handle, &bytes, count))
    return bytes
  }

  /// Restores the position that the stream had when ``state()`` was read.
  ///
  /// - Throws: ``TorchError`` if `state` is not such a position.
  public func restore(_ state: [UInt8]) throws(TorchError) {
    try check("restoring a generator", gt_generator_restore(handle, state, state.count))
  }
}
