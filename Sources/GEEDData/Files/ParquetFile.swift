// SPDX-License-Identifier: MIT

import CGEEDDuckDB
import Foundation
import GEED

/// The rows of Parquet files, one file after the other, read by DuckDB, which is loaded if it is installed.
///
/// The library is trusted with the files: unlike the other readers, it is not tested with damaged ones here.
struct ParquetFile: Sendable {
  struct Column: Sendable {
    let name: String
    /// The type in DuckDB's notation, such as "BIGINT".
    let type: String
  }

  /// A value of a row.
  struct Value {
    fileprivate let value: geed_duckdb_value

    /// The bytes of a text or of binary data; `nil` if there is no value.
    var bytes: [UInt8]? {
      value.is_null ? nil : Array(UnsafeBufferPointer(start: value.bytes, count: value.count))
    }

    /// The text; `nil` if there is no value.
    var text: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    /// The number; `nil` if there is no value.
    var number: Int? { value.is_null ? nil : Int(value.number) }
  }

  /// The kind of a column of a query.
  enum Kind: String {
    case bytes = "b"
    case number = "n"
  }

  /// The path in errors.
  let path: String

  /// The columns, in the order of the files.
  let columns: [Column]

  /// The table in a query.
  private let source: String

  /// Opens files with the same columns.
  ///
  /// - Parameters:
  ///   - paths: The files, in the order of their rows.
  ///   - path: Their name in errors.
  init(opening paths: [String], path: String) throws(DataError) {
    for path in paths {
      let bytes = try DataFile(opening: path, expected: "a Parquet file")
      let beginning = try bytes.bytes(at: 0, count: min(4, bytes.byteCount))
      guard beginning == Array("PAR1".utf8) else {
        throw .invalid(
          path: path, expected: "a Parquet file",
          found: beginning.isEmpty ? "an empty file" : "other bytes at its beginning")
      }
      // The library would take the characters for a pattern, or the name for that of a server.
      if let stray = path.first(where: { "*?[".contains($0) }) {
        throw .unsuitable(
          path: path, expected: "a path without '*', '?' and '['", found: "'\(stray)'",
          fix: "rename it")
      }
    }
    let list = paths.map { "'\(($0.hasPrefix("/") ? $0 : "./\($0)").replacing("'", with: "''"))'" }
    source = "read_parquet([\(list.joined(separator: ", "))], hive_partitioning = false)"
    self.path = path
    var columns: [Column] = []
    try Self.visit(
      "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM \(source))",
      [.bytes, .bytes], path: path
    ) { row throws(DataError) in
      columns.append(Column(name: row[0].text ?? "", type: row[1].text ?? ""))
    }
    self.columns = columns
  }

  /// Visits all rows in their order.
  ///
  /// - Parameter values: What to read of a row, in SQL, and its kind.
  func forEachRow(
    _ values: [(expression: String, kind: Kind)],
    _ visit: ([Value]) throws(DataError) -> Void
  ) throws(DataError) {
    try Self.visit(
      "SELECT \(values.map(\.expression).joined(separator: ", ")) FROM \(source)",
      values.map(\.kind), path: path, visit)
  }

  /// Returns a name in SQL.
  static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }

  private struct Visit {
    let count: Int
    let visit: ([Value]) throws(DataError) -> Void
    var failure: DataError?
  }

  /// Runs a query. The only place that reads a `geed_duckdb_status`.
  private static func visit(
    _ query: String, _ kinds: [Kind], path: String,
    _ visit: ([Value]) throws(DataError) -> Void
  ) throws(DataError) {
    let library = ProcessInfo.processInfo.environment["GEED_DUCKDB"].flatMap {
      $0.isEmpty ? nil : $0
    }
    var message = [CChar](repeating: 0, count: Int(GEED_DUCKDB_MESSAGE_SIZE))
    let (status, failure) = withoutActuallyEscaping(visit) { visit in
      var context = Visit(count: kinds.count, visit: visit)
      let status = withUnsafeMutablePointer(to: &context) { context in
        geed_duckdb_query(
          library, query, kinds.map(\.rawValue).joined(), context,
          { context, row in
            guard let context = context?.assumingMemoryBound(to: Visit.self), let row else {
              return false
            }
            do throws(DataError) {
              try context.pointee.visit((0..<context.pointee.count).map { Value(value: row[$0]) })
              return true
            } catch {
              context.pointee.failure = error
              return false
            }
          }, &message)
      }
      return (status, context.failure)
    }
    if let failure { throw failure }
    guard status == GEED_DUCKDB_OK else {
      let reason = String(
        decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      throw .undecodable(path: path, format: "Parquet", reason: reason)
    }
  }
}
