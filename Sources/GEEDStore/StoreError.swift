// SPDX-License-Identifier: MIT

import GRDB

/// An error that prevents a store from being used.
public enum StoreError: Error, Hashable, CustomStringConvertible {
  /// There is no file.
  case missing(path: String)
  /// The file is not a store.
  case foreign(path: String, found: String)
  /// The file was written by a newer version.
  case newer(path: String, found: Int, supported: Int)
  /// Another process has locked the file.
  case locked(path: String, operation: String)
  /// The disk is full, failing or read-only; earlier commits are preserved.
  case unwritable(path: String, operation: String, reason: String)
  /// SQLite or the operating system refused an operation.
  case failed(path: String, operation: String, reason: String)
  /// The file is a store with damaged content.
  case corrupt(path: String, operation: String, reason: String)
  /// A column holds a value of another type, or one that is out of range.
  case wrongValue(
    path: String, table: String, column: String, run: Int64?, found: String, expected: String)
  /// The store has no such run.
  case noRun(path: String, id: Int64, available: [Int64])
  /// A run holds something other than this version writes.
  case damaged(path: String, run: Int64, reason: String)
  /// A part of a run does not match its checksum.
  case checksum(path: String, run: Int64, part: String)
  /// A run was written by a version that did not write checksums.
  case unchecked(path: String, run: Int64)
  /// Another process has taken over the run.
  case takenOver(path: String, run: Int64, owner: String)
  /// The file was changed while it was being read.
  case changed(path: String)
  /// A run has the measurements of its examples, but not the examples.
  case noExample(dataset: String, index: Int)

  /// One sentence that states the file, what was expected and what was found.
  public var description: String {
    switch self {
    case .missing(let path):
      "Expected a store at '\(path)', but there is nothing."
    case .foreign(let path, let found):
      "'\(path)': expected a store of runs, but found \(found)."
    case .newer(let path, let found, let supported):
      "'\(path)' is a store of format \(found), but this version reads up to \(supported); use a "
        + "newer version."
    case .locked(let path, let operation):
      "Could not \(operation) '\(path)': another process holds the store."
    case .failed(let path, let operation, let reason),
      .unwritable(let path, let operation, let reason):
      "Could not \(operation) '\(path)': \(reason)."
    case .corrupt(let path, let operation, let reason):
      "Could not \(operation) '\(path)', which is damaged: \(reason)."
    case .wrongValue(let path, let table, let column, let run, let found, let expected):
      "\(run.map { "Run \($0) of '\(path)'" } ?? "'\(path)'") is damaged: expected \(expected) in "
        + "column '\(column)' of table '\(table)', but found \(found)."
    case .noRun(let path, let id, let available):
      "'\(path)' has no run \(id), only "
        + (available.isEmpty ? "none." : available.map(String.init).joined(separator: ", ") + ".")
    case .damaged(let path, let run, let reason):
      "Run \(run) of '\(path)' cannot be read: \(reason)"
    case .checksum(let path, let run, let part):
      "Run \(run) of '\(path)' is damaged: \(part) is not what was written, by its checksum; measure "
        + "the run again."
    case .unchecked(let path, let run):
      "Run \(run) of '\(path)' was kept by an earlier version, without checksums, so nothing can be "
        + "made of its records; measure it again."
    case .takenOver(let path, let run, let owner):
      "Run \(run) of '\(path)' was taken over by \(owner), which continues it; this process stops."
    case .changed(let path):
      "'\(path)' was changed while it was read; try again."
    case .noExample(let dataset, let index):
      "Example \(index) of \(dataset) is not in the store, which keeps numbers only."
    }
  }
}

extension StoreError {
  init(_ error: any Error, path: String, operation: String) {
    switch error {
    case let error as StoreError: self = error
    case let error as DatabaseError:
      let reason = error.message ?? "\(error.resultCode)"
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked(path: path, operation: operation)
      case .SQLITE_NOTADB: self = .foreign(path: path, found: "no SQLite file")
      case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY:
        self = .unwritable(path: path, operation: operation, reason: reason)
      // SQL that is valid for a store fails if tables or columns are missing or have other
      // constraints.
      case .SQLITE_CORRUPT, .SQLITE_ERROR, .SQLITE_SCHEMA, .SQLITE_MISMATCH, .SQLITE_CONSTRAINT,
        .SQLITE_TOOBIG, .SQLITE_RANGE, .SQLITE_FORMAT:
        self = .corrupt(path: path, operation: operation, reason: reason)
      default: self = .failed(path: path, operation: operation, reason: reason)
      }
    default: self = .failed(path: path, operation: operation, reason: "\(error)")
    }
  }
}
