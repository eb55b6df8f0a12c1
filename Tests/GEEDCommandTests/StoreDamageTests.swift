// SPDX-License-Identifier: MIT

import Foundation
import GRDB
import Testing

/// Stores whose content is not what was written, and what the commands say of them.
@Suite(.enabled(if: Available.runtime, Available.noRuntime)) struct StoreDamageTests {
  private static let measured = Result { try MeasuredStore() }

  /// A run and its two shards, which each test changes a copy of; nothing of it changes.
  private final class MeasuredStore: @unchecked Sendable {
    let scratch: Scratch
    let arguments = StoredRuns.small + ["--latent", "features", "--scale-samples", "6"]

    init() throws {
      scratch = try Scratch()
      for (name, more) in [
        ("whole", []), ("1", ["--shard", "1/2"]), ("2", ["--shard", "2/2"]),
      ] {
        _ = try StoredRuns.output(of: arguments + more + ["--store", path(name)])
      }
    }

    func path(_ name: String) -> String { scratch.path("\(name).sqlite") }
  }

  /// Copies a store and changes the copy by SQL.
  private func changed(
    _ name: String = "whole", in scratch: Scratch, _ sql: String...
  ) throws -> String {
    let path = scratch.path("\(name).sqlite")
    try FileManager.default.copyItem(
      atPath: try Self.measured.get().path(name), toPath: path)
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF")
      for statement in sql { try database.execute(sql: statement) }
    }
    try queue.close()
    return path
  }

  /// Expects a command to end with 65 and one sentence.
  private func expectRefusal(
    _ arguments: [String], saying text: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try Tool.run(arguments)
    #expect(outcome.status == 65, "\(outcome.error)", sourceLocation: sourceLocation)
    let lines = outcome.error.split(separator: "\n").filter { !$0.hasPrefix("Continuing") }
    #expect(lines.count == 1, "\(lines)", sourceLocation: sourceLocation)
    #expect(
      lines.first?.contains(text) == true, "\(outcome.error)", sourceLocation: sourceLocation)
    #expect(outcome.output == "", sourceLocation: sourceLocation)
  }

  private var resume: [String] {
    get throws { try Self.measured.get().arguments + ["--resume", "--store"] }
  }

  // MARK: Values of another type, and other tables

  @Test(
    "A value of another type or out of range is named by table, column and run",
    arguments: [
      ("seed = 'abc'", "seed", "a whole number"), ("seed = NULL", "seed", "a whole number"),
      ("shard_count = -1", "shard_count", "a number from 0 on"),
      ("shard_count = 0", "shard_index", "a number below 0"),
      ("shard_index = 'x'", "shard_index", "a whole number"),
      ("settings = x'00'", "settings", "text"), ("kind = 'other'", "kind", "a word"),
      ("status = 7.5", "status", "a word"), ("model = x'41'", "model", "text"),
      ("created = NULL", "created", "text"),
    ])
  func wrongValues(change: String, column: String, expected: String) throws {
    let scratch = try Scratch()
    let store = try changed(
      in: scratch, "CREATE TABLE copy AS SELECT * FROM run", "UPDATE copy SET \(change)",
      "DROP VIEW results", "DROP VIEW observations", "DROP TABLE run",
      "ALTER TABLE copy RENAME TO run")
    let text =
      "Run 1 of '\(store)' is damaged: expected \(expected)"
    for command in [
      ["runs", "--store", store], ["export", "1", "--store", store],
      ["export", "1", "--store", store, "--format", "csv"],
      ["check", "\(store)#1", "--below", "softmax=9"], ["compare", "\(store)#1", "\(store)#1"],
    ] {
      try expectRefusal(command, saying: text)
      try expectRefusal(command, saying: "column '\(column)' of table 'run'")
    }
  }

  @Test("Values of observations are checked as they are read")
  func observations() throws {
    let scratch = try Scratch()
    let store = try changed(
      in: scratch,
      "UPDATE observation SET value = 'abc' WHERE example IN "
        + "(SELECT max(example) FROM observation)")
    let outcome = try Tool.run(["export", "1", "--store", store, "--format", "csv"])
    #expect(outcome.status == 65)
    #expect(
      outcome.error
        == "Error: Run 1 of '\(store)' is damaged: expected a number in column 'value' of table "
        + "'observation', but found the text 'abc'.\n")
  }

  @Test(
    "Tables and columns that are missing, and those that do something, are named",
    arguments: [
      ("ALTER TABLE run RENAME COLUMN seed TO other", "table 'run' has no column 'seed'"),
      ("ALTER TABLE record RENAME COLUMN bytes TO b", "table 'record' has no column 'bytes'"),
      ("DROP TABLE step", "without the table 'step'"),
      (
        "ALTER TABLE record RENAME TO r; CREATE VIEW record AS SELECT * FROM r",
        "without the table 'record'"
      ),
      (
        "CREATE TRIGGER t AFTER INSERT ON record BEGIN DELETE FROM record; END",
        "with the trigger 't'"
      ),
      ("PRAGMA user_version = -1", "format -1"), ("PRAGMA user_version = 0", "without a format"),
      ("PRAGMA user_version = 99", "format 99"),
      ("PRAGMA application_id = 1", "expected a store of runs, but found a database"),
    ])
  func schema(change: String, text: String) throws {
    let scratch = try Scratch()
    let store = try changed(in: scratch, "DROP VIEW results", "DROP VIEW observations", change)
    for command in [
      ["runs", "--store", store], ["export", "1", "--store", store, "--format", "csv"],
      ["check", "\(store)#1", "--below", "softmax=9"], ["merge", store, "-o", scratch.path("m")],
      try resume + [store],
    ] {
      try expectRefusal(command, saying: text)
    }
  }

  @Test("Files that are cut off, empty, or no files")
  func noStores() throws {
    let scratch = try Scratch()
    let whole = try Data(
      contentsOf: URL(fileURLWithPath: try Self.measured.get().path("whole")))
    for count in [1, 99, 100, 512, 4096, 5000, whole.count / 2, whole.count - 4096] {
      let store = try scratch.write(whole.prefix(count), to: "cut.sqlite")
      for command in [
        ["runs", "--store", store], ["export", "1", "--store", store, "--format", "csv"],
        try resume + [store],
      ] {
        let outcome = try Tool.run(command)
        // The pages at the end may be none that the command needs.
        #expect([0, 65].contains(outcome.status), "\(count) \(outcome.error)")
        if count <= 4096 {
          #expect(outcome.status == 65)
          #expect(outcome.error.split(separator: "\n").count == 1)
        }
      }
    }
    let empty = try scratch.write([], to: "empty.sqlite")
    try expectRefusal(
      ["runs", "--store", empty], saying: "'\(empty)': expected a store of runs, but found an empty"
    )
    try expectRefusal(
      ["check", "\(empty)#1", "--below", "softmax=1"], saying: "found an empty file")
    #expect(try Data(contentsOf: URL(fileURLWithPath: empty)).isEmpty)
    // Who makes an empty file to write to gets what was meant.
    _ = try StoredRuns.output(of: StoredRuns.small + ["--store", empty])
    try expectRefusal(
      ["runs", "--store", scratch.path(".")], saying: "expected a store of runs, but found a folder"
    )
    let outcome = try Tool.run(StoredRuns.small + ["--store", scratch.path("no/a.sqlite")])
    #expect(outcome.status == 66)
    #expect(outcome.error.contains("there is no folder '\(scratch.path("no"))'"))
  }

  // MARK: Checksums

  @Test("A record of which a bit was flipped is never used", arguments: 0..<6)
  func flippedRecords(number: Int) throws {
    let scratch = try Scratch()
    // Each record in another place: head, hash, numbers, end.
    let flip = """
      UPDATE record SET bytes = CAST(substr(bytes, 1, length(bytes) * \(number) / 6) AS BLOB)
        || x'5A' || CAST(substr(bytes, 2 + length(bytes) * \(number) / 6) AS BLOB)
      WHERE position = \(number)
      """
    let store = try changed(in: scratch, flip, "UPDATE record SET bytes = CAST(bytes AS BLOB)")
    try expectRefusal(
      try resume + [store],
      saying: "Run 1 of '\(store)' is damaged: its record at position \(number) is not what was "
        + "written")
    let shard = try changed(
      "\(number % 2 + 1)", in: scratch, flip,
      "UPDATE record SET bytes = CAST(bytes AS BLOB)")
    let other = try Self.measured.get().path("\((number + 1) % 2 + 1)")
    let merged = scratch.path("merged.sqlite")
    try expectRefusal(
      ["merge", shard, other, "-o", merged], saying: "its record at position \(number) is not")
    #expect(!FileManager.default.fileExists(atPath: merged))
  }

  @Test("Records that have changed places, or are missing, are never used")
  func swappedRecords() throws {
    let scratch = try Scratch()
    let swapped = try changed(
      in: scratch, "UPDATE record SET position = 100 WHERE position = 1",
      "UPDATE record SET position = 1 WHERE position = 2",
      "UPDATE record SET position = 2 WHERE position = 100")
    try expectRefusal(try resume + [swapped], saying: "its record at position 1 is not")
    let missing = try changed("1", in: scratch, "DELETE FROM record WHERE position = 4")
    try expectRefusal(
      ["merge", missing, try Self.measured.get().path("2"), "-o", scratch.path("m.sqlite")],
      saying: "Run 1 of '\(missing)' cannot be read: It has 2 records, but expected 3.")
  }

  @Test(
    "A document or settings that were edited are not printed, checked or compared",
    arguments: [
      ("document = replace(document, '\"value\" : 0.', '\"value\" : 0.0')", "its document"),
      ("document_checksum = NULL", "the checksum of its document"),
      ("settings = replace(settings, '\"seed\":0', '\"seed\":1')", "its row in table 'run'"),
      ("seed = 5", "its row in table 'run'"), ("model = 'other.onnx'", "its row in table 'run'"),
      ("group_name = 'C8'", "its row in table 'run'"),
    ])
  func editedRuns(change: String, part: String) throws {
    let scratch = try Scratch()
    let store = try changed(in: scratch, "UPDATE run SET \(change)")
    for command in [
      ["export", "1", "--store", store], ["check", "\(store)#1", "--below", "softmax=9"],
      ["compare", "\(store)#1", "\(store)#1"],
    ] {
      try expectRefusal(command, saying: "Run 1 of '\(store)' is damaged: \(part) is not what was")
    }
  }

  // MARK: Stores of before

  @Test("A store of format 1 can be read; what it keeps is not gone on with, nor merged")
  func formerStores() throws {
    let scratch = try Scratch()
    let old = """
      DROP VIEW observations;
      CREATE VIEW observations AS SELECT run, value FROM observation JOIN probe ON probe.id = probe;
      DROP TABLE thumbnail;
      ALTER TABLE observation DROP COLUMN prediction;
      ALTER TABLE run DROP COLUMN owner;
      ALTER TABLE run DROP COLUMN checksum;
      ALTER TABLE run DROP COLUMN document_checksum;
      ALTER TABLE record DROP COLUMN checksum;
      PRAGMA user_version = 1;
      """
    let store = try changed(in: scratch, old)
    let before = try Data(contentsOf: URL(fileURLWithPath: store))
    let document = try StoredRuns.output(of: ["export", "1", "--store", store])
    #expect(document.contains("geed.measurement/1"))
    #expect(try StoredRuns.output(of: ["runs", "--store", store]).contains("finished"))
    #expect(try Tool.run(["check", "\(store)#1", "--below", "softmax=100"]).status == 0)
    let observations = try StoredRuns.output(of: [
      "export", "1", "--store", store, "--format", "csv",
    ]).split(separator: "\n")
    #expect(
      observations.allSatisfy { line in
        let fields = line.split(separator: ",", omittingEmptySubsequences: false)
        return fields[8] == (line == observations[0] ? "prediction" : "")
      })
    #expect(try Data(contentsOf: URL(fileURLWithPath: store)) == before)
    let first = try changed("1", in: scratch, old)
    let second = try changed("2", in: scratch, old)
    try expectRefusal(
      ["merge", first, second, "-o", scratch.path("m.sqlite")],
      saying: "Run 1 of '\(first)' was kept by an earlier version, without checksums")
    try expectRefusal(try resume + [store], saying: "Run 1 of '\(store)' was kept by an earlier")
    // Who writes to it brings it up to date.
    _ = try StoredRuns.output(of: StoredRuns.small + ["--store", store])
    #expect(
      try StoredRuns.output(of: ["export", "1", "--store", store]) == document)
    let listed = try StoredRuns.output(of: ["runs", "--store", store])
    #expect(listed.split(separator: "\n").count == 3)
  }
}
