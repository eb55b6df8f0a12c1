// SPDX-License-Identifier: MIT

import GRDB

/// Why a store cannot be used.
public enum StoreError: Error, Hashable, CustomStringConvertible {
  /// There is no file.
  case missing(path: String)
  /// The file is something else.
  case foreign(path: String, found: String)
  /// The file was written by a newer version.
  case newer(path: String, found: Int, supported: Int)
  /// Another process holds the file.
  case locked(path: String, operation: String)
  /// The disk is full, failing or not to be written to; what was committed before stays.
  case unwritable(path: String, operation: String, reason: String)
  /// SQLite, or the system below it, refused an operation.
  case failed(path: String, operation: String, reason: String)
  /// The store has no such run.
  case noRun(path: String, id: Int64, available: [Int64])
  /// A run holds something else than this version writes.
  case damaged(path: String, run: Int64, reason: String)
  /// A run has numbers of its examples, and not the examples.
  case noExample(dataset: String, index: Int)

  /// One sentence that names the file, what was expected and what was found.
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
    case .noRun(let path, let id, let available):
      "'\(path)' has no run \(id), only "
        + (available.isEmpty ? "none." : available.map(String.init).joined(separator: ", ") + ".")
    case .damaged(let path, let run, let reason):
      "Run \(run) of '\(path)' cannot be read: \(reason)"
    case .noExample(let dataset, let index):
      "Example \(index) of \(dataset) is not in the store, which keeps numbers only."
    }
  }
}

extension StoreError {
  /// What an error of SQLite means for a store.
  init(_ error: any Error, path: String, operation: String) {
    switch error {
    case let error as StoreError: self = error
    case let error as DatabaseError:
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked(path: path, operation: operation)
      case .SQLITE_NOTADB: self = .foreign(path: path, found: "no SQLite file")
      case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY:
        self = .unwritable(
          path: path, operation: operation, reason: error.message ?? "\(error.resultCode)")
      default:
        self = .failed(
          path: path, operation: operation, reason: error.message ?? "\(error.resultCode)")
      }
    default: self = .failed(path: path, operation: operation, reason: "\(error)")
    }
  }
}
