// SPDX-License-Identifier: MIT

import GEED

/// A type of number in a file of arrays, in either byte order.
struct ArrayElement: Hashable, Sendable {
  /// The kind of number; the raw value is its name in NumPy.
  enum Kind: String, CaseIterable {
    case bool, int8, uint8, int16, uint16, int32, uint32, int64, uint64
    case float16, bfloat16, float32, float64

    /// The size of one number in bytes.
    var byteCount: Int {
      switch self {
      case .bool, .int8, .uint8: 1
      case .int16, .uint16, .float16, .bfloat16: 2
      case .int32, .uint32, .float32: 4
      case .int64, .uint64, .float64: 8
      }
    }

    var isFloating: Bool {
      switch self {
      case .float16, .bfloat16, .float32, .float64: true
      default: false
      }
    }
  }

  let kind: Kind
  let isBigEndian: Bool

  init(_ kind: Kind, isBigEndian: Bool = false) {
    self.kind = kind
    self.isBigEndian = isBigEndian
  }

  /// The size of one number in bytes.
  var byteCount: Int { kind.byteCount }

  /// The numbers in `bytes`, not scaled and rounded to `Float`: a `float64` outside of its range
  /// becomes infinite, and an integer beyond 2²⁴ may become another one.
  func floats(in bytes: [UInt8]) -> [Float] {
    switch kind {
    case .bool: bytes.map { $0 == 0 ? 0 : 1 }
    case .int8: bytes.map { Float(Int8(bitPattern: $0)) }
    case .uint8: bytes.map { Float($0) }
    case .int16: words(in: bytes, as: Int16.self).map { Float($0) }
    case .uint16: words(in: bytes, as: UInt16.self).map { Float($0) }
    case .int32: words(in: bytes, as: Int32.self).map { Float($0) }
    case .uint32: words(in: bytes, as: UInt32.self).map { Float($0) }
    case .int64: words(in: bytes, as: Int64.self).map { Float($0) }
    case .uint64: words(in: bytes, as: UInt64.self).map { Float($0) }
    case .float16: words(in: bytes, as: UInt16.self).map(Float.init(halfBits:))
    case .bfloat16: words(in: bytes, as: UInt16.self).map(Float.init(brainBits:))
    case .float32: words(in: bytes, as: UInt32.self).map(Float.init(bitPattern:))
    case .float64: words(in: bytes, as: UInt64.self).map { Float(Double(bitPattern: $0)) }
    }
  }

  /// The integers in `bytes`; `nil` for numbers of other kinds, and for integers beyond `Int`.
  func integers(in bytes: [UInt8]) -> [Int]? {
    switch kind {
    case .bool: bytes.map { $0 == 0 ? 0 : 1 }
    case .int8: bytes.map { Int(Int8(bitPattern: $0)) }
    case .uint8: bytes.map { Int($0) }
    case .int16: words(in: bytes, as: Int16.self).map { Int($0) }
    case .uint16: words(in: bytes, as: UInt16.self).map { Int($0) }
    case .int32: words(in: bytes, as: Int32.self).map { Int($0) }
    case .uint32: words(in: bytes, as: UInt32.self).map { Int($0) }
    case .int64: words(in: bytes, as: Int64.self).map { Int($0) }
    case .uint64: Self.signed(words(in: bytes, as: UInt64.self))
    case .float16, .bfloat16, .float32, .float64: nil
    }
  }

  private static func signed(_ words: [UInt64]) -> [Int]? {
    let integers = words.compactMap { Int(exactly: $0) }
    return integers.count == words.count ? integers : nil
  }

  private func words<Word: FixedWidthInteger & BitwiseCopyable>(
    in bytes: [UInt8], as type: Word.Type
  ) -> [Word] {
    bytes.withUnsafeBytes { buffer in
      (0..<buffer.count / MemoryLayout<Word>.size).map { index in
        let word = buffer.loadUnaligned(
          fromByteOffset: index * MemoryLayout<Word>.size, as: Word.self)
        return isBigEndian ? Word(bigEndian: word) : Word(littleEndian: word)
      }
    }
  }
}

extension ArrayElement {
  /// Creates a type from NumPy's notation, such as "<f4"; `nil` for an unsupported type.
  init?(numPy typeCode: String) {
    let kinds: [String: Kind] = [
      "b1": .bool, "i1": .int8, "u1": .uint8, "i2": .int16, "u2": .uint16, "i4": .int32,
      "u4": .uint32, "i8": .int64, "u8": .uint64, "f2": .float16, "f4": .float32, "f8": .float64,
    ]
    guard let order = typeCode.first, "<>|=".contains(order),
      let kind = kinds[String(typeCode.dropFirst())]
    else { return nil }
    self.init(kind, isBigEndian: order == ">")
  }

  /// Creates a type from its name in a safetensors file, such as "F32"; `nil` for an unsupported type.
  init?(safetensors typeName: String) {
    let kinds: [String: Kind] = [
      "BOOL": .bool, "I8": .int8, "U8": .uint8, "I16": .int16, "U16": .uint16, "I32": .int32,
      "U32": .uint32, "I64": .int64, "U64": .uint64, "F16": .float16, "BF16": .bfloat16,
      "F32": .float32, "F64": .float64,
    ]
    guard let kind = kinds[typeName] else { return nil }
    self.init(kind)
  }
}
