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
