// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// Labels of examples, or numbers of classes, read from files, in the numbering of a model's
/// outputs.
///
/// | file | content |
/// |---|---|
/// | labels, CSV | rows `example,class`, or one column of classes in the order of the examples |
/// | labels, JSON | `{"example": class, …}`, or `[class, …]` in the order of the examples |
/// | class map, CSV | rows `name,number` |
/// | class map, JSON | `{"name": number, …}`, or `["name of 0", "name of 1", …]` |
///
/// An example is given by its name from `Dataset.exampleName(at:)`, by the last component of that
/// name if it is unique, or by its number from 0. A class is a number from 0, a name of the class
/// map, or a WordNet id of ImageNet. A first row without a number or a WordNet id is a heading if
/// all later rows have one, or if it begins with a common column name such as `file`.
package struct ClassLabeling: Sendable {
  private let labels: Table?
  private let labelPath: String
  private let classMap: [String: Int]
  private let mapPath: String

  /// The content of a label file: classes by example name, or in the order of the examples.
  private enum Table: Sendable {
    case named([(example: String, className: String)])
    case ordered([String])
  }

  /// Reads the files; at least one of them is needed for any effect.
  ///
  /// - Parameters:
  ///   - labels: The file with the class of each example, `nil` to keep the folders of pictures.
  ///   - classMap: The file with the number of each class, `nil` if classes are given as numbers.
  /// - Throws: ``DataError`` if a file is missing, of another form, or holds a number below 0.
  package init(labels: String?, classMap: String?) throws(DataError) {
    labelPath = labels ?? ""
    mapPath = classMap ?? ""
    self.classMap =
      try classMap.map { path throws(DataError) in try Self.classMap(at: path) } ?? [:]
    self.labels = try labels.map { path throws(DataError) in try Self.table(at: path) }
  }

  /// Returns the same data with the labels from the files.
  ///
  /// - Throws: ``DataError`` if an example has no label, or a class is unknown; the error states
  ///   how many.
  package func applied(to dataset: any Dataset) throws(DataError) -> any Dataset {
    var notes: [String] = []
    let names =
      switch labels {
      case .named(let rows): try named(rows, in: dataset, notes: &notes)
      case .ordered(let classes): try ordered(classes, in: dataset)
      case nil: try ownNames(of: dataset)
      }
    var unknown: [String] = []
    var seen: Set<String> = []
    let numbers = names.map { name -> Int in
      if let number = number(of: name) { return number }
      if seen.insert(name).inserted { unknown.append(name) }
      return 0
    }
    guard unknown.isEmpty else {
      throw .unsuitable(
        path: mapPath.isEmpty ? labelPath : mapPath, expected: "numbers of all classes",
        found: "none for \(unknown.count) (\(unknown.prefix(3).joined(separator: ", ")))",
        fix: mapPath.isEmpty ? "give their numbers with --class-map" : "add them")
    }
    return LabeledDataset(dataset, labels: numbers, notes: notes)
  }

  /// The valid class numbers.
  private static let numbers = 0..<1 << 20

  private func number(of name: String) -> Int? {
    if let number = classMap[name] { return number }
    if let number = Int(name), Self.numbers.contains(number) { return number }
    return ImageNetClasses.places[name]
  }
}

// MARK: - Finding examples

extension ClassLabeling {
  private func ownNames(of dataset: any Dataset) throws(DataError) -> [String] {
    let classNames =
      (dataset as? PictureFolder)?.classNames ?? (dataset as? PictureTree)?.classNames ?? []
    let names = (0..<dataset.count).compactMap { index in
      dataset.label(at: index).flatMap { classNames.indices.contains($0) ? classNames[$0] : nil }
    }
    guard names.count == dataset.count else {
      throw .unsuitable(
        path: dataset.name, expected: "pictures in class folders for --class-map",
        found: "\(dataset.count - names.count) examples without one",
        fix: "give the class of each example with --labels")
    }
    return names
  }

