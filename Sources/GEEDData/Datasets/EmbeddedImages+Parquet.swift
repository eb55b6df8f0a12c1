// SPDX-License-Identifier: MIT
// https://huggingface.co/docs/datasets/image_load: a column of images is a structure of bytes and a path.

import GEED

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension EmbeddedImages {
  /// Opens the images of Parquet files as Hugging Face's `datasets` writes them: a column of structures with
  /// `bytes`, or of binary data, and a column of integers or names called `label`, `labels`, `y`, `target`
  /// or `targets`.
  ///
  /// The files are read once, and the images copied to a temporary file without a name of at most 16 GiB.
  ///
  /// - Parameters:
  ///   - paths: The files, in the order of their rows.
  ///   - path: The path of the data as a user gave it.
  ///   - column: The column of images; `nil` for the only one.
  init(
    parquet paths: [String], path: String, column: String?, preprocessing: Preprocessing,
    skipsUnreadable: Bool
  ) throws(DataError) {
    let file = try ParquetFile(opening: paths, path: path)
    let image = try ImageColumn(of: file, named: column)
    let (label, notes) = Self.labelColumn(of: file)
    let copy = try ImageCopy(path: path)
    var labels: [String] = []
    try file.forEachRow(
      [(image.bytes, .bytes), (image.path, .bytes)]
        + (label.map { [($0.expression, .bytes)] } ?? [])
    ) { row throws(DataError) in
      guard let bytes = row[0].bytes else {
        throw .unsuitable(
          path: path, expected: "the bytes of an image in each row",
          found: "none in row \(copy.parts.count)", fix: "embed the files of images")
      }
      if label != nil {
        guard let text = row[2].text else {
          throw .invalid(
            path: path, expected: "a class in each row", found: "none in row \(copy.parts.count)")
        }
        labels.append(text)
      }
      try copy.add(bytes, name: row[1].text)
    }
    let contents = try copy.finished()
    let parts = copy.parts
    let (numbers, classNames) = try Self.classes(
      labels, areNames: label?.isName == true, path: path)
    try self.init(
      parts.indices.map { index in
        let part = parts[index]
        return Entry(
          path: "\(path), row \(index)", name: part.name ?? "row \(index)",
          label: label == nil ? nil : numbers[index]
        ) { () throws(DataError) in
          try contents.bytes(at: part.range.lowerBound, count: part.range.count)
        }
      },
      named: lastComponent(of: path), path: path, classNames: classNames, notes: notes,
      preprocessing: preprocessing, skipsUnreadable: skipsUnreadable)
  }
}

// MARK: - Columns

/// The column of images in SQL.
private struct ImageColumn {
  let bytes: String
  /// The path of the original file; it may have none.
  let path: String

  init(of file: ParquetFile, named name: String?) throws(DataError) {
    let list = file.columns.prefix(12).map { "'\($0.name)' (\($0.type))" }.joined(separator: ", ")
    if let name, !file.columns.contains(where: { $0.name == name }) {
      throw .unsuitable(
        path: file.path, expected: "a column '\(name)'", found: list,
        fix: "name a column that there is")
    }
    let candidates = file.columns.filter { column in
      (name == nil || column.name == name)
        && (column.type == "BLOB" || Self.hasBytes(column.type))
    }
    guard let column = candidates.first else {
      throw .invalid(
        path: file.path,
        expected: "a column of images, with the type STRUCT(bytes BLOB, …) or BLOB", found: list)
    }
    guard candidates.count == 1 else {
      throw .unsuitable(
        path: file.path, expected: "one column of images",
        found: candidates.map { "'\($0.name)'" }.joined(separator: ", "),
        fix: "name one, as in '\(file.path):/\(column.name)'")
    }
    let quoted = ParquetFile.quoted(column.name)
    bytes = column.type == "BLOB" ? quoted : "\(quoted).\"bytes\""
    path = Self.hasPath(column.type) ? "\(quoted).\"path\"" : "NULL::VARCHAR"
  }

  /// The fields of a structure such as `STRUCT(bytes BLOB, path VARCHAR)`, whose names may be quoted.
  private static func fields(_ type: String) -> [String] {
    guard type.hasPrefix("STRUCT("), type.hasSuffix(")") else { return [] }
    return type.dropFirst("STRUCT(".count).dropLast().split(separator: ",").map { field in
      String(field.drop { $0 == " " }).replacing("\"", with: "")
    }
  }

  private static func hasBytes(_ type: String) -> Bool { fields(type).contains("bytes BLOB") }
  private static func hasPath(_ type: String) -> Bool { fields(type).contains("path VARCHAR") }
}

extension EmbeddedImages {
  /// The column of classes in SQL, as text, with a sentence if there is none.
  private static func labelColumn(
    of file: ParquetFile
  ) -> (column: (expression: String, isName: Bool)?, notes: [String]) {
    let names = ["label", "labels", "y", "target", "targets"]
    let called = file.columns.filter { names.contains($0.name.lowercased()) }
    let integers = [
      "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
    ]
    let usable = called.filter { (integers + ["VARCHAR"]).contains($0.type) }
    guard let column = usable.first, usable.count == 1 else {
      let found = called.map { "'\($0.name)' (\($0.type))" }.joined(separator: ", ")
      let reason =
        called.isEmpty ? "no column is called \(names.joined(separator: ", "))" : "found \(found)"
      return (nil, ["No image has a class: \(reason)."])
    }
    return (
      ("\(ParquetFile.quoted(column.name))::VARCHAR", column.type == "VARCHAR"),
      ["The labels are those of '\(column.name)'."]
    )
  }

  /// The classes as numbers, and their names in byte order if they have any.
  private static func classes(
    _ labels: [String], areNames: Bool, path: String
  ) throws(DataError) -> (numbers: [Int], names: [String]) {
    if areNames {
      let names = Set(labels).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      let places = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
      return (labels.compactMap { places[$0] }, names)
    }
    let numbers = labels.compactMap { Int($0) }.filter { (0...1 << 20).contains($0) }
    guard numbers.count == labels.count else {
      let stray = labels.first { !(0...1 << 20).contains(Int($0) ?? -1) } ?? ""
      throw .invalid(
        path: path, expected: "the numbers of classes, from 0 to \(1 << 20)", found: "\(stray)")
    }
    return (numbers, [])
  }
}

/// Files of images, one after the other in a temporary file.
private final class ImageCopy {
  private(set) var parts: [(range: Range<Int>, name: String?)] = []
  private let path: String
  private let descriptor: Int32
  private var isOpen = true

  /// The greatest number of bytes of all images.
  private static let limit = 1 << 34

  init(path: String) throws(DataError) {
    self.path = path
    descriptor = try openUnnamedTemporaryFile()
  }

  deinit { if isOpen { close(descriptor) } }

  func add(_ bytes: [UInt8], name: String?) throws(DataError) {
    let start = parts.last?.range.upperBound ?? 0
    guard bytes.count <= Self.limit - start else {
      throw .unsuitable(
        path: path, expected: "images of at most \(Self.limit) bytes in all", found: "more",
        fix: "name fewer files, or unpack them to a folder")
    }
    guard writeAll(bytes, to: descriptor) else {
      throw .system(path: path, operation: "write the images of", reason: lastSystemError())
    }
    parts.append((start..<start + bytes.count, name))
  }

  /// The file, for reading.
  func finished() throws(DataError) -> DataFile {
    isOpen = false
    return try DataFile(owning: descriptor, path: path)
  }
}
