// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GRDB

extension RunStore {
  /// Returns the runs, oldest first.
  ///
  /// - Parameters:
  ///   - kind: The kind of the runs; `nil` for all.
  ///   - tag: The tag of the runs; `nil` for all.
  /// - Throws: ``StoreError`` if the store cannot be read.
  public func runs(
    kind: RunSummary.Kind? = nil, tag: String? = nil
  ) throws(StoreError) -> [RunSummary] {
    try read("read") { database in
      try Row.fetchAll(
        database,
        sql: summary + " WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR tag = ?2) ORDER BY id",
        arguments: [kind?.rawValue, tag]
      ).map { try summary($0) }
    }
  }

  /// Returns one run.
  ///
  /// - Throws: ``StoreError/noRun(path:id:available:)`` if there is no run with this number.
  public func run(_ id: Int64) throws(StoreError) -> RunSummary {
    try read("read") { database in
      guard
        let row = try Row.fetchOne(database, sql: summary + " WHERE id = ?", arguments: [id])
      else {
        let ids = try Row.fetchAll(database, sql: "SELECT id FROM run ORDER BY id").map {
          try StoredRow($0, of: "run", in: path).value("id", as: Int64.self)
        }
        throw StoreError.noRun(path: path, id: id, available: ids)
      }
      return try summary(row)
    }
  }

  /// Returns the newest run with the same settings, for the same part of the measurement.
  ///
  /// - Throws: ``StoreError`` if the store cannot be read.
  public func latestRun(
    of kind: RunSummary.Kind, like description: RunDescription
  ) throws(StoreError) -> RunSummary? {
    try read("read") { database in
      try Row.fetchOne(
        database,
        sql: summary + """
           WHERE kind = ? AND settings = ? AND shard_index = ? AND shard_count = ?
          ORDER BY id DESC LIMIT 1
          """,
        arguments: [
          kind.rawValue, description.settings, description.shard.index, description.shard.count,
        ]
      ).map { try summary($0) }
    }
  }

  /// Returns the JSON that the run has printed; `nil` until the run is finished.
  ///
  /// - Throws: ``StoreError`` if there is no such run, or the text does not match its checksum.
  public func document(ofRun id: Int64) throws(StoreError) -> String? {
    let run = try run(id)
    return try read("read") { database in
      let checksum = format > 1 ? "document_checksum" : "NULL AS document_checksum"
      guard
        let row = try Row.fetchOne(
          database, sql: "SELECT document, \(checksum) FROM run WHERE id = ?", arguments: [id]
        ).map({ StoredRow($0, of: "run", in: path, run: id) })
      else { return nil }
      let document = try row.valueIfPresent("document", as: String.self)
      let expected = try row.valueIfPresent("document_checksum", as: Data.self)
      if let expected, expected != Checksum.ofDocument(document, run: id) {
        throw StoreError.checksum(path: path, run: id, part: "its document")
      }
      if expected == nil, run.hasChecksums, run.status == .finished {
        throw StoreError.checksum(path: path, run: id, part: "the checksum of its document")
      }
      return document
    }
  }

  /// Removes a run with everything that belongs to it.
  ///
  /// - Throws: ``StoreError`` if there is no such run.
  public func remove(run id: Int64) throws(StoreError) {
    _ = try run(id)
    try write("remove a run from") {
      try $0.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [id])
    }
  }

  /// Writes a new run and returns its number.
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
    let id = database.lastInsertedRowID
    try seal(id, in: database)
    return id
  }

  private var summary: String {
    """
    SELECT \(Self.runColumns), \(format > 1 ? "owner, checksum" : "NULL AS owner, NULL AS checksum"),
      CASE kind WHEN 'train' THEN (SELECT max(iteration) FROM step WHERE step.run = run.id)
        ELSE (SELECT count(*) FROM example WHERE example.run = run.id) END AS size
    FROM run
    """
  }

  private func summary(_ row: Row) throws -> RunSummary {
    var row = StoredRow(row, of: "run", in: path)
    let id: Int64 = try row.value("id")
    row.run = id
    let kind = try row.word("kind", as: RunSummary.Kind.self)
    var status = try row.word("status", as: RunSummary.Status.self)
    let owner = try row.valueIfPresent("owner", as: String.self).flatMap(RunOwner.init)
    if status == .running, owner?.isAlive != true { status = .incomplete }
    let (index, count): (Int, Int) = (try row.count("shard_index"), try row.count("shard_count"))
    guard index < count else {
      throw row.wrong("shard_index", found: "\(index)", expected: "a number below \(count)")
    }
    let seed: Int64 = try row.value("seed")
    let checksum: Data? = try row.valueIfPresent("checksum")
    let summary = RunSummary(
      id: id, kind: kind, status: status, created: try row.value("created"),
      tag: try row.valueIfPresent("tag"), model: try row.value("model"),
      modelSHA256: try row.valueIfPresent("model_sha256"), data: try row.value("data"),
      group: try row.value("group_name"), seed: UInt64(bitPattern: seed),
      shard: Shard(index: index, of: count), settings: try row.value("settings"),
      count: try row.valueIfPresent("size") ?? 0, hasChecksums: checksum != nil)
    if let checksum, checksum != (try Checksum.ofRun(row)) {
      throw StoreError.checksum(path: path, run: id, part: "its row in table 'run'")
    }
    return summary
  }
}

extension StoredRow {
  /// Returns the value of a column that holds one of several words.
  func word<Word: RawRepresentable<String>>(
    _ column: String, as type: Word.Type
  ) throws(StoreError) -> Word {
    let text: String = try value(column)
    guard let word = Word(rawValue: text) else {
      throw wrong(column, found: "the text '\(text.prefix(40))'", expected: "a word that is known")
    }
    return word
  }
}
