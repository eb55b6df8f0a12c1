// SPDX-License-Identifier: MIT

import Foundation

/// A table in columns, as a page carries it.
///
/// A column is an array, or, where strings repeat, `{"dictionary": [...], "index": [...]}`. Numbers
/// have six significant digits.
package struct Table: Sendable, Hashable {
  /// The columns by name; all have the same length.
  package let columns: [String: [JSON]]

  /// The number of rows.
  package var count: Int { columns.values.first?.count ?? 0 }

  /// Creates a table of rows.
  ///
  /// - Parameter columns: The names of the columns, with the value of a row in each.
  package init<Row>(_ rows: [Row], _ columns: KeyValuePairs<String, (Row) -> JSON>) {
    self.columns = Dictionary(
      uniqueKeysWithValues: columns.map { name, value in
        (name, rows.map { value($0).rounded })
      })
  }

  /// The rows as objects.
  package var rows: [JSON] {
    (0..<count).map { row in .object(columns.mapValues { $0[row] }) }
  }

  /// The table as a page carries it.
  package var json: JSON { .object(columns.mapValues(Self.compact)) }

  private static func compact(_ column: [JSON]) -> JSON {
    var positions: [JSON: Int] = [:]
    var dictionary: [JSON] = []
    var indexes: [JSON] = []
    for value in column {
      guard case .string = value else { return .array(column) }
      if positions[value] == nil {
        positions[value] = dictionary.count
        dictionary.append(value)
      }
      indexes.append(JSON(positions[value] ?? 0))
    }
    guard 2 * dictionary.count < column.count else { return .array(column) }
    return ["dictionary": .array(dictionary), "index": .array(indexes)]
  }
}

extension JSON {
  /// The number with six significant digits, and text for display; other values are unchanged.
  fileprivate var rounded: JSON {
    if case .string(let text) = self { return .string(text.shownLines) }
    guard case .number(let value) = self, value != value.rounded(), value.isFinite else {
      return self
    }
    return JSON(Double(String(format: "%.6g", value)))
  }
}
