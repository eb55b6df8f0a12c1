// SPDX-License-Identifier: MIT

import Foundation
import GEEDStore
import GRDB
import Testing

/// Commands that read stores: they write nothing, wherever the store is and whoever writes to it.
@Suite(.enabled(if: Available.runtime, Available.noRuntime)) struct StoreReadingTests {
  private func commands(_ store: String) -> [[String]] {
    [
      ["runs", "--store", store], ["export", "1", "--store", store],
      ["export", "1", "--store", store, "--format", "csv"],
      ["check", "\(store)#1", "--below", "softmax=9"], ["compare", "\(store)#1", "\(store)#1"],
      ["replicates", "\(store)#1", "\(store)#1"],
    ]
  }

  /// All files of a folder with their bytes.
  private func contents(of folder: String) throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    return try Dictionary(
      uniqueKeysWithValues: names.map {
        ($0, try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")))
      })
  }

  @Test(
    "Not a byte of a store is changed, nor is anything left beside it", arguments: [false, true])
  func unchanged(hasRollbackJournal: Bool) throws {
    let scratch = try Scratch()
    let store = try scratch.write([], to: "store/a ? %41#1.sqlite")
    _ = try StoredRuns.output(of: StoredRuns.small + ["--store", store])
    if hasRollbackJournal {
      let queue = try DatabaseQueue(path: store)
      try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
      try queue.close()
    }
    let before = try contents(of: scratch.path("store"))
    #expect(before.count == 1)
    for command in commands(store) {
      _ = try StoredRuns.output(of: command)
      #expect(try contents(of: scratch.path("store")) == before, "\(command)")
    }
  }

  @Test(
    "A store in a folder that cannot be written to is read",
    .enabled(if: geteuid() != 0, "The superuser may write everywhere."))
  func readOnlyFolder() throws {
    let scratch = try Scratch()
    let store = try scratch.write([], to: "store/a.sqlite")
    _ = try StoredRuns.output(of: StoredRuns.small + ["--store", store])
    chmod(store, 0o444)
    chmod(scratch.path("store"), 0o555)
    defer { chmod(scratch.path("store"), 0o755) }
    for command in commands(store) { _ = try StoredRuns.output(of: command) }
    let outcome = try Tool.run(StoredRuns.small + ["--store", store])
    #expect([66, 70].contains(outcome.status))
    #expect(outcome.error.split(separator: "\n").count == 1)
  }

  @Test("What a killed process has left in the log is read, and the log stays")
  func killedWriter() throws {
    let scratch = try Scratch()
    let store = try scratch.write([], to: "store/a.sqlite")
    let arguments = StoredRuns.small.map { $0 == "4" ? "300" : $0 } + ["--store", store]
    try Tool.runAndKill(arguments) { StoredRuns.exampleCount(store) >= 5 }
    let before = try contents(of: scratch.path("store"))
    #expect(Set(before.keys) == ["a.sqlite", "a.sqlite-wal", "a.sqlite-shm"])
    let listed = try StoredRuns.output(of: ["runs", "--store", store])
    // The process is gone.
    #expect(listed.contains("  measure  incomplete  "))
    let csv = try StoredRuns.output(of: ["export", "1", "--store", store, "--format", "csv"])
    #expect(csv.split(separator: "\n").count >= 1 + 5 * 4)
    let after = try contents(of: scratch.path("store"))
    #expect(after["a.sqlite"] == before["a.sqlite"])
    #expect(after["a.sqlite-wal"] == before["a.sqlite-wal"])
    #expect(after.count == 3)
    // Copied without the index of the log, as from a backup.
    let copy = try scratch.write(try #require(before["a.sqlite"]), to: "copy/a.sqlite")
    _ = try scratch.write(try #require(before["a.sqlite-wal"]), to: "copy/a.sqlite-wal")
    let copied = try contents(of: scratch.path("copy"))
    #expect(try StoredRuns.output(of: ["export", "1", "--store", copy, "--format", "csv"]) == csv)
    #expect(try contents(of: scratch.path("copy")) == copied)
  }

  @Test("A store is read while another process writes to it")
  func besideWriter() throws {
    let scratch = try Scratch()
    let store = scratch.path("a.sqlite")
    _ = try StoredRuns.output(of: StoredRuns.small + ["--store", store])
    let before = try StoredRuns.output(of: ["runs", "--store", store])
    let queue = try DatabaseQueue(path: store)
    try queue.writeWithoutTransaction { database in
      try database.execute(sql: "BEGIN IMMEDIATE; UPDATE run SET tag = 'other'")
      for command in commands(store) { _ = try StoredRuns.output(of: command) }
      #expect(try StoredRuns.output(of: ["runs", "--store", store]) == before)
      try database.execute(sql: "ROLLBACK")
    }
    try queue.close()
    // And while a run is under way.
    var listed = ""
    let arguments = StoredRuns.small.map { $0 == "4" ? "300" : $0 } + ["--store", store]
    _ = try Tool.run(
      arguments,
      signal: (
        SIGKILL,
        when: {
          guard (try? RunStore(opening: store).runs().last?.count) ?? 0 >= 5 else { return false }
          listed = (try? StoredRuns.output(of: ["runs", "--store", store])) ?? ""
          return true
        }
      ))
    #expect(listed.contains("  measure  running  "))
  }

  @Test("Two processes at one run: the later one continues, the first one stops and says so")
  func twoOwners() throws {
    let scratch = try Scratch()
    let store = scratch.path("a.sqlite")
    let arguments = StoredRuns.small.map { $0 == "4" ? "400" : $0 }
    let whole = try StoredRuns.output(of: arguments)
    var second: Tool.Outcome?
    let first = try Tool.run(
      arguments + ["--store", store],
      signal: (
        SIGKILL,
        when: {
          if second == nil, StoredRuns.exampleCount(store) >= 10 {
            second = try? Tool.run(arguments + ["--store", store, "--resume"])
          }
          return false
        }
      ))
    #expect(second?.status == 0)
    #expect(second?.output == whole)
    #expect(first.status == 66)
    // What it had measured is printed, as for every store that takes no more.
    #expect(try Measured(json: first.output).results[0].exampleCount < 400)
    #expect(
      first.error.wholeMatch(
        of:
          /Error: Run 1 of '.*' was taken over by process \d+ of \S+, which continues it; this process stops.\n/
      ) != nil, "\(first.error)")
    #expect(try RunStore(opening: store).runs().map(\.status) == [.finished])
    #expect(try StoredRuns.output(of: ["export", "1", "--store", store]) == whole)
  }
}
