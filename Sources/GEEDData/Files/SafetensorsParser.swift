// SPDX-License-Identifier: MIT

/// A parser of the JSON text of a safetensors header.
///
/// No JSON library is used, because a header is a small subset of JSON with stricter rules: no
/// duplicate names, only whole numbers, no other members. This parser does not recurse.
struct SafetensorsParser {
  /// The greatest number of axes that libtorch supports.
  private static let greatestRank = 64

  private let text: [UInt8]
  private var position = 0

  init(_ text: [UInt8]) { self.text = text }

  /// Parses the whole text: an object of tensors, optionally with `__metadata__`.
  mutating func header() throws(SafetensorsProblem) -> (
    metadata: [String: String], entries: [SafetensorsHeader.Entry]
  ) {
    var metadata: [String: String]?
    var entries: [SafetensorsHeader.Entry] = []
    var names: Set<String> = []
    guard text.first == UInt8(ascii: "{") else { throw unexpected("'{'") }
    try members { parser, name throws(SafetensorsProblem) in
      guard names.insert(name).inserted else {
        throw parser.invalid(expected: "names that differ", found: "'\(name)' twice")
      }
      if name == "__metadata__" {
        metadata = try parser.metadata()
      } else {
        entries.append(try parser.entry(name))
      }
    }
    skipSpaces()
    guard position == text.count else { throw unexpected("the end of the header") }
    return (metadata ?? [:], entries)
  }

  private mutating func metadata() throws(SafetensorsProblem) -> [String: String] {
    var pairs: [String: String] = [:]
    try members { parser, key throws(SafetensorsProblem) in
      let value = try parser.string()
      guard pairs.updateValue(value, forKey: key) == nil else {
        throw parser.invalid(expected: "keys of metadata that differ", found: "'\(key)' twice")
      }
    }
    return pairs
  }

