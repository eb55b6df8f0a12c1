// SPDX-License-Identifier: MIT

import CGEEDTorch

// Conversions, copies, random tensors and changes in place.

extension TorchTensor {
  /// Returns the same numbers with another type or on another device.
  package func converted(
    to type: TorchElementType, on device: TorchDevice
  ) throws(TorchError) -> TorchTensor {
    try makeTensor("to") { gt_tensor_to(&$0, handle, type.handle, device.handle) }
  }

  /// Returns the same numbers on `device`.
  package func moved(to device: TorchDevice) throws(TorchError) -> TorchTensor {
    try converted(to: elementType(), on: device)
  }

  /// Returns the same numbers with the channels of each pixel adjacent in memory.
  package func channelsLast() throws(TorchError) -> TorchTensor {
    try makeTensor("channels last") { gt_tensor_with_format(&$0, handle, GT_CHANNELS_LAST) }
  }

  /// Returns the same numbers in row-major memory order.
  package func contiguous() throws(TorchError) -> TorchTensor {
    try makeTensor("contiguous") { gt_tensor_with_format(&$0, handle, GT_CONTIGUOUS) }
  }

  /// Returns a copy that shares no memory with this tensor and has no record.
  package func cloned() throws(TorchError) -> TorchTensor {
    try mapped("clone", gt_tensor_clone)
  }

  /// Returns zeros of the same type, shape and memory order, on the same device.
  func zerosLike() throws(TorchError) -> TorchTensor {
    try mapped("zeros like", gt_tensor_zeros_like)
  }

  /// Overwrites the numbers in place with those of `source`, which has the same shape.
  package func assign(_ source: TorchTensor) throws(TorchError) {
    try check("assigning", gt_tensor_assign(handle, source.handle))
  }

  /// Creates independent random numbers, uniform between `low` and `high`, on the generator's
  /// device.
  package static func uniform(
    _ low: Double, _ high: Double, shape: [Int], type: TorchElementType = .float32,
    using generator: TorchGenerator
  ) throws(TorchError) -> TorchTensor {
    let shape = shape.map(Int64.init)
    return try makeTensor("uniform") {
      gt_tensor_uniform(&$0, low, high, type.handle, shape, shape.count, generator.handle)
    }
  }

  /// Creates independent normal random numbers on the generator's device.
  package static func normal(
    mean: Double = 0, deviation: Double, shape: [Int], type: TorchElementType = .float32,
    using generator: TorchGenerator
  ) throws(TorchError) -> TorchTensor {
    let shape = shape.map(Int64.init)
    return try makeTensor("normal") {
      gt_tensor_normal(&$0, mean, deviation, type.handle, shape, shape.count, generator.handle)
    }
  }
}
