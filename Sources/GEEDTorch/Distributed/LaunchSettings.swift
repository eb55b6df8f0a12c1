// SPDX-License-Identifier: MIT

import Foundation

/// The rank of this process among several, and the address where they meet, as set by their
/// launcher in the environment.
///
/// Two kinds of launchers are supported.
///
/// | | torchrun, Kubernetes, by hand | Slurm's `srun` |
/// |---|---|---|
/// | ``rank`` | `RANK` | `SLURM_PROCID` |
/// | ``size`` | `WORLD_SIZE` | `SLURM_STEP_NUM_TASKS`, else `SLURM_NTASKS` |
/// | ``localRank`` | `LOCAL_RANK`, else 0 | `SLURM_LOCALID`, else 0 |
/// | ``address`` | `MASTER_ADDR` | `MASTER_ADDR`, else `SLURM_LAUNCH_NODE_IPADDR` |
/// | ``port`` | `MASTER_PORT`, else 29500 | `MASTER_PORT`, else derived from `SLURM_JOB_ID` |
/// | ``attempt`` | `TORCHELASTIC_RESTART_COUNT`, else 0 | 0 |
///
/// If the variables of both kinds are set, the first kind takes precedence.
package struct LaunchSettings: Hashable, Sendable {
  /// The rank of this process, in 0..<``size``.
  package let rank: Int
  /// The number of processes.
  package let size: Int
  /// The rank of this process among those of its machine, counted from 0.
  package let localRank: Int
  /// The host name or IP address of the machine of process 0.
  package let address: String
  /// The TCP port at ``address``.
  package let port: Int
  /// Whether the launcher itself listens at the port, as torchrun does, instead of process 0.
  package let isHostedByLauncher: Bool
  /// The number of times that the launcher has started the processes before.
  package let attempt: Int

  package init(
    rank: Int, size: Int, localRank: Int = 0, address: String, port: Int = 29500,
    isHostedByLauncher: Bool = false, attempt: Int = 0
  ) {
    precondition(
      size >= 1 && (0..<size).contains(rank),
      "Expected a rank in 0..<\(size), but got \(rank).")
    precondition((1...65535).contains(port), "Expected a port in 1...65535, but got \(port).")
    precondition(
      (0...Self.largestCount).contains(attempt), "Expected an attempt from 0, but got \(attempt).")
    self.rank = rank
    self.size = size
    self.localRank = localRank
    self.address = address
    self.port = port
    self.isHostedByLauncher = isHostedByLauncher
    self.attempt = attempt
  }

  /// Reads the settings of the launcher; `nil` if this process is the only one.
  package init?(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(DistributedError) {
    let variables = LaunchVariables(values: environment)
    if let marker = variables.first(of: ["RANK", "WORLD_SIZE"]) {
      try self.init(torchrun: variables, because: marker)
    } else if variables.isSlurmStep {
      try self.init(slurm: variables)
    } else {
      return nil
    }
    if size == 1 { return nil }
  }

  private init(torchrun variables: LaunchVariables, because marker: String) throws(DistributedError)
  {
    let size = try variables.number("WORLD_SIZE", in: 1...Self.largestCount, besides: marker)
    self.init(
      rank: try variables.number("RANK", in: 0...size - 1, besides: marker), size: size,
      localRank: try variables.number("LOCAL_RANK", in: 0...Self.largestCount) ?? 0,
      address: size == 1 ? "localhost" : try variables.text("MASTER_ADDR", besides: marker),
      port: try variables.number("MASTER_PORT", in: 1...65535) ?? 29500,
      isHostedByLauncher: variables.values["TORCHELASTIC_USE_AGENT_STORE"] == "True",
      attempt: try variables.number("TORCHELASTIC_RESTART_COUNT", in: 0...Self.largestCount) ?? 0)
  }

  private init(slurm variables: LaunchVariables) throws(DistributedError) {
    let marker = "SLURM_PROCID"
    let count = variables.first(of: ["SLURM_STEP_NUM_TASKS"]) ?? "SLURM_NTASKS"
    let size = try variables.number(count, in: 1...Self.largestCount, besides: marker)
    let jobPort = try variables.portOfSlurmJob()
    let host = variables.first(of: ["MASTER_ADDR"]) ?? "SLURM_LAUNCH_NODE_IPADDR"
    self.init(
      rank: try variables.number(marker, in: 0...size - 1, besides: count), size: size,
      localRank: try variables.number("SLURM_LOCALID", in: 0...Self.largestCount) ?? 0,
      address: size == 1 ? "localhost" : try variables.text(host, besides: marker),
      port: try variables.number("MASTER_PORT", in: 1...65535) ?? jobPort)
  }

  private static let largestCount = 1_000_000

  /// The GPU of this process: the one with the index ``localRank``, or else the only one that the
  /// launcher makes visible.
  package var cudaDevice: TorchDevice {
    TorchDevice.cuda(localRank).isAvailable ? .cuda(localRank) : .cuda(0)
  }
}

/// Environment variables; reading a required one throws an error that names the variable requiring
/// it.
private struct LaunchVariables {
  let values: [String: String]

  /// The first of `names` whose variable is set and not empty.
  func first(of names: [String]) -> String? {
    names.first { values[$0]?.isEmpty == false }
  }

  /// Whether `srun` started this process. In a batch script, which runs once and without parallel
  /// tasks, a rank and a number of tasks are set as well, but no step.
  var isSlurmStep: Bool {
    guard first(of: ["SLURM_PROCID"]) != nil else { return false }
    return first(of: ["SLURM_JOB_ID"]) == nil
      || first(of: ["SLURM_STEP_ID", "SLURM_STEPID", "SLURM_STEP_NUM_TASKS"]) != nil
  }

  /// Returns a port that differs between jobs sharing a machine and lies below the range from which
  /// operating systems assign ports.
  func portOfSlurmJob() throws(DistributedError) -> Int {
    20000 + (try number("SLURM_JOB_ID", in: 0...Int.max) ?? 9500) % 10000
  }

  func text(_ name: String, besides other: String) throws(DistributedError) -> String {
    guard let value = values[name], !value.isEmpty else {
      throw .missingVariable(name, besides: other)
    }
    return value
  }

  func number(
    _ name: String, in range: ClosedRange<Int>, besides other: String
  ) throws(DistributedError) -> Int {
    guard let number = try number(name, in: range) else {
      throw .missingVariable(name, besides: other)
    }
    return number
  }

  func number(_ name: String, in range: ClosedRange<Int>) throws(DistributedError) -> Int? {
    guard let value = values[name], !value.isEmpty else { return nil }
    guard let number = Int(value), range.contains(number) else {
      throw .invalidVariable(
        name, value: value,
        expected: range.upperBound == Int.max
          ? "a whole number, \(range.lowerBound) or more"
          : "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}
