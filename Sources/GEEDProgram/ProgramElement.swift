// SPDX-License-Identifier: MIT

import GEED

/// A type of numbers in an answer, by its name in NumPy. All are converted to `Float`.
enum ProgramElement: String, CaseIterable {
  case float32, float64, float16, bfloat16
  case int64, int32, int16, int8, uint8, bool

  /// Whether the numbers have no fractions, such as labels and truth values.
  var isWholeNumber: Bool {
    switch self {
    case .float32, .float64, .float16, .bfloat16: false
    case .int64, .int32, .int16, .int8, .uint8, .bool: true
    }
  }

  var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16, .int16: 2
    case .int8, .uint8, .bool: 1
    }
  }

  /// Returns the nearest numbers; a `float64` outside the range of `Float` becomes infinite.
  ///
  /// - Throws: ``Inexact`` for an integer that `Float` does not have, which would become another one.
  func floats(in bytes: UnsafeRawBufferPointer) throws(Inexact) -> [Float] {
    switch self {
    case .float32: numbers(bytes, UInt32.self).map(Float.init(bitPattern:))
    case .float64: numbers(bytes, UInt64.self).map { Float(Double(bitPattern: $0)) }
    case .float16: numbers(bytes, UInt16.self).map(Float.init(halfBits:))
    case .bfloat16: numbers(bytes, UInt16.self).map(Float.init(brainBits:))
    case .int64: try exact(numbers(bytes, Int64.self))
    case .int32: try exact(numbers(bytes, Int32.self))
    case .int16: numbers(bytes, Int16.self).map(Float.init)
    case .int8: numbers(bytes, Int8.self).map(Float.init)
    case .uint8, .bool: bytes.map(Float.init)
    }
  }

  /// An integer that `Float` does not have.
  struct Inexact: Error {
    let number: Int64
  }

  private func numbers<Number: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, _ type: Number.Type
  ) -> [Number] {
    (0..<bytes.count / byteCount).map {
      Number(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * byteCount, as: Number.self))
    }
  }

  private func exact<Number: FixedWidthInteger>(
    _ numbers: [Number]
  ) throws(Inexact) -> [Float] {
    if let number = numbers.first(where: { Float(exactly: $0) == nil }) {
      throw Inexact(number: Int64(number))
    }
    return numbers.map { Float($0) }
  }
}