  private func ordered(
    _ classes: [String], in dataset: any Dataset
  ) throws(DataError) -> [String] {
    guard classes.count == dataset.count else {
      throw .invalid(
        path: labelPath, expected: "\(dataset.count) labels, one for each example",
        found: "\(classes.count)")
    }
    return classes
  }

  private func named(
    _ rows: [(example: String, className: String)], in dataset: any Dataset, notes: inout [String]
  ) throws(DataError) -> [String] {
    let keys = Self.keys(of: dataset)
    var found: [Int: String] = [:]
    var strays: [String] = []
    for row in rows {
      guard let index = keys[row.example] ?? Int(row.example),
        (0..<dataset.count).contains(index)
      else {
        strays.append(row.example)
        continue
      }
      if let other = found[index], other != row.className {
        throw .invalid(
          path: labelPath, expected: "one class for '\(row.example)'",
          found: "'\(other)' and '\(row.className)'")
      }
      found[index] = row.className
    }
    let missing = (0..<dataset.count).filter { found[$0] == nil }
    guard missing.isEmpty else {
      let examples = missing.prefix(3).map { dataset.exampleName(at: $0) ?? "\($0)" }
      throw .unsuitable(
        path: labelPath, expected: "a label for each of \(dataset.count) examples",
        found: "none for \(missing.count) (\(examples.joined(separator: ", ")))",
        fix: "add them; a row is 'file,class' or 'number,class'")
    }
    if !strays.isEmpty {
      notes.append(
        "\(strays.count) of \(rows.count) rows of '\(labelPath)' are of no example: "
          + strays.prefix(3).joined(separator: ", ") + (strays.count > 3 ? ", …." : "."))
    }
    return (0..<dataset.count).compactMap { found[$0] }
  }

  /// The examples by name, and by the last component of their names where that is unique.
  private static func keys(of dataset: any Dataset) -> [String: Int] {
    var keys: [String: Int] = [:]
    var ambiguous: Set<String> = []
    var lasts: [String: Int] = [:]
    for index in 0..<dataset.count {
      guard let name = dataset.exampleName(at: index) else { continue }
      keys[name] = index
      let last = lastComponent(of: name)
      if lasts.updateValue(index, forKey: last) != nil { ambiguous.insert(last) }
    }
    for name in ambiguous { lasts[name] = nil }
    return lasts.merging(keys) { _, exact in exact }
  }
}

// MARK: - Reading

extension ClassLabeling {
  private static let greatestFileSize = 1 << 28

  private static func text(at path: String, expected: String) throws(DataError) -> [UInt8] {
    let file = try DataFile(opening: path, expected: expected)
    guard file.byteCount <= greatestFileSize else {
      throw .invalid(
        path: path, expected: "at most \(greatestFileSize) bytes", found: "\(file.byteCount)")
    }
    return try file.bytes()
  }

  private static func table(at path: String) throws(DataError) -> Table {
    let bytes = try text(at: path, expected: "labels")
    if let json = try json(bytes, path: path) {
      switch json {
      case .object(let members): return .named(members.map { ($0.key, $0.value) })
      case .array(let classes): return .ordered(classes)
      }
    }
    let rows = try csv(bytes, path: path)
    guard rows.contains(where: { $0.count > 1 }) else {
      return .ordered(rows.map { $0[0] }.dropFirst(startsWithHeading(rows, column: 0) ? 1 : 0) + [])
    }
    guard rows.allSatisfy({ $0.count >= 2 }) else {
      throw .invalid(path: path, expected: "rows 'example,class'", found: "rows of one column too")
    }
    return .named(
      rows.dropFirst(startsWithHeading(rows, column: 1) ? 1 : 0).map { ($0[0], $0[1]) })
  }

