// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// The content of a label file or a class map, in CSV or JSON.
enum LabelTable: Sendable {
  /// Values by name.
  case named([(name: String, value: String)])
  /// The values in the order of the examples, or the names in the order of their numbers.
  case ordered([String])

  /// - Parameters:
  ///   - expected: The expected content, for errors.
  ///   - row: The form of a row, for errors.
  ///   - isListAllowed: Whether a CSV file may have one column.
  init(at path: String, expected: String, row: String, isListAllowed: Bool) throws(DataError) {
    let bytes = try DataFile(opening: path, expected: expected)
      .bytes(atMost: 1 << 28, of: expected)
    if let table = try LabelTable(json: bytes, path: path) {
      self = table
      return
    }
    let rows = try Self.rows(ofCSV: bytes, path: path)
    if isListAllowed, rows.allSatisfy({ $0.count == 1 }) {
      self = .ordered(Self.withoutHeading(rows, column: 0).map { $0[0] })
      return
    }
    guard rows.allSatisfy({ $0.count >= 2 }) else {
      throw .invalid(path: path, expected: "rows '\(row)'", found: "rows of one column")
    }
    self = .named(Self.withoutHeading(rows, column: 1).map { ($0[0], $0[1]) })
  }

  /// Leaves out a first row without a number or a WordNet id if all later rows have one, or if it
  /// begins with a common column name.
  private static func withoutHeading(_ rows: [[String]], column: Int) -> ArraySlice<[String]> {
    func isClass(_ row: [String]) -> Bool {
      Int(row[column]) != nil || ImageNetClasses.places[row[column]] != nil
    }
    guard rows.count > 1, !isClass(rows[0]) else { return rows[...] }
    let headings = ["file", "filename", "name", "image", "example", "index", "id", "path", "class"]
    let hasHeading =
      rows.dropFirst().allSatisfy(isClass) || headings.contains(rows[0][0].lowercased())
    return rows.dropFirst(hasHeading ? 1 : 0)
  }

  private static func rows(ofCSV bytes: [UInt8], path: String) throws(DataError) -> [[String]] {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .invalid(path: path, expected: "UTF-8 text", found: "other bytes")
    }
    let rows = text.split(whereSeparator: \.isNewline).map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map { field in
        let field = field.trimmingCharacters(in: .whitespaces)
        let isQuoted = field.count >= 2 && field.hasPrefix("\"") && field.hasSuffix("\"")
        return isQuoted ? String(field.dropFirst().dropLast()) : field
      }
    }.filter { $0 != [""] }
    guard !rows.isEmpty else { throw .invalid(path: path, expected: "rows", found: "none") }
    return rows
  }
}

// MARK: - JSON

extension LabelTable {
  /// A number or a string, as a string.
  private struct Scalar: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      text = try (try? value.decode(Int.self)).map(String.init) ?? value.decode(String.self)
    }
  }

  /// Reads an object or a list; `nil` if the bytes do not begin like one.
  private init?(json bytes: [UInt8], path: String) throws(DataError) {
    guard let first = bytes.first(where: { ![9, 10, 13, 32].contains($0) }),
      [UInt8(ascii: "{"), UInt8(ascii: "[")].contains(first)
    else { return nil }
    if let name = Self.repeatedKey(in: bytes) {
      throw .invalid(path: path, expected: "each name once", found: "'\(name)' twice")
    }
    let (decoder, data) = (JSONDecoder(), Data(bytes))
    if let members = try? decoder.decode([String: Scalar].self, from: data) {
      self = .named(members.map { ($0.key, $0.value.text) })
    } else if let values = try? decoder.decode([Scalar].self, from: data) {
      self = .ordered(values.map(\.text))
    } else {
      throw .invalid(
        path: path, expected: "an object or a list of numbers and names in JSON",
        found: "something else")
    }
  }

  /// A key that occurs twice in the outermost JSON object; `nil` if there is none. Decoders would
  /// keep one of the values.
  private static func repeatedKey(in bytes: [UInt8]) -> String? {
    var seen: Set<String> = []
    var (depth, start, position) = (0, 0, 0)
    var isInText = false
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\\") where isInText: position += 1
      case UInt8(ascii: "\""):
        if isInText, depth == 1,
          let next = bytes[(position + 1)...].first(where: { ![9, 10, 13, 32].contains($0) }),
          next == UInt8(ascii: ":"),
          let key = try? JSONDecoder().decode(String.self, from: Data(bytes[start...position])),
          !seen.insert(key).inserted
        {
          return key
        }
        if !isInText { start = position }
        isInText.toggle()
      case UInt8(ascii: "{") where !isInText, UInt8(ascii: "[") where !isInText: depth += 1
      case UInt8(ascii: "}") where !isInText, UInt8(ascii: "]") where !isInText: depth -= 1
      default: break
      }
      position += 1
    }
    return nil
  }
}
