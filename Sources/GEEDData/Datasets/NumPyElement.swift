// SPDX-License-Identifier: MIT

import GEED

/// A type of number that can be read from NumPy arrays, in either byte order.
struct NumPyElement: Hashable {
  enum Kind: String {
    case uint8 = "u1"
    case float16 = "f2"
    case float32 = "f4"
    case float64 = "f8"
  }

  let kind: Kind
  let isBigEndian: Bool

  /// Creates a type from NumPy's notation, such as "<f4"; `nil` for an unsupported type.
  init?(typeCode: String) {
    guard let order = typeCode.first, "<>|=".contains(order),
      let kind = Kind(rawValue: String(typeCode.dropFirst()))
    else { return nil }
    self.kind = kind
    self.isBigEndian = order == ">"
  }

  /// The size of one number in bytes.
  var byteCount: Int {
    switch kind {
    case .uint8: 1
    case .float16: 2
    case .float32: 4
    case .float64: 8
    }
  }

  /// The numbers in `bytes`, not scaled. A `float64` outside the range of `Float` becomes infinite.
  func floats(in bytes: [UInt8]) -> [Float] {
    switch kind {
    case .uint8: bytes.map(Float.init)
    case .float16: words(in: bytes, as: UInt16.self).map(Float.init(halfBits:))
    case .float32: words(in: bytes, as: UInt32.self).map(Float.init(bitPattern:))
    case .float64: words(in: bytes, as: UInt64.self).map { Float(Double(bitPattern: $0)) }
    }
  }

  private func words<Word: FixedWidthInteger & BitwiseCopyable>(
    in bytes: [UInt8], as type: Word.Type
  ) -> [Word] {
    bytes.withUnsafeBytes { buffer in
      stride(from: 0, to: buffer.count, by: MemoryLayout<Word>.size).map { offset in
        let word = buffer.loadUnaligned(fromByteOffset: offset, as: Word.self)
        return isBigEndian ? Word(bigEndian: word) : Word(littleEndian: word)
      }
    }
  }
}
