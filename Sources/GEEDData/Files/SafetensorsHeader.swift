// SPDX-License-Identifier: MIT
// https://github.com/huggingface/safetensors#format

import GEED

/// The header of a safetensors file: 8 bytes with the length of a JSON text, little-endian, and the
/// text. The scalars of all tensors follow without gaps.
package struct SafetensorsHeader: Sendable {
  /// A tensor in a file.
  package struct Entry: Hashable, Sendable {
    package let name: String
    package let type: SafetensorsType
    /// The length of every axis, outermost first.
    package let shape: [Int]
    /// The position relative to the end of the header.
    package let bytes: Range<Int>

    /// The name of the type in the format, such as `F32`.
    package var typeName: String { type.rawValue }
  }

  /// The longest JSON text that is accepted. The reference library has the same limit.
  private static let greatestLength = 100_000_000

  /// The texts by name that the header holds.
  package let metadata: [String: String]
  /// The tensors, ordered by position in the file.
  package let entries: [Entry]

  /// Reads the header of a file and checks it against the length of the file; `failure` makes an
  /// error of what is wrong.
  package init<Failure: FileReadingFailure>(
    of file: ReadableFile<Failure>, failure: (SafetensorsProblem) -> Failure
  ) throws(Failure) {
    guard file.byteCount >= 8 else {
      throw failure(
        SafetensorsProblem(
          place: "file", expected: "a safetensors file, of 8 bytes at least",
          found: "\(file.byteCount)"))
    }
    let length = try file.bytes(at: 0, count: 8).reversed().reduce(UInt64(0)) {
      $0 << 8 | UInt64($1)
    }
    let greatest = min(file.byteCount - 8, Self.greatestLength)
    guard length <= greatest else {
      throw failure(
        SafetensorsProblem(
          place: "file", expected: "a header of \(greatest) bytes at most", found: "\(length)"))
    }
    let text = try file.bytes(at: 8, count: Int(length))
    do throws(SafetensorsProblem) {
      try self.init(parsing: text, bufferLength: file.byteCount - 8 - text.count)
    } catch {
      throw failure(error)
    }
  }

  /// The number of bytes of all scalars, which are the end of the file.
  package var dataLength: Int { entries.last?.bytes.upperBound ?? 0 }

  /// Parses the JSON text of a header and checks it against the number of bytes that follow it.
  package init(parsing text: [UInt8], bufferLength: Int) throws(SafetensorsProblem) {
    var parser = SafetensorsParser(text)
    let parsed = try parser.header()
    metadata = parsed.metadata
    entries = parsed.entries.sorted {
      ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
    }
    try check(bufferLength: bufferLength)
  }

  /// Checks that the tensors have the lengths of their shapes and types, follow one another and fill
  /// the file.
  private func check(bufferLength: Int) throws(SafetensorsProblem) {
    func require(
      _ holds: Bool, _ place: String, _ expected: String, _ found: String
    ) throws(SafetensorsProblem) {
      guard holds else {
        throw SafetensorsProblem(place: place, expected: expected, found: found)
      }
    }
    for entry in entries {
      let size = Self.byteCount(entry.shape, entry.type)
      let place = "tensor '\(entry.name)'"
      try require(size != nil, place, "a size that fits 63 bits", "shape \(entry.shape)")
      try require(
        entry.bytes.count == size, place,
        "\(size ?? 0) bytes for \(entry.type.rawValue) of shape \(entry.shape)",
        "\(entry.bytes.count)")
    }
    var end = 0
    for entry in entries {
      let start = entry.bytes.lowerBound
      try require(
        start == end, "tensor '\(entry.name)'", "data from byte \(end) on",
        start < end ? "an overlap from byte \(start) on" : "a hole before byte \(start)")
      end = entry.bytes.upperBound
    }
    try require(
      end == bufferLength, "data", "\(end) bytes as in the header", "\(bufferLength)")
  }

  /// The number of bytes of a tensor; `nil` if it, or a stride of the array, exceeds `Int`.
  static func byteCount(_ shape: [Int], _ type: SafetensorsType) -> Int? {
    var size = type.byteCount
    for length in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: max(1, length))
      guard !overflow else { return nil }
      size = product
    }
    return shape.contains(0) ? 0 : size
  }
}

// MARK: - Writing

extension SafetensorsHeader {
  /// Lays out tensors: larger types first, so that all are aligned, then by name, as the reference
  /// library does.
  package init(
    laying tensors: [(name: String, type: SafetensorsType, shape: [Int])],
    metadata: [String: String]
  ) {
    let ranks = Dictionary(
      uniqueKeysWithValues: SafetensorsType.allCases.enumerated().map { ($1, $0) })
    let sorted = tensors.sorted { a, b in
      a.type == b.type
        ? a.name.utf8.lexicographicallyPrecedes(b.name.utf8)
        : (ranks[a.type] ?? 0) > (ranks[b.type] ?? 0)
    }
    var end = 0
    entries = sorted.map { tensor in
      let start = end
      end += Self.byteCount(tensor.shape, tensor.type) ?? 0
      return Entry(
        name: tensor.name, type: tensor.type, shape: tensor.shape, bytes: start..<end)
    }
    self.metadata = metadata
  }

  /// The length and the JSON text, padded with spaces to a multiple of 8 bytes.
  package var encoded: [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0)):\(quoted($1))" }
      members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    members += entries.map { entry in
      let shape = entry.shape.map(String.init).joined(separator: ",")
      return "\(quoted(entry.name)):{\"dtype\":\"\(entry.type.rawValue)\",\"shape\":[\(shape)],"
        + "\"data_offsets\":[\(entry.bytes.lowerBound),\(entry.bytes.upperBound)]}"
    }
    var text = Array("{\(members.joined(separator: ","))}".utf8)
    text += Array(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
  }
}

/// Returns the text as a JSON string.
private func quoted(_ text: String) -> String {
  let escaped = text.unicodeScalars.map { scalar in
    switch scalar {
    case "\"": "\\\""
    case "\\": "\\\\"
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    case "\u{8}": "\\b"
    case "\u{C}": "\\f"
    case "\u{0}"..<" ": "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
    default: String(scalar)
    }
  }
  return "\"\(escaped.joined())\""
}

/// Something in a safetensors file that violates the format.
package struct SafetensorsProblem: Error, Hashable {
  /// The part of the file, such as "header byte 12".
  package let place: String
  package let expected: String
  package let found: String
}
