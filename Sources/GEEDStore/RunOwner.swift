// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// The process that works on a run.
///
/// A process that begins or resumes a run becomes its owner. A process that is no longer the owner
/// stops, so no two processes write to the same run. An unfinished run whose owner does not exist
/// any more was stopped or killed.
struct RunOwner: Sendable, Hashable, Codable {
  /// The machine, or the part of it that has process numbers of its own.
  let host: String
  let process: Int32
  /// When the process began, as its machine counts, where that is known.
  let start: String
  /// What tells two recordings of one process apart.
  let token: String

  /// This process, for one recording.
  init() {
    host = Self.thisHost
    process = ProcessInfo.processInfo.processIdentifier
    start = Self.start(of: process)
    token = UUID().uuidString
  }

  /// The owner as it stands in the store.
  init?(_ text: String) {
    guard let owner = try? JSONDecoder().decode(RunOwner.self, from: Data(text.utf8)) else {
      return nil
    }
    self = owner
  }

  /// What stands in the store.
  var text: String { (try? canonicalJSON) ?? "" }

  /// Whether the process is still there; one of another machine counts as gone.
  var isAlive: Bool {
    guard host == Self.thisHost, process > 0, start == Self.start(of: process) else { return false }
    return kill(process, 0) == 0 || errno == EPERM
  }

  /// `process 17 of node3`.
  var name: String {
    "process \(process) of \(host.split(separator: " ").first.map(String.init) ?? "another machine")"
  }

  /// Name, boot and process namespace: after a restart, and in another container, numbers of
  /// processes mean others.
  private static let thisHost: String = {
    let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
    let space = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
    return [ProcessInfo.processInfo.hostName.replacing(" ", with: "_"), boot, space]
      .compactMap { $0?.trimmingCharacters(in: .whitespacesAndNewlines) }.joined(separator: " ")
  }()

  private static func start(of process: Int32) -> String {
    // The name of the program stands in brackets and may hold anything; the start is number 20 behind.
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return "" }
    let fields = text[text.index(after: end)...].split(separator: " ")
    return fields.count > 19 ? String(fields[19]) : ""
  }
}
