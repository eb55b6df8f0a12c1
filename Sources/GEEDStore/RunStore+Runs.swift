// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GRDB

// MARK: - Reading

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
    let kind = kind?.rawValue
    return try read { database in
      try Array(
        summaries(
          """
          WHERE (\(kind) IS NULL OR kind = \(kind)) AND (\(tag) IS NULL OR tag = \(tag))
          ORDER BY id
          """, in: database))
    }
  }

  /// Returns one run.
  ///
  /// - Throws: ``StoreError/noRun(path:id:available:)`` if there is no run with this number.
  public func run(_ id: Int64) throws(StoreError) -> RunSummary {
    try read(run: id) { run, _ in run }
  }

  /// Returns the newest run with the same settings, for the same part of the measurement.
  package func latestRun(
    of kind: RunSummary.Kind, like description: RunDescription
  ) throws(StoreError) -> RunSummary? {
    try read { try latestRun(of: kind, like: description, in: $0) }
  }

  func latestRun(
    of kind: RunSummary.Kind, like description: RunDescription, in database: Database
  ) throws -> RunSummary? {
    let shard = description.shard
    return try summaries(
      """
      WHERE kind = \(kind.rawValue) AND settings = \(description.settings)
        AND shard_index = \(shard.index) AND shard_count = \(shard.count)
      ORDER BY id DESC LIMIT 1
      """, in: database
    ).next()
  }

  /// Returns the JSON that the run has printed; `nil` until the run is finished.
  ///
  /// - Throws: ``StoreError`` if there is no such run, or the text does not match its checksum.
  public func document(ofRun id: Int64) throws(StoreError) -> String? {
    try read(run: id) { run, database in
      guard run.status == .finished else { return nil }
      return try rows(
        of: "run", run: id,
        "SELECT document, \(laterColumn("document_checksum")) FROM run WHERE id = \(id)",
        in: database
      ) { row -> String? in
        let document: String? = try row.valueIfPresent("document")
        let checksum: Data? = try row.valueIfPresent("document_checksum")
        guard checksum != nil || !run.hasChecksums else {
          throw StoreError.checksum(path: path, run: id, part: "the checksum of its document")
        }
        guard checksum == nil || checksum == Checksum.ofDocument(document, run: id) else {
          throw StoreError.checksum(path: path, run: id, part: "its document")
        }
        return document
      }.next() ?? nil
    }
  }

  /// Reads a run and what belongs to it, in one consistent state.
  func read<Value>(
    run id: Int64, _ body: (RunSummary, Database) throws -> Value
  ) throws(StoreError) -> Value {
    try read { try body(run(id, in: $0), $0) }
  }

  private func run(_ id: Int64, in database: Database) throws -> RunSummary {
    if let run = try summaries("WHERE id = \(id)", in: database).next() { return run }
    let ids = try rows(of: "run", "SELECT id FROM run ORDER BY id", in: database) {
      try $0.value("id", as: Int64.self)
    }
    throw StoreError.noRun(path: path, id: id, available: try Array(ids))
  }

  private func summaries(
    _ selection: SQL, in database: Database
  ) throws -> some Cursor<RunSummary> {
    try rows(
      of: "run",
      """
      SELECT \(RunSummary.columns), \(laterColumn("owner")), \(laterColumn("checksum")),
        CASE kind WHEN 'train' THEN (SELECT max(iteration) FROM step WHERE step.run = run.id)
          ELSE (SELECT count(*) FROM example WHERE example.run = run.id) END AS size
      FROM run \(selection)
      """, in: database, RunSummary.init)
  }

  /// Returns a column that a format has added; without values in a store of an older format.
  func laterColumn(_ name: String, since added: Int = 2) -> SQL {
    format >= added ? "\(sql: name)" : "NULL AS \(sql: name)"
  }
}

// MARK: - Writing

extension RunStore {
  /// Removes a run with everything that belongs to it.
  ///
  /// - Throws: ``StoreError`` if there is no such run.
  public func remove(run id: Int64) throws(StoreError) {
    try write("remove a run from") { database in
      _ = try run(id, in: database)
      try database.execute(literal: "DELETE FROM run WHERE id = \(id)")
    }
  }

  /// Writes the conclusions from other runs as a finished run; replaces one with the same settings.
  package func saveFigure(_ description: RunDescription, document: String) throws(StoreError) {
    try write { database in
      try database.execute(
        literal: "DELETE FROM run WHERE kind = 'figure' AND settings = \(description.settings)")
      let id = try insert(description, kind: .figure, into: database)
      try finish(id, document: document, in: database)
    }
  }

  func insert(
    _ run: RunDescription, kind: RunSummary.Kind, into database: Database
  ) throws -> Int64 {
    try database.execute(
      literal: """
        INSERT INTO run (status, created, kind, tag, model, model_sha256, data, group_name, seed,
          shard_index, shard_count, settings, versions, command_line)
        VALUES ('running', strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), \(kind.rawValue), \(run.tag),
          \(run.model), \(run.modelSHA256), \(run.data), \(run.group),
          \(Int64(bitPattern: run.seed)), \(run.shard.index), \(run.shard.count), \(run.settings),
          \(run.versions.canonicalJSON), \(run.commandLine.canonicalJSON))
        """)
    let id = database.lastInsertedRowID
    try seal(id, in: database)
    return id
  }

  /// Writes the document of a run and marks the run as finished.
  func finish(_ id: Int64, document: String?, in database: Database) throws {
    let checksum = Checksum.ofDocument(document, run: id)
    try update(
      id, "status = 'finished', document = \(document), document_checksum = \(checksum)",
      in: database)
  }

  /// Changes columns of a run's row, and its checksum with them.
  func update(_ id: Int64, _ assignments: SQL, in database: Database) throws {
    try database.execute(literal: "UPDATE run SET \(assignments) WHERE id = \(id)")
    try seal(id, in: database)
  }

  private func seal(_ id: Int64, in database: Database) throws {
    let checksum = try rows(
      of: "run", run: id, "SELECT \(RunSummary.columns) FROM run WHERE id = \(id)", in: database,
      Checksum.ofRun
    ).next()
    try database.execute(literal: "UPDATE run SET checksum = \(checksum) WHERE id = \(id)")
  }
}
