// SPDX-License-Identifier: MIT

import CGEEDTorch

/// The membership of this process in a group of processes that compute together, through libtorch's
/// c10d.
///
/// All processes of a group must make the same calls in the same order, with tensors of the same
/// shapes and types, one exchange at a time. If a process ends, the current exchange fails in all
/// others; if a process stops responding, the exchange fails after the timeout. The group cannot be
/// used after that.
package final class ProcessGroup: @unchecked Sendable {
  private let handle: gt_process_group
  /// The rank of this process, counted from 0.
  package let rank: Int
  /// The number of processes.
  package let size: Int
  /// The device of the exchanged tensors.
  package let device: TorchDevice
  /// The backend that exchanges numbers.
  package let backend: Backend

  /// The part of libtorch that exchanges numbers between processes.
  package enum Backend: String, Hashable, Sendable {
    /// Over the network, from the memory of the host.
    case gloo
    /// Between NVIDIA GPUs, if the CUDA build of libtorch was present at compile time.
    case nccl

    /// Whether the backend was compiled in.
    package var isAvailable: Bool { self == .gloo || gt_has_nccl() }

    /// NCCL for GPUs if it was compiled in, otherwise Gloo.
    package static func preferred(for device: TorchDevice) -> Backend {
      if case .cuda = device, nccl.isAvailable { .nccl } else { .gloo }
    }
  }

  /// Joins the group. Returns when all processes have joined.
  ///
  /// - Parameters:
  ///   - joinTimeout: The time to wait for the other processes at the start, in seconds.
  ///   - timeout: The longest duration of one exchange, in seconds, during which others may wait for
  ///     a process that measures or saves.
  package init(
    _ launch: LaunchSettings, device: TorchDevice = .cpu, backend: Backend? = nil,
    joinTimeout: Double = 300, timeout: Double = 1800
  ) throws(DistributedError) {
    precondition(
      joinTimeout > 0 && timeout > 0, "Expected positive times, but got \(joinTimeout), \(timeout)."
    )
    rank = launch.rank
    size = launch.size
    self.device = device
    self.backend = backend ?? .preferred(for: device)
    if !launch.isHost { try launch.waitForHost(seconds: joinTimeout) }
    handle = try launch.join(
      gt_process_group_settings(
        address: nil, port: UInt16(launch.port), rank: Int32(rank), size: Int32(size),
        is_host: launch.isHost, attempt: Int32(launch.attempt),
        backend: self.backend == .nccl ? GT_NCCL : GT_GLOO,
        device: device.handle, join_timeout: Int64(joinTimeout * 1000),
        timeout: Int64(timeout * 1000)))
  }

  deinit { gt_process_group_free(handle) }

  /// Overwrites each tensor with its sum over all processes.
  package func allReduceSum(_ tensors: [TorchTensor]) throws(DistributedError) {
    try exchange(
      "summing", gt_process_group_sum(handle, tensors.map(\.handle), tensors.count, 1))
  }

  /// Overwrites each tensor of floating-point numbers with its mean over all processes.
  package func allReduceMean(_ tensors: [TorchTensor]) throws(DistributedError) {
    try exchange(
      "averaging",
      gt_process_group_sum(handle, tensors.map(\.handle), tensors.count, Double(size)))
  }

  /// Overwrites each tensor with that of process `root`.
  package func broadcast(_ tensors: [TorchTensor], from root: Int = 0) throws(DistributedError) {
    precondition(
      (0..<size).contains(root), "Expected a process in 0..<\(size), but got \(root).")
    try exchange(
      "broadcasting",
      gt_process_group_broadcast(handle, tensors.map(\.handle), tensors.count, Int32(root)))
  }

  /// Overwrites the gradient of each tensor with its mean over all processes. A gradient that is
  /// missing in this process counts as zeros and is created, unless all processes lack it.
  package func allReduceMeanOfGradients(of tensors: [TorchTensor]) throws(DistributedError) {
    try exchange(
      "averaging gradients",
      gt_process_group_average_gradients(handle, tensors.map(\.handle), tensors.count))
  }

  /// Returns whether all processes pass the same number.
  package func agrees(on value: Int64) throws(DistributedError) -> Bool {
    precondition(value != .min, "Expected a number that has a negative.")
    var result = false
    try exchange("comparing", gt_process_group_agrees(&result, handle, value))
    return result
  }

  /// Waits until all processes have called this method.
  package func barrier() throws(DistributedError) {
    try exchange("waiting for the others", gt_process_group_barrier(handle))
  }

  private func exchange(_ operation: String, _ status: gt_status) throws(DistributedError) {
    try check(status) {
      DistributedError.exchangeFailed(operation: operation, rank: rank, size: size, message: $0)
    }
  }
}

