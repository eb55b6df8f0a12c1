// SPDX-License-Identifier: MIT

import CGEEDTorch
import GEED

/// An array of numbers that libtorch stores on the host or on a device, with a record of the
/// operations that produced it if gradients are collected.
///
/// This is a class because it owns a reference to a tensor of libtorch and releases it. Operations
/// create new tensors. Optimizers and the running statistics of
/// ``TorchTensor/batchNorm(_:training:momentum:epsilon:)`` change a tensor in place; they must not
/// run concurrently with other uses of the same tensor. All other functions may.
public final class TorchTensor: @unchecked Sendable {
  let handle: gt_tensor

  /// Takes ownership of `handle`.
  init(owning handle: gt_tensor) { self.handle = handle }

  deinit { gt_tensor_free(handle) }

  /// The length of every axis, outermost first. Empty for a single number.
  public var shape: [Int] {
    var shape = [Int64](repeating: 0, count: gt_tensor_rank(handle))
    gt_tensor_shape(handle, &shape)
    return shape.map { Int($0) }
  }

  /// The number of scalars.
  public var count: Int { shape.reduce(1, *) }

  /// Whether the channels of each pixel are adjacent in memory.
  package var isChannelsLast: Bool { gt_tensor_is_channels_last(handle) }

  /// The number of times that the tensor was changed in place.
  package var version: Int { Int(gt_tensor_version(handle)) }

  /// The type of the scalars.
  ///
  /// - Throws: ``TorchError`` for a type that ``TorchElementType`` lacks.
  public func elementType() throws(TorchError) -> TorchElementType {
    var dtype = GT_FLOAT32
    try check("dtype", gt_tensor_dtype(handle, &dtype))
    return TorchElementType(dtype)
  }

  /// The device of the scalars.
  public func device() throws(TorchError) -> TorchDevice {
    var device = gt_device(kind: GT_CPU, index: -1)
    try check("device", gt_tensor_device(handle, &device))
    return TorchDevice(device)
  }
}

/// The type of a tensor's scalars.
public enum TorchElementType: String, Hashable, Sendable, CaseIterable {
  case float32, float64, float16, bfloat16, int64, bool

  var handle: gt_dtype {
    switch self {
    case .float32: GT_FLOAT32
    case .float64: GT_FLOAT64
    case .float16: GT_FLOAT16
    case .bfloat16: GT_BFLOAT16
    case .int64: GT_INT64
    case .bool: GT_BOOL
    }
  }

  init(_ handle: gt_dtype) {
    self = Self.allCases.first { $0.handle == handle } ?? .float32
  }
}
