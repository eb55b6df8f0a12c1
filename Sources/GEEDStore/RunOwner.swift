// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GRDB

extension RunStore {
  func take(_ id: Int64, by owner: RunOwner, in database: Database) throws {
    try database.execute(literal: "UPDATE run SET owner = \(owner.text) WHERE id = \(id)")
  }

  /// Changes a run in one transaction; throws if the run was removed or has another owner.
  func write(
    run id: Int64, of owner: RunOwner, _ body: (Database) throws -> Void
  ) throws(StoreError) {
    try write { database in
      let found = try rows(
        of: "run", run: id, "SELECT owner FROM run WHERE id = \(id)", in: database
      ) { try $0.valueIfPresent("owner", as: String.self) }.next()
      guard let found else { throw StoreError.noRun(path: path, id: id, available: []) }
      guard found == owner.text else {
        throw StoreError.takenOver(
          path: path, run: id, owner: found.flatMap(RunOwner.init)?.name ?? "another process")
      }
      try body(database)
    }
  }
}

/// The process that works on a run: the last one that began or resumed it. A former owner stops, so
/// no two processes write to a run; an unfinished run whose owner no longer exists was killed.
struct RunOwner: Sendable, Codable {
  /// The machine, or the part of it that has its own process ids.
  let host: String
  let process: Int32
  /// The start time of the process, as its machine counts it; empty if unknown.
  let start: String
  /// A token that distinguishes two recordings of one process.
  let token: String

  init() {
    host = Self.thisHost
    process = ProcessInfo.processInfo.processIdentifier
    start = Self.start(of: process)
    token = UUID().uuidString
  }

  init?(_ text: String) {
    guard let owner = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else {
      return nil
    }
    self = owner
  }

  var text: String { (try? canonicalJSON) ?? "" }

  /// Whether the process still exists; a process of another machine counts as ended.
  var isAlive: Bool {
    guard host == Self.thisHost, process > 0, start == Self.start(of: process) else { return false }
    return kill(process, 0) == 0 || errno == EPERM
  }

  /// The name in errors, such as `process 17 of node3`.
  var name: String {
    "process \(process) of \(host.split(separator: " ").first.map(String.init) ?? "another machine")"
  }

  /// The name, boot and process namespace of this machine: after a restart, and in another
  /// container, process ids refer to other processes.
  private static let thisHost: String = {
    let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
    let space = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
    return [ProcessInfo.processInfo.hostName.replacing(" ", with: "_"), boot, space]
      .compactMap { $0?.trimmingCharacters(in: .whitespacesAndNewlines) }.joined(separator: " ")
  }()

  private static func start(of process: Int32) -> String {
    // The program's name is in parentheses and may hold any text; the start is the 20th field after
    // it.
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return "" }
    let fields = text[text.index(after: end)...].split(separator: " ")
    return fields.count > 19 ? String(fields[19]) : ""
  }
}
