// SPDX-License-Identifier: MIT

import CGEEDTorch

/// The device that holds a tensor and runs its operations.
public enum TorchDevice: Hashable, Sendable, CustomStringConvertible {
  /// The host.
  case cpu
  /// An NVIDIA GPU, numbered from 0.
  case cuda(Int)
  /// The GPU of an Apple computer.
  case mps

  /// Whether the linked libtorch can use this device on this machine.
  public var isAvailable: Bool { gt_device_is_available(handle) }

  public var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let index): "cuda:\(index)"
    case .mps: "mps"
    }
  }

  /// Creates the device with a name: `cpu`, `cuda`, `cuda:1`, `mps`; `nil` for other names.
  public init?(_ name: String) {
    switch name {
    case "cpu": self = .cpu
    case "cuda": self = .cuda(0)
    case "mps": self = .mps
    default:
      guard name.hasPrefix("cuda:"), let index = Int(name.dropFirst(5)), index >= 0 else {
        return nil
      }
      self = .cuda(index)
    }
  }

  var handle: gt_device {
    switch self {
    case .cpu: gt_device(kind: GT_CPU, index: -1)
    case .cuda(let index): gt_device(kind: GT_CUDA, index: Int32(clamping: index))
    case .mps: gt_device(kind: GT_MPS, index: 0)
    }
  }

  init(_ handle: gt_device) {
    switch handle.kind {
    case GT_CUDA: self = .cuda(Int(handle.index))
    case GT_MPS: self = .mps
    default: self = .cpu
    }
  }
}

/// The version and the thread settings of libtorch.
public enum TorchEngine {
  /// The version of libtorch that this was built with, such as `"2.13.0"`.
  public static var version: String { String(cString: gt_version()) }

  /// The number of threads that one operation may use on the host.
  public static var threadCount: Int { Int(gt_thread_count()) }

  /// Sets the number of threads that one operation may use on the host, for the whole process.
  ///
  /// - Precondition: `count` is positive.
  public static func setThreadCount(_ count: Int) {
    precondition(count > 0, "Expected a positive number of threads, but got \(count).")
    gt_set_thread_count(Int32(count))
  }
}

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
  package func state() throws(TorchError) -> [UInt8] {
    var count = 0
    try check("the state of a generator", gt_generator_state_size(handle, &count))
    var bytes = [UInt8](repeating: 0, count: count)
    try check("the state of a generator", gt_generator_save(handle, &bytes, count))
    return bytes
  }

  /// Restores the position that the stream had when ``state()`` was read.
  package func restore(_ state: [UInt8]) throws(TorchError) {
    try check("restoring a generator", gt_generator_restore(handle, state, state.count))
  }
}

/// A libtorch call that failed.
///
/// The process and all tensors remain usable: nothing was written.
public struct TorchError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The operation that failed, such as `"conv2d"`.
  public let operation: String
  /// The message of libtorch.
  public let message: String

  public var description: String { "libtorch could not run \(operation): \(message)" }
}

/// Throws an error with the message that a call of the shim reports. This is the only function that
/// reads a `gt_status`.
func check<Failure: Error>(
  _ status: gt_status, or failure: (String) -> Failure
) throws(Failure) {
  guard let message = status.message else { return }
  defer { gt_status_free(status) }
  throw failure(String(cString: message))
}

/// Throws the error that a call of the shim reports.
func check(_ operation: String, _ status: gt_status) throws(TorchError) {
  try check(status) { TorchError(operation: operation, message: $0) }
}

/// Runs a call of the shim that creates a tensor.
func makeTensor(
  _ operation: String, _ call: (inout gt_tensor) -> gt_status
) throws(TorchError) -> TorchTensor {
  var result = gt_tensor(impl: nil)
  try check(operation, call(&result))
  return TorchTensor(owning: result)
}

extension TorchTensor {
  /// Runs a call of the shim on this tensor.
  func mapped(
    _ operation: String, _ call: (UnsafeMutablePointer<gt_tensor>?, gt_tensor) -> gt_status
  ) throws(TorchError) -> TorchTensor {
    try makeTensor(operation) { call(&$0, handle) }
  }

  /// Runs a call of the shim on this tensor and another one.
  func combined(
    with other: TorchTensor, _ operation: String,
    _ call: (UnsafeMutablePointer<gt_tensor>?, gt_tensor, gt_tensor) -> gt_status
  ) throws(TorchError) -> TorchTensor {
    try makeTensor(operation) { call(&$0, handle, other.handle) }
  }
}
