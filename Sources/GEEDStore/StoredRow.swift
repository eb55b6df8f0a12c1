// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GRDB

/// A row of a table. Another program may have stored values of any type in any column, on which
/// GRDB's own conversions terminate the process.
struct StoredRow {
  let row: Row
  let table: String
  let path: String

  var run: Int64?

  /// Returns the value of a column, or throws if it is of another type.
  func value<Value: StoredValue>(
    _ column: String, as type: Value.Type = Value.self
  ) throws(StoreError) -> Value {
    guard let value = try valueIfPresent(column, as: type) else {
      throw wrong(column, found: "no value", expected: Value.type.rawValue)
    }
    return value
  }

  /// Returns the value of a column, or `nil` if it has none.
  func valueIfPresent<Value: StoredValue>(
    _ column: String, as type: Value.Type = Value.self
  ) throws(StoreError) -> Value? {
    guard row.hasColumn(column) else {
      throw wrong(column, found: "no such column", expected: Value.type.rawValue)
    }
    let stored: DatabaseValue = row[column]
    if stored.isNull { return nil }
    guard Value.type.includes(stored.storage), let value = Value.fromDatabaseValue(stored) else {
      throw wrong(column, found: stored.storage.summary, expected: Value.type.rawValue)
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

  /// Returns the value of a column that holds JSON.
  func json<Value: Decodable>(_ column: String) throws(StoreError) -> Value {
    let text: String = try value(column)
    do {
      return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    } catch {
      let reason = (error as? DecodingError)?.context.debugDescription ?? "\(error)"
      throw wrong(
        column, found: "the text '\(text.prefix(40))' (\(reason))", expected: "JSON of its kind")
    }
  }

  /// Returns the value of a column that holds one of several words.
  func word<Word: RawRepresentable<String>>(
    _ column: String, as type: Word.Type = Word.self
  ) throws(StoreError) -> Word {
    let text: String = try value(column)
    guard let word = Word(rawValue: text) else {
      throw wrong(column, found: "the text '\(text.prefix(40))'", expected: "a word that is known")
    }
    return word
  }

  func wrong(_ column: String, found: String, expected: String) -> StoreError {
    .wrongValue(
      path: path, table: table, column: column, run: run, found: found, expected: expected)
  }
}

extension RunStore {
  /// Reads the rows that a query selects, one at a time; table and run are those that errors name.
  func rows<Value>(
    of table: String, run: Int64? = nil, _ query: SQL, in database: Database,
    _ read: @escaping (StoredRow) throws -> Value
  ) throws -> some Cursor<Value> {
    try SQLRequest<Row>(literal: query).fetchCursor(database).map {
      try read(StoredRow(row: $0, table: table, path: path, run: run))
    }
  }
}

/// A type whose values can be read from a column.
protocol StoredValue: DatabaseValueConvertible {
  static var type: StoredType { get }
}

extension Int64: StoredValue { static var type: StoredType { .integer } }
extension Int: StoredValue { static var type: StoredType { .integer } }
extension Double: StoredValue { static var type: StoredType { .number } }
extension String: StoredValue { static var type: StoredType { .text } }
extension Data: StoredValue { static var type: StoredType { .bytes } }

/// The type of the values that may be in a column, in the words of an error.
enum StoredType: String {
  case integer = "a whole number"
  case number = "a number"
  case text
  case bytes

  fileprivate func includes(_ value: DatabaseValue.Storage) -> Bool {
    switch (self, value) {
    case (.integer, .int64), (.number, .int64), (.number, .double), (.text, .string),
      (.bytes, .blob):
      true
    default: false
    }
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
