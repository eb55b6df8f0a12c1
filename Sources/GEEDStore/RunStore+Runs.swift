// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GRDB

extension RunStore {
  /// The runs, oldest first.
  ///
  /// - Parameters:
  ///   - kind: Only those of this kind.
  ///   - tag: Only those with this tag.
  /// - Throws: ``StoreError`` if the store cannot be read.
  public func runs(
    kind: RunSummary.Kind? = nil, tag: String? = nil
  ) throws(StoreError) -> [RunSummary] {
    try read("read") { database in
      try Row.fetchAll(
        database,
        sql: Self.summary + " WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR tag = ?2) "
          + "ORDER BY id",
        arguments: [kind?.rawValue, tag]
      ).map { try summary($0) }
    }
  }

  /// One run.
  ///
  /// - Throws: ``StoreError/noRun(path:id:available:)`` if there is none of this number.
  public func run(_ id: Int64) throws(StoreError) -> RunSummary {
    let runs = try runs()
    guard let run = runs.first(where: { $0.id == id }) else {
      throw .noRun(path: path, id: id, available: runs.map(\.id))
    }
    return run
  }

  /// The newest run with the same settings, of the same part.
  ///
  /// - Throws: ``StoreError`` if the store cannot be read.
  public func latestRun(
    of kind: RunSummary.Kind, like description: RunDescription
  ) throws(StoreError) -> RunSummary? {
    try runs(kind: kind).last {
      $0.settings == description.settings && $0.shard == description.shard
    }
  }

  /// What the run has printed as JSON; `nil` until it is finished.
  ///
  /// - Throws: ``StoreError`` if there is no such run.
  public func document(ofRun id: Int64) throws(StoreError) -> String? {
    _ = try run(id)
    return try read("read") {
      try String.fetchOne($0, sql: "SELECT document FROM run WHERE id = ?", arguments: [id])
    }
  }

  /// Removes a run with all that belongs to it.
  ///
  /// - Throws: ``StoreError`` if there is no such run.
  public func remove(run id: Int64) throws(StoreError) {
    _ = try run(id)
    try write("remove a run from") {
      try $0.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [id])
    }
  }

  /// Writes a new run.
  func insert(
    _ description: RunDescription, kind: RunSummary.Kind, into database: Database
  ) throws -> Int64 {
    try database.execute(
      sql: """
        INSERT INTO run (kind, status, created, tag, model, model_sha256, data, group_name, seed,
          shard_index, shard_count, settings, versions, command_line)
        VALUES (?, 'running', strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        kind.rawValue, description.tag, description.model, description.modelSHA256,
        description.data, description.group, Int64(bitPattern: description.seed),
        description.shard.index, description.shard.count, description.settings,
        try description.versions.canonicalJSON, try description.commandLine.canonicalJSON,
      ])
    return database.lastInsertedRowID
  }

  private static let summary = """
    SELECT run.*, CASE kind
      WHEN 'train' THEN (SELECT max(iteration) FROM step WHERE step.run = run.id)
      ELSE (SELECT count(*) FROM example WHERE example.run = run.id) END AS size
    FROM run
    """

  private func summary(_ row: Row) throws -> RunSummary {
    let (index, count): (Int, Int) = (row["shard_index"], row["shard_count"])
    guard let kind = RunSummary.Kind(rawValue: row["kind"]),
      let status = RunSummary.Status(rawValue: row["status"]), count >= 1,
      (0..<count).contains(index)
    else {
      throw StoreError.damaged(
        path: path, run: row["id"], reason: "It is no run that this version knows.")
    }
    return RunSummary(
      id: row["id"], kind: kind, status: status, created: row["created"], tag: row["tag"],
      model: row["model"], modelSHA256: row["model_sha256"], data: row["data"],
      group: row["group_name"], seed: UInt64(bitPattern: row["seed"]),
      shard: Shard(index: index, of: count), settings: row["settings"], count: row["size"] ?? 0)
  }
}

extension RunStore {
  /// The examples that a run has measured.
  func examples(
    ofRun id: Int64
  ) throws(StoreError) -> [(number: Int, name: String?, label: Int?)] {
    _ = try run(id)
    return try read("read") { database in
      try Row.fetchAll(
        database, sql: "SELECT number, name, label FROM example WHERE run = ?", arguments: [id]
      ).map { ($0["number"], $0["name"], $0["label"]) }
    }
  }
}