extension LaunchSettings {
  /// Whether this process listens at the port.
  fileprivate var isHost: Bool { rank == 0 && !isHostedByLauncher }

  fileprivate func waitForHost(seconds: Double) throws(DistributedError) {
    var isThere = false
    let status = gt_wait_for_listener(&isThere, address, UInt16(port), Int64(seconds * 1000))
    try check(status) { incomplete(seconds: seconds, message: $0) }
    guard isThere else {
      throw .unreachable(address: address, port: port, seconds: seconds, rank: rank, size: size)
    }
  }

  fileprivate func join(
    _ settings: gt_process_group_settings
  ) throws(DistributedError) -> gt_process_group {
    var group = gt_process_group(impl: nil)
    let status = address.withCString { text in
      var settings = settings
      settings.address = text
      return gt_process_group_make(&group, settings)
    }
    try check(status) { incomplete(seconds: Double(settings.join_timeout) / 1000, message: $0) }
    return group
  }

  private func incomplete(seconds: Double, message: String) -> DistributedError {
    .incomplete(
      address: address, port: port, seconds: seconds, rank: rank, size: size, message: message)
  }
}

/// An error that prevents several processes from computing together, or from continuing.
package enum DistributedError: Error, Hashable, Sendable, CustomStringConvertible {
  /// An environment variable is not set, although another one requires it.
  case missingVariable(String, besides: String)
  /// An environment variable has an unexpected value.
  case invalidVariable(String, value: String, expected: String)
  /// No process listens at the address where the processes meet.
  case unreachable(address: String, port: Int, seconds: Double, rank: Int, size: Int)
  /// Not all processes joined the group.
  case incomplete(
    address: String, port: Int, seconds: Double, rank: Int, size: Int, message: String)
  /// An exchange failed, for example because another process ended or took too long.
  case exchangeFailed(operation: String, rank: Int, size: Int, message: String)
  /// The tensors of the processes differ in number, shapes or types.
  case differentParameters(rank: Int, size: Int, shapes: String)

  package var description: String {
    switch self {
    case .missingVariable(let name, let other):
      "The environment variable \(name) is not set, but \(other) is."
    case .invalidVariable(let name, let value, let expected):
      "Expected the environment variable \(name) to be \(expected), but it is '\(value)'."
    case .unreachable(let address, let port, let seconds, let rank, let size):
      """
      Process \(rank) of \(size) found nobody to listen at \(address):\(port) within \
      \(seconds) seconds; is process 0 running there?
      """
    case .incomplete(let address, let port, let seconds, let rank, let size, let message):
      """
      Process \(rank) of \(size) could not join the others at \(address):\(port), with \
      \(seconds) seconds of time: \(message)
      """
    case .exchangeFailed(let operation, let rank, let size, let message):
      "Process \(rank) of \(size) failed at \(operation): \(message)"
    case .differentParameters(let rank, let size, let shapes):
      """
      Expected the same parameters in all \(size) processes, but they differ; \
      process \(rank) has \(shapes).
      """
    }
  }
}
