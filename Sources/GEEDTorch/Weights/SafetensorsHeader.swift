// SPDX-License-Identifier: MIT
// https://github.com/huggingface/safetensors#format

/// The header of a safetensors file: 8 bytes with the length of a JSON text, little-endian, and the
/// text. The scalars of all tensors follow without gaps.
struct SafetensorsHeader {
  typealias Entry = SafetensorsFile.Entry

  /// The longest JSON text that is accepted. The reference library has the same limit.
  static let greatestLength = 100_000_000

  let metadata: [String: String]
  /// The tensors, ordered by position in the file.
  let entries: [Entry]

  /// Parses the JSON text of a header and checks it against the number of bytes that follow it.
  init(
    parsing text: [UInt8], bufferLength: Int, path: String
  ) throws(WeightsError) {
    var parser = SafetensorsParser(text, path: path)
    let parsed = try parser.header()
    metadata = parsed.metadata
    entries = parsed.entries.sorted {
      ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
    }
    try check(bufferLength: bufferLength, path: path)
  }

  /// Checks that the tensors have the lengths of their shapes and types, follow one another and fill
  /// the file.
  private func check(bufferLength: Int, path: String) throws(WeightsError) {
    func require(
      _ holds: Bool, _ place: String, _ expected: String, _ found: String
    ) throws(WeightsError) {
      guard holds else {
        throw .invalid(path: path, place: place, expected: expected, found: found)
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
  init(
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
  var encoded: [UInt8] {
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
