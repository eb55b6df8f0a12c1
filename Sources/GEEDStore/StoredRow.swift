// SPDX-License-Identifier: MIT

import Foundation
import GRDB

/// A row of a table. Another program may have written it, so the type of every value is checked.
///
/// SQLite stores values of any type in any column, and GRDB's own conversions terminate the process
/// if a value does not fit.
struct StoredRow {
  private let row: Row
  private let table: String
  private let path: String

  /// The run that the row belongs to, for errors.
  var run: Int64?

  init(_ row: Row, of table: String, in path: String, run: Int64? = nil) {
    self.row = row
    self.table = table
    self.path = path
    self.run = run
  }

  /// Returns the value of a column.
  ///
  /// - Throws: ``StoreError/wrongValue(path:table:column:run:found:expected:)`` for a value of
  ///   another type.
  func value<Value: StoredValue>(
    _ column: String, as type: Value.Type = Value.self
  ) throws(StoreError) -> Value {
    guard let value = try valueIfPresent(column, as: type) else {
      throw wrong(column, found: "no value", expected: Value.expectation)
    }
    return value
  }

  /// Returns the value of a column, or `nil` if it has none.
  ///
  /// - Throws: ``StoreError/wrongValue(path:table:column:run:found:expected:)`` for a value of
  ///   another type.
  func valueIfPresent<Value: StoredValue>(
    _ column: String, as type: Value.Type = Value.self
  ) throws(StoreError) -> Value? {
    guard row.hasColumn(column) else {
      throw wrong(column, found: "no such column", expected: Value.expectation)
    }
    let stored: DatabaseValue = row[column]
    if stored.isNull { return nil }
    guard let value = Value(stored.storage) else {
      throw wrong(column, found: stored.storage.summary, expected: Value.expectation)
    }
    return value
  }

  /// Returns the value of a column that holds a number of at least 0.
  func count(_ column: String) throws(StoreError) -> Int {
    let count: Int = try value(column)
    guard count >= 0 else {
      throw wrong(column, found: "\(count)", expected: "a number from 0 on")
    }
    return count
  }

  /// Returns the error for an invalid value.
  func wrong(_ column: String, found: String, expected: String) -> StoreError {
    .wrongValue(
      path: path, table: table, column: column, run: run, found: found, expected: expected)
  }
}

/// A type whose values can be read from a column.
protocol StoredValue {
  /// The expected value in the words of an error.
  static var expectation: String { get }

  /// Reads a value; `nil` for one of another type.
  init?(_ storage: DatabaseValue.Storage)
}

extension Int64: StoredValue {
  static let expectation = "a whole number"

  init?(_ storage: DatabaseValue.Storage) {
    guard case .int64(let value) = storage else { return nil }
    self = value
  }
}

extension Int: StoredValue {
  static let expectation = "a whole number"

  init?(_ storage: DatabaseValue.Storage) {
    guard case .int64(let value) = storage else { return nil }
    self.init(exactly: value)
  }
}

extension Double: StoredValue {
  static let expectation = "a number"

  init?(_ storage: DatabaseValue.Storage) {
    switch storage {
    case .double(let value): self = value
    case .int64(let value): self = Double(value)
    default: return nil
    }
  }
}

extension String: StoredValue {
  static let expectation = "text"

  init?(_ storage: DatabaseValue.Storage) {
    guard case .string(let value) = storage else { return nil }
    self = value
  }
}

extension Data: StoredValue {
  static let expectation = "bytes"

  init?(_ storage: DatabaseValue.Storage) {
    guard case .blob(let value) = storage else { return nil }
    self = value
  }
}

extension DatabaseValue.Storage {
  /// The stored value in the words of an error.
  fileprivate var summary: String {
    switch self {
    case .null: "no value"
    case .int64(let value): "the number \(value)"
    case .double(let value): "the number \(value)"
    case .string(let value): "the text '\(value.prefix(40))'"
    case .blob(let value): "\(value.count) bytes"
    }
  }
}
