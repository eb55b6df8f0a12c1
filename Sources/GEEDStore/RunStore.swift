// SPDX-License-Identifier: MIT

import Foundation
import GRDB

/// Runs in one SQLite file: settings, where they come from, every observation, results.
///
///     let store = try RunStore(creating: "geed.sqlite")
///     for run in try store.runs() { print(run.id, run.model, run.status) }
///
/// What is appended at once is there as a whole or not at all: a process that is killed leaves the
/// file as it was after its last call. Several processes of one machine may write to the same file;
/// they take turns. On a network file system each writes a file of its own, for SQLite's write-ahead
/// log needs shared memory.
///
/// The tables are described in <doc:Tables>.
public struct RunStore: Sendable {
  /// The file.
  public let path: String

  let database: DatabaseQueue

  /// Opens a store, and makes it where there is no file.
  ///
  /// - Parameters:
  ///   - path: The file; a log and an index stand next to it while it is open.
  ///   - patience: How long to wait for other processes.
  /// - Throws: ``StoreError`` for a file that is no store or that cannot be opened.
  public init(creating path: String, patience: Duration = .seconds(10)) throws(StoreError) {
    try self.init(path: path, patience: patience)
  }

  /// Opens a store that is there.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - patience: How long to wait for other processes.
  /// - Throws: ``StoreError/missing(path:)`` without a file; others for one that is no store or that
  ///   cannot be opened.
  public init(opening path: String, patience: Duration = .seconds(10)) throws(StoreError) {
    guard FileManager.default.fileExists(atPath: path) else { throw .missing(path: path) }
    try self.init(path: path, patience: patience)
  }

  private init(path: String, patience: Duration) throws(StoreError) {
    self.path = path
    var configuration = Configuration()
    configuration.busyMode = .timeout(patience / .seconds(1))
    do {
      // Whatever the file is, it stays as it is until it is known to be a store.
      if FileManager.default.fileExists(atPath: path) {
        var looking = configuration
        looking.readonly = true
        try DatabaseQueue(path: path, configuration: looking).read { try Self.requireOwn($0, path) }
      }
      configuration.journalMode = .wal
      database = try DatabaseQueue(path: path, configuration: configuration)
      try database.inTransaction(.immediate) { database in
        try Self.requireOwn(database, path)
        try Self.migrate(database)
        return .commit
      }
    } catch {
      throw StoreError(error, path: path, operation: "open")
    }
  }

  /// Throws unless the file is a store that this version reads, or empty.
  private static func requireOwn(_ database: Database, _ path: String) throws {
    let mark = try Int32.fetchOne(database, sql: "PRAGMA application_id")
    let tables = try String.fetchAll(
      database, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    guard mark == StoreSchema.applicationID || tables.isEmpty else {
      throw StoreError.foreign(
        path: path, found: "a database with the tables \(tables.prefix(5).joined(separator: ", "))")
    }
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard version <= StoreSchema.version else {
      throw StoreError.newer(path: path, found: version, supported: StoreSchema.version)
    }
  }

  private static func migrate(_ database: Database) throws {
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard version < StoreSchema.version else { return }
    for migration in StoreSchema.migrations[version...] { try database.execute(sql: migration) }
    try database.execute(
      sql: """
        PRAGMA application_id = \(StoreSchema.applicationID);
        PRAGMA user_version = \(StoreSchema.version);
        """)
  }

  /// Changes the store in one transaction.
  func write<Value>(
    _ operation: String, _ body: (Database) throws -> Value
  ) throws(StoreError) -> Value {
    do {
      return try database.write(body)
    } catch {
      throw StoreError(error, path: path, operation: operation)
    }
  }

  /// Reads one state of the store.
  func read<Value>(
    _ operation: String, _ body: (Database) throws -> Value
  ) throws(StoreError) -> Value {
    do {
      return try database.read(body)
    } catch {
      throw StoreError(error, path: path, operation: operation)
    }
  }
}