  private mutating func entry(_ name: String) throws(SafetensorsProblem) -> SafetensorsHeader.Entry
  {
    var typeName: String?
    var shape: [Int]?
    var offsets: [Int]?
    try members { parser, key throws(SafetensorsProblem) in
      switch key {
      case "dtype" where typeName == nil: typeName = try parser.string()
      case "shape" where shape == nil: shape = try parser.numbers()
      case "data_offsets" where offsets == nil: offsets = try parser.numbers()
      default:
        throw parser.invalid(
          expected: "'dtype', 'shape' and 'data_offsets' once", found: "'\(key)'")
      }
    }
    guard let typeName, let shape, let offsets else {
      throw invalid(
        expected: "'dtype', 'shape' and 'data_offsets' of '\(name)'", found: "not all of them")
    }
    guard shape.count <= Self.greatestRank else {
      throw invalid(
        expected: "\(Self.greatestRank) axes of '\(name)' at most", found: "\(shape.count)")
    }
    guard let type = SafetensorsType(rawValue: typeName) else {
      throw invalid(expected: "a known dtype of '\(name)'", found: "'\(typeName)'")
    }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw invalid(
        expected: "two 'data_offsets' of '\(name)' in order", found: "\(offsets.prefix(3))")
    }
    return SafetensorsHeader.Entry(
      name: name, type: type, shape: shape, bytes: offsets[0]..<offsets[1])
  }

  // MARK: - JSON

  /// Parses an object; `body` reads the value of each member.
  private mutating func members(
    _ body: (inout SafetensorsParser, String) throws(SafetensorsProblem) -> Void
  ) throws(SafetensorsProblem) {
    try consume(UInt8(ascii: "{"))
    if takes(UInt8(ascii: "}")) { return }
    repeat {
      let key = try string()
      try consume(UInt8(ascii: ":"))
      try body(&self, key)
    } while takes(UInt8(ascii: ","))
    try consume(UInt8(ascii: "}"))
  }

  /// Parses an array of whole numbers that are not negative.
  private mutating func numbers() throws(SafetensorsProblem) -> [Int] {
    try consume(UInt8(ascii: "["))
    var numbers: [Int] = []
    if takes(UInt8(ascii: "]")) { return numbers }
    repeat { numbers.append(try number()) } while takes(UInt8(ascii: ","))
    try consume(UInt8(ascii: "]"))
    return numbers
  }

  private mutating func number() throws(SafetensorsProblem) -> Int {
    skipSpaces()
    let digits = text[position...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard let first = digits.first, first != UInt8(ascii: "0") || digits.count == 1 else {
      throw unexpected("a whole number")
    }
    // Only digits, so this fails only for numbers greater than `Int.max`.
    guard let value = Int(String(decoding: digits, as: UTF8.self)) else {
      throw invalid(expected: "a number below 2^63", found: "\(digits.count) digits")
    }
    position = digits.endIndex
    return value
  }

  private mutating func string() throws(SafetensorsProblem) -> String {
    try consume(UInt8(ascii: "\""))
    var bytes: [UInt8] = []
    while position < text.count, text[position] != UInt8(ascii: "\"") {
      let byte = text[position]
      guard byte >= 0x20 else { throw unexpected("a string") }
      position += 1
      if byte == UInt8(ascii: "\\") {
        bytes += Array(String(try escape()).utf8)
      } else {
        bytes.append(byte)
      }
    }
    guard position < text.count else { throw unexpected("'\"'") }
    position += 1
    guard let string = String(validating: bytes, as: UTF8.self) else {
      throw invalid(expected: "UTF-8", found: "other bytes")
    }
    return string
  }

  /// Parses the part of an escape sequence that follows the backslash.
  private mutating func escape() throws(SafetensorsProblem) -> Unicode.Scalar {
    guard position < text.count else { throw unexpected("an escape") }
    position += 1
    let letter = Unicode.Scalar(text[position - 1])
    if letter == "u" { return try unicodeEscape() }
    if let scalar = Self.escapes[letter] { return scalar }
    position -= 1
    throw unexpected("an escape")
  }

  private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
    "\"": "\"", "\\": "\\", "/": "/", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t",
  ]

  /// Parses four hexadecimal digits, or two groups of four for scalars beyond U+FFFF.
  private mutating func unicodeEscape() throws(SafetensorsProblem) -> Unicode.Scalar {
    let high = try hexadecimal()
    if let scalar = Unicode.Scalar(high) { return scalar }
    if high < 0xDC00, text[position...].starts(with: Array("\\u".utf8)) {
      position += 2
      let low = try hexadecimal()
      if (0xDC00...0xDFFF).contains(low),
        let scalar = Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
      {
        return scalar
      }
    }
    throw invalid(expected: "a pair of surrogates", found: "one of them")
  }

  private mutating func hexadecimal() throws(SafetensorsProblem) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard position < text.count,
        let digit = Character(Unicode.Scalar(text[position])).hexDigitValue
      else { throw unexpected("a hexadecimal digit") }
      value = 16 * value + UInt32(digit)
      position += 1
    }
    return value
  }

  private mutating func consume(_ byte: UInt8) throws(SafetensorsProblem) {
    guard takes(byte) else { throw unexpected("'\(Character(Unicode.Scalar(byte)))'") }
  }

  /// Skips `byte` if it comes next, and returns whether it did.
  private mutating func takes(_ byte: UInt8) -> Bool {
    skipSpaces()
    guard position < text.count, text[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipSpaces() {
    while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) {
      position += 1
    }
  }

  private func unexpected(_ expected: String) -> SafetensorsProblem {
    guard position < text.count else { return invalid(expected: expected, found: "its end") }
    let byte = text[position]
    let isVisible = (0x21...0x7E).contains(byte)
    return invalid(
      expected: expected,
      found: isVisible
        ? "'\(Character(Unicode.Scalar(byte)))'" : "the byte 0x\(String(byte, radix: 16))")
  }

  private func invalid(expected: String, found: String) -> SafetensorsProblem {
    SafetensorsProblem(place: "header byte \(position)", expected: expected, found: found)
  }
}
