// SPDX-License-Identifier: MIT

import Foundation
import GRDB

/// Runs in one SQLite file, with their settings, sources, observations and results.
///
///     let store = try RunStore(creating: "geed.sqlite")
///     for run in try store.runs() { print(run.id, run.model, run.status) }
///
/// Each call that writes is one transaction: a process that is killed leaves the file as it was
/// after its last call. Several processes of one machine may write to the same file, one at a time.
/// On a network file system, each process must write its own file, because SQLite's write-ahead log
/// needs shared memory.
///
/// The tables are described in <doc:Tables>.
public struct RunStore: Sendable {
  /// The path of the file.
  public let path: String

  let database: DatabaseQueue

  let format: Int

  /// The state that the file must still have after reading, if it was opened as immutable.
  private let unchanged: StoreFile.State?

  /// Opens a store for writing, and creates it if there is no file or the file is empty.
  ///
  /// A store of an older format is migrated to this version's format.
  ///
  /// - Parameters:
  ///   - path: The path of the file; a log and an index are beside it while it is open.
  ///   - timeout: The timeout for waiting for other processes.
  /// - Throws: ``StoreError`` if the file is not a store or cannot be opened.
  public init(creating path: String, timeout: Duration = .seconds(10)) throws(StoreError) {
    self.path = path
    format = StoreSchema.version
    unchanged = nil
    let file = StoreFile(path: path, timeout: timeout)
    try file.requirePlain()
    do {
      // The file is not changed until it is known to be a store.
      if file.byteCount > 0 {
        let (looking, _) = try file.openForReading()
        let found = try looking.read { try StoreSchema.requireOwn($0, in: path) }
        try looking.close()
        // SQLite treats a file that is shorter than a page as a new database.
        guard found > 0 || file.byteCount >= 512 else {
          throw StoreError.foreign(path: path, found: "a file of \(file.byteCount) bytes")
        }
      }
      database = try file.openForWriting()
      // If the tables are up to date, this process must not wait for writers.
      guard try database.read(StoreSchema.version(of:)) < StoreSchema.version else { return }
      try database.inTransaction(.immediate) { database in
        try StoreSchema.migrate(database, in: path)
        return .commit
      }
    } catch {
      throw StoreError(error, path: path, operation: "open")
    }
  }

  /// Opens an existing store for reading.
  ///
  /// The file is not changed, and nothing is left beside it: it may be on a read-only disk, and
  /// another process may be writing to it. Methods that write throw.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - timeout: The timeout for waiting for other processes.
  /// - Throws: ``StoreError/missing(path:)`` if there is no file; other errors if it is not a store
  ///   or cannot be opened.
  public init(opening path: String, timeout: Duration = .seconds(10)) throws(StoreError) {
    self.path = path
    let file = StoreFile(path: path, timeout: timeout)
    guard StoreFile.State(of: path) != nil else { throw .missing(path: path) }
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

  func write<Value>(
    _ operation: String = "write to", _ body: (Database) throws -> Value
  ) throws(StoreError) -> Value {
    do {
      return try database.write(body)
    } catch {
      throw StoreError(error, path: path, operation: operation)
    }
  }

  /// Reads the store in one consistent state.
  func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    let value: Result<Value, any Error> = Result { try database.read(body) }
    if let unchanged, unchanged != StoreFile.State(of: path) { throw .changed(path: path) }
    do {
      return try value.get()
    } catch {
      throw StoreError(error, path: path, operation: "read")
    }
  }
}
