// SPDX-License-Identifier: MIT
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

/// The header of a `.npy` file, which describes the array that follows.
struct NumPyHeader: Hashable {
  /// The element type in NumPy's notation, such as "<f4".
  let typeCode: String

  /// Whether the first axis varies fastest.
  let isFortranOrder: Bool

  /// The length of every axis, outermost first.
  let shape: [Int]

  /// The position of the first element in the file, in bytes.
  let dataOffset: Int

  /// Reads a header of version 1, 2 or 3 from `byteCount` bytes that `read` has, from an offset on; it
  /// may return fewer.
  init(
    named path: String, byteCount: Int, read: (Int, Int) throws(DataError) -> [UInt8]
  ) throws(DataError) {
    let prefix = try read(0, min(12, byteCount))
    guard prefix.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) else {
      throw .invalid(
        path: path, expected: "a NumPy array",
        found: prefix.isEmpty ? "an empty file" : "other bytes at its beginning")
    }
    guard prefix.count == 12 else {
      throw .truncated(path: path, expectedBytes: 12, foundBytes: prefix.count)
    }
    guard (1...3).contains(prefix[6]) else {
      throw .invalid(
        path: path, expected: "version 1, 2 or 3 of the NumPy format",
        found: "version \(prefix[6])")
    }
    let lengthBytes = prefix[6] == 1 ? prefix[8..<10] : prefix[8..<12]
    let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.greatestLength else {
      throw .invalid(
        path: path, expected: "a header of at most \(Self.greatestLength) bytes",
        found: "\(length)")
    }
    let start = 8 + lengthBytes.count
    let text = String(decoding: try read(start, length), as: UTF8.self)
    guard let fields = Fields(text) else {
      throw .invalid(
        path: path, expected: "a header with descr, fortran_order and shape",
        found: "\"\(text.prefix(80).split(whereSeparator: \.isNewline).joined(separator: " "))\"")
    }
    typeCode = fields.typeCode
    isFortranOrder = fields.isFortranOrder
    shape = fields.shape
    dataOffset = start + length
  }

  private static let greatestLength = 1 << 16

  /// The greatest number of bytes of a header, with what precedes its text.
  static let greatestByteCount = 12 + greatestLength
}

/// The three entries of the Python dictionary in a header, in any order.
private struct Fields {
  var typeCode: String
  var isFortranOrder: Bool
  var shape: [Int]

  /// Finds the entries in a text such as
  /// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }`; `nil` for any other text.
  init?(_ text: String) {
    guard let order = Self.value(of: "fortran_order", in: text),
      let type = Self.value(of: "descr", in: text), let quote = type.first,
      quote == "'" || quote == "\"",
      let shape = Self.value(of: "shape", in: text), shape.hasPrefix("("),
      let end = shape.firstIndex(of: ")")
    else { return nil }
    let lengths = shape[..<end].dropFirst().split(separator: ",").map { part in
      Int(part.drop { $0 == " " }.prefix { $0 != " " && $0 != "L" })
    }
    let knownLengths = lengths.compactMap(\.self)
    guard order.hasPrefix("True") || order.hasPrefix("False"),
      knownLengths.count == lengths.count
    else { return nil }
    self.typeCode = String(type.dropFirst().prefix { $0 != quote })
    self.isFortranOrder = order.hasPrefix("True")
    self.shape = knownLengths
  }

  /// The text after `'key':`, without leading spaces.
  private static func value(of key: String, in text: String) -> Substring? {
    for quote in ["'", "\""] {
      guard let range = text.firstRange(of: "\(quote)\(key)\(quote)") else { continue }
      let rest = text[range.upperBound...].drop { $0 == " " }
      return rest.first == ":" ? rest.dropFirst().drop { $0 == " " } : nil
    }
    return nil
  }
}
