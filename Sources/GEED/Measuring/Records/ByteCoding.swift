// SPDX-License-Identifier: MIT

/// A writer of a sequence of numbers, little-endian.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }

  mutating func write(count: Int) { write(UInt32(count)) }

  mutating func write(_ value: Double) { write(value.bitPattern) }

  /// Writes the number of `elements`, then the elements.
  mutating func write<Element>(
    _ elements: [Element], each: (inout ByteWriter, Element) -> Void
  ) {
    write(count: elements.count)
    for element in elements { each(&self, element) }
  }
}

/// A reader of the bytes that a ``ByteWriter`` wrote.
struct ByteReader {
  private let bytes: [UInt8]
  private var next = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { next == bytes.count }

  mutating func read<Value: FixedWidthInteger & BitwiseCopyable>(
    as type: Value.Type = Value.self
  ) throws -> Value {
    let size = MemoryLayout<Value>.size
    guard bytes.count - next >= size else {
      throw RecordFormatError.truncated(byteCount: bytes.count)
    }
    defer { next += size }
    return Value(
      littleEndian: bytes.withUnsafeBytes {
        $0.loadUnaligned(fromByteOffset: next, as: Value.self)
      })
  }

  mutating func readDouble() throws -> Double {
    Double(bitPattern: try read())
  }

  /// Reads a count, then that number of elements, which have at least `size` bytes each.
  mutating func readArray<Element>(
    ofSize size: Int, each: (inout ByteReader) throws -> Element
  ) throws -> [Element] {
    let count = Int(try read(as: UInt32.self))
    // Limits the memory to the number of bytes present, in case the count is damaged.
    guard count <= (bytes.count - next) / size else {
      throw RecordFormatError.truncated(byteCount: bytes.count)
    }
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for _ in 0..<count { elements.append(try each(&self)) }
    return elements
  }
}

/// An error in bytes that are not a ``MeasurementRecord``.
package enum RecordFormatError: Error, Hashable, CustomStringConvertible {
  /// The bytes end before the record does.
  case truncated(byteCount: Int)
  /// There are bytes after the end of the record.
  case tooLong(byteCount: Int)
  /// The version of the record differs from the one that this library reads.
  case version(found: Int, expected: Int)

  /// A tensor has an impossible shape.
  case rowShape([Int])

  package var description: String {
    switch self {
    case .truncated(let count): "A record is cut off after \(count) bytes."
    case .tooLong(let count): "A record ends before its \(count) bytes do."
    case .version(let found, let expected):
      "A record is of format \(found), but expected \(expected)."
    case .rowShape(let shape): "A record is of a tensor of shape \(shape), which is none."
    }
  }
}
