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

  /// The format of the tables.
  let format: Int

  /// The state that the file must have after reading, where it is read as one that nobody changes.
  private let unchanged: StoreFile.State?

  /// Opens a store to write to it, and makes it where there is no file, or an empty one.
  ///
  /// A store of an older format is brought up to this version's.
  ///
  /// - Parameters:
  ///   - path: The file; a log and an index stand next to it while it is open.
  ///   - patience: How long to wait for other processes.
  /// - Throws: ``StoreError`` for a file that is no store or that cannot be opened.
  public init(creating path: String, patience: Duration = .seconds(10)) throws(StoreError) {
    self.path = path
    format = StoreSchema.version
    unchanged = nil
    let file = StoreFile(path: path, patience: patience)
    try file.requirePlain()
    do {
      // Whatever the file is, it stays as it is until it is known to be a store.
      if file.byteCount > 0 {
        let (looking, _) = try file.openForReading()
        let found = try looking.read { try StoreSchema.requireOwn($0, in: path) }
        try looking.close()
        // SQLite takes a file that is shorter than a page for one to begin in.
        guard found > 0 || file.byteCount >= 512 else {
          throw StoreError.foreign(path: path, found: "a file of \(file.byteCount) bytes")
        }
      }
      database = try file.openForWriting()
      // Who finds the tables as they should be must not wait for those who write.
      guard try database.read(StoreSchema.version(of:)) < StoreSchema.version else { return }
      try database.inTransaction(.immediate) { database in
        try StoreSchema.migrate(database, in: path)
        return .commit
      }
    } catch {
      throw StoreError(error, path: path, operation: "open")
    }
  }

  /// Opens a store that is there, to read it.
  ///
  /// Not a byte of the file is changed, nor is anything left beside it: it may stand on a disk that
  /// cannot be written to, and another process may be writing to it. Methods that write throw.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - patience: How long to wait for other processes.
  /// - Throws: ``StoreError/missing(path:)`` without a file; others for one that is no store or that
  ///   cannot be opened.
  public init(opening path: String, patience: Duration = .seconds(10)) throws(StoreError) {
    self.path = path
    let file = StoreFile(path: path, patience: patience)
    guard file.isThere else { throw .missing(path: path) }
    try file.requirePlain()
    guard file.byteCount > 0 else { throw .foreign(path: path, found: "an empty file") }
    do {
      (database, unchanged) = try file.openForReading()
      format = try database.read { try StoreSchema.requireOwn($0, in: path) }
      guard format > 0 else {
        throw StoreError.foreign(path: path, found: "a database without tables")
      }
    } catch {
      throw StoreError(error, path: path, operation: "open")
    }
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
    let value: Result<Value, any Error> = Result { try database.read(body) }
    if let unchanged, unchanged != StoreFile.State(of: path) { throw .changed(path: path) }
    do {
      return try value.get()
    } catch {
      throw StoreError(error, path: path, operation: operation)
    }
  }
}
