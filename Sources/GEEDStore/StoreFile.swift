// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GRDB

struct StoreFile {
  let path: String
  let timeout: Duration

  /// The identity, size and times of a file, which differ between its states.
  struct State: Sendable, Hashable {
    let byteCount: Int
    private let numbers: [Int64]

    /// The state of the file at a path; `nil` if there is none.
    init?(of path: String) {
      var info = stat()
      guard stat(path, &info) == 0 else { return nil }
      #if canImport(Darwin)
      let times = [info.st_mtimespec, info.st_ctimespec]
      #else
      let times = [info.st_mtim, info.st_ctim]
      #endif
      byteCount = Int(info.st_size)
      numbers =
        [Int64(truncatingIfNeeded: info.st_dev), Int64(bitPattern: UInt64(info.st_ino))]
        + times.flatMap { [Int64($0.tv_sec), Int64($0.tv_nsec)] }
    }
  }

  /// The number of bytes; 0 if there is no file.
  var byteCount: Int { byteCount(withSuffix: "") }

  /// The number of bytes of the file with a suffix to its name.
  private func byteCount(withSuffix suffix: String) -> Int {
    State(of: path + suffix)?.byteCount ?? 0
  }

  /// Throws if there is something other than a regular file at the path.
  func requirePlain() throws(StoreError) {
    guard let status = FileStatus(of: path), status.kind != .file else { return }
    throw .foreign(path: path, found: status.kind == .folder ? "a folder" : "no plain file")
  }

  /// Opens the file for writing, and creates it if it does not exist.
  func openForWriting() throws -> DatabaseQueue {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: folder) else {
      throw StoreError.failed(
        path: path, operation: "open", reason: "there is no folder '\(folder)'")
    }
    var configuration = self.configuration
    configuration.journalMode = .wal
    return try DatabaseQueue(path: plainName, configuration: configuration)
  }

  /// Opens the file for reading, without changing it and without leaving files beside it.
  ///
  /// A store without a log is opened as immutable: its state must not differ afterwards. One with a
  /// write-ahead log and an index, from a process that writes or was killed, is opened in the usual
  /// way; if the index is missing or cannot be used, as on a read-only disk, a copy is opened.
  func openForReading() throws -> (DatabaseQueue, unchanged: State?) {
    var configuration = self.configuration
    configuration.readonly = true
    let files = FileManager.default
    let hasIndexedLog =
      files.fileExists(atPath: path + "-wal") && files.fileExists(atPath: path + "-shm")
    let hasLog = byteCount(withSuffix: "-wal") > 0
    let hasJournal = byteCount(withSuffix: "-journal") > 0
    if !hasIndexedLog, !hasLog, !hasJournal {
      let state = State(of: path)
      return (try DatabaseQueue(path: unchangingName, configuration: configuration), state)
    }
    if hasIndexedLog || hasJournal {
      do {
        let database = try DatabaseQueue(path: plainName, configuration: configuration)
        // An unusable log causes an error only when something is read.
        _ = try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master") }
        return (database, nil)
      } catch let error as DatabaseError
        where [.SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_IOERR].contains(error.resultCode)
      {}
    }
    return (try openCopy(), nil)
  }

  /// Opens a copy of the file and its log, which is deleted when the database is closed.
  private func openCopy() throws -> DatabaseQueue {
    let files = FileManager.default
    let folder = files.temporaryDirectory.appending(path: "geed-\(UUID().uuidString)")
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    // An open file remains usable after its name is removed.
    defer { try? files.removeItem(at: folder) }
    let copy = folder.appending(path: "store.sqlite").path
    let before = State(of: path)
    for suffix in ["", "-wal", "-journal"] where files.fileExists(atPath: path + suffix) {
      try files.copyItem(atPath: path + suffix, toPath: copy + suffix)
      try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: copy + suffix)
    }
    guard State(of: path) == before else { throw StoreError.changed(path: path) }
    let database = try DatabaseQueue(path: copy, configuration: configuration)
    try database.writeWithoutTransaction {
      // Merges the log into the file; no other file is needed from here on.
      _ = try String.fetchOne($0, sql: "PRAGMA journal_mode = DELETE")
      _ = try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master")
    }
    return database
  }

  private var configuration: Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(timeout / .seconds(1))
    configuration.prepareDatabase { database in
      // The schema of a file must not call functions, and its cells are checked as they are read.
      try database.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
    }
    return configuration
  }

  /// The path in a form that SQLite always reads as a path, whatever it begins with.
  private var plainName: String { path.hasPrefix("/") ? path : "./\(path)" }

  /// The path as a URI that makes SQLite treat the file as immutable.
  private var unchangingName: String {
    let absolute = URL(fileURLWithPath: path).path
    var allowed = CharacterSet.urlPathAllowed
    allowed.remove(charactersIn: "?#;%")
    let escaped = absolute.addingPercentEncoding(withAllowedCharacters: allowed) ?? absolute
    return "file:\(escaped)?immutable=1"
  }
}