  private static func classMap(at path: String) throws(DataError) -> [String: Int] {
    let bytes = try text(at: path, expected: "the numbers of classes")
    var pairs: [(String, String)]
    switch try json(bytes, path: path) {
    case .object(let members)?: pairs = members.map { ($0.key, $0.value) }
    case .array(let names)?: pairs = names.enumerated().map { ($1, "\($0)") }
    case nil:
      let rows = try csv(bytes, path: path)
      guard rows.allSatisfy({ $0.count >= 2 }) else {
        throw .invalid(path: path, expected: "rows 'name,number'", found: "rows of one column")
      }
      pairs = rows.dropFirst(startsWithHeading(rows, column: 1) ? 1 : 0).map { ($0[0], $0[1]) }
    }
    var result: [String: Int] = [:]
    for (name, text) in pairs {
      guard let number = Int(text), numbers.contains(number) else {
        throw .invalid(
          path: path, expected: "a number from 0 to \(numbers.upperBound - 1) for '\(name)'",
          found: "'\(text)'")
      }
      guard result[name] == nil || result[name] == number else {
        throw .invalid(path: path, expected: "one number for '\(name)'", found: "two")
      }
      result[name] = number
    }
    return result
  }

  /// Whether the first row is a heading: it has no number or WordNet id, and all later rows do, or
  /// it begins with a common column name.
  private static func startsWithHeading(_ rows: [[String]], column: Int) -> Bool {
    func isClass(_ row: [String]) -> Bool {
      Int(row[column]) != nil || ImageNetClasses.places[row[column]] != nil
    }
    guard let first = rows.first, rows.count > 1 else { return false }
    if isClass(first) { return false }
    let headings = ["file", "filename", "name", "image", "example", "index", "id", "path", "class"]
    return rows.dropFirst().allSatisfy(isClass) || headings.contains(first[0].lowercased())
  }

  private static func csv(_ bytes: [UInt8], path: String) throws(DataError) -> [[String]] {
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
    guard !rows.isEmpty else {
      throw .invalid(path: path, expected: "rows", found: "none")
    }
    return rows
  }

  private enum Content {
    case object([String: String])
    case array([String])
  }

  /// A number or a string, as a string.
  private struct Scalar: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let number = try? value.decode(Int.self) {
        text = "\(number)"
      } else {
        text = try value.decode(String.self)
      }
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

  /// The content of a JSON file; `nil` if the file does not begin like JSON.
  private static func json(_ bytes: [UInt8], path: String) throws(DataError) -> Content? {
    guard let first = bytes.first(where: { ![9, 10, 13, 32].contains($0) }),
      [UInt8(ascii: "{"), UInt8(ascii: "[")].contains(first)
    else { return nil }
    let data = Data(bytes)
    let decoder = JSONDecoder()
    if let name = repeatedKey(in: bytes) {
      throw .invalid(path: path, expected: "each name once", found: "'\(name)' twice")
    }
    if let members = try? decoder.decode([String: Scalar].self, from: data) {
      return .object(members.mapValues(\.text))
    }
    if let values = try? decoder.decode([Scalar].self, from: data) {
      return .array(values.map(\.text))
    }
    throw .invalid(
      path: path, expected: "an object or a list of numbers and names in JSON",
      found: "something else")
  }
}

/// The examples of another data set with labels in the numbering of a model.
private struct LabeledDataset: DatasetWrapper {
  let base: any Dataset
  private let labels: [Int]
  private let ownNotes: [String]

  init(_ base: any Dataset, labels: [Int], notes: [String]) {
    self.base = base
    self.labels = labels
    ownNotes = notes
  }

  func label(at index: Int) -> Int? { labels[index] }

  var classes: ClassCounts? { countedClasses }

  var classNumbering: ClassNumbering? {
    ClassNumbering(numbers: Array(0...(labels.max() ?? 0)))
  }

  func notes(on examples: [Int]) -> [String] { base.notes(on: examples) + ownNotes }
}
