// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import Testing
import _GEEDTestSupport

/// Processes of `_DistributedWorker`, which train together on this machine.
enum Workers {
  /// What one process left behind.
  struct Outcome {
    let status: Int32
    let output: [String]
    let error: String
    /// From the start of all processes, in seconds.
    let duration: Double

    /// The numbers after `loss`, one for each step.
    var losses: [Double] {
      output.filter { $0.hasPrefix("loss ") }.compactMap { Double($0.dropFirst(5)) }
    }

    /// The numbers after `accuracy`, one for each step.
    var accuracies: [Double] {
      output.filter { $0.hasPrefix("accuracy ") }.compactMap { Double($0.dropFirst(9)) }
    }

    /// All weights at the end, in order.
    var weights: [Double] {
      output.filter { $0.hasPrefix("weights ") }
        .flatMap { $0.split(separator: " ").last?.split(separator: ",") ?? [] }
        .compactMap { Double($0) }
    }
  }

  /// Starts `count` processes, or only the ones named, and waits until they end.
  ///
  /// - Parameters:
  ///   - joinTimeout: Seconds that a process waits for the others at the start.
  ///   - timeout: Seconds that a process waits for the others later on.
  ///   - ranks: The processes that are started; all where `nil`.
  ///   - address: Where they meet.
  /// - Returns: One outcome for each started process.
  static func run(
    _ arguments: [String], count: Int, joinTimeout: Double = 60, timeout: Double = 60,
    ranks: [Int]? = nil, port: Int? = nil, address: String = "127.0.0.1"
  ) async throws -> [Outcome] {
    let port = try port ?? #require(freePort())
    let start = ContinuousClock.now
    let processes = try (ranks ?? Array(0..<count)).map { rank in
      try RunningWorker(
        path: path, arguments: arguments,
        variables: count == 1
          ? [:]
          : [
            "RANK": "\(rank)", "WORLD_SIZE": "\(count)", "MASTER_ADDR": address,
            "MASTER_PORT": "\(port)", "WORKER_JOIN_TIMEOUT": "\(joinTimeout)",
            "WORKER_TIMEOUT": "\(timeout)",
          ])
    }
    var outcomes: [Outcome?] = processes.map { _ in nil }
    while outcomes.contains(where: { $0 == nil }) {
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      for (index, process) in processes.enumerated() where outcomes[index] == nil {
        if seconds > 120 { process.kill() }
        outcomes[index] = try process.outcome(after: seconds)
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    return outcomes.compactMap { $0 }
  }

  /// The program, which is built next to the tests.
  private static var path: String {
    get throws {
      let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      let places = [own, Bundle(for: Marker.self).bundlePath, CommandLine.arguments[0]]
        .compactMap { $0 }
        .map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
        .map { $0.appending(path: "_DistributedWorker").path }
      return try #require(
        places.first { FileManager.default.isExecutableFile(atPath: $0) },
        "The program is not in \(places); 'swift build --build-tests' makes it.")
    }
  }

  private final class Marker {}
}

/// One process and the files that it writes to.
private struct RunningWorker {
  private let process = Process()
  private let folder: URL

  init(path: String, arguments: [String], variables: [String: String]) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "geed-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let own = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SLURM_") }
    process.environment = own.merging(variables) { $1 }
    // Files and not pipes: a pipe that nobody reads holds its writer up.
    for name in ["output", "error"] {
      _ = FileManager.default.createFile(atPath: folder.appending(path: name).path, contents: nil)
    }
    process.standardOutput = try FileHandle(forWritingTo: folder.appending(path: "output"))
    process.standardError = try FileHandle(forWritingTo: folder.appending(path: "error"))
    try process.run()
  }

  func kill() { _ = Foundation.kill(process.processIdentifier, SIGKILL) }

  /// `nil` while the process runs.
  func outcome(after seconds: Double) throws -> Workers.Outcome? {
    if process.isRunning { return nil }
    defer { try? FileManager.default.removeItem(at: folder) }
    let texts = try ["output", "error"].map {
      try String(contentsOf: folder.appending(path: $0), encoding: .utf8)
    }
    return Workers.Outcome(
      status: process.terminationStatus,
      output: texts[0].split(separator: "\n").map(String.init), error: texts[1],
      duration: seconds)
  }
}
#endif
