// SPDX-License-Identifier: MIT

import GEED

/// A file of scalars for TensorBoard.
///
/// A file is a sequence of records: the length of the data as a 64-bit integer, its checksum, the
/// data, and their checksum, all little-endian. The data of a record are an `Event` in the wire
/// format of Protocol Buffers (`tensorflow/core/util/event.proto`).
package struct TensorBoardEvents {
  /// The contents of the file.
  package private(set) var bytes: [UInt8] = []

  private let time: Double

  /// Creates a file without scalars.
  ///
  /// - Parameter time: The time of all events, in seconds since 1970.
  package init(time: Double) {
    self.time = time
    append(Message().with(1, time).with(3, "brain.Event:2"))
  }

  /// Adds a scalar.
  ///
  /// - Parameters:
  ///   - tag: The name of the chart; slashes group charts.
  ///   - step: The training iteration.
  ///   - value: The value, which is rounded to single precision.
  package mutating func add(_ tag: String, step: Int, value: Double) {
    let scalar = Message().with(1, tag).with(2, Float(value))
    // A field of the value 0 is left out, as in every message of this format.
    let event = step == 0 ? Message().with(1, time) : Message().with(1, time).with(2, step)
    append(event.with(5, Message().with(1, scalar)))
  }

  private mutating func append(_ event: Message) {
    let length = littleEndianBytes(UInt64(event.bytes.count))
    bytes += length + littleEndianBytes(maskedChecksum(length))
    bytes += event.bytes + littleEndianBytes(maskedChecksum(event.bytes))
  }
}

/// A message in the wire format of Protocol Buffers.
private struct Message {
  var bytes: [UInt8] = []

  func with(_ field: UInt8, _ value: Double) -> Message {
    adding(field, wireType: 1, littleEndianBytes(value.bitPattern))
  }

  func with(_ field: UInt8, _ value: Float) -> Message {
    adding(field, wireType: 5, littleEndianBytes(value.bitPattern))
  }

  func with(_ field: UInt8, _ value: Int) -> Message {
    adding(field, wireType: 0, Self.variableLength(UInt64(bitPattern: Int64(value))))
  }

  func with(_ field: UInt8, _ text: String) -> Message {
    with(field, Message(bytes: Array(text.utf8)))
  }

  func with(_ field: UInt8, _ message: Message) -> Message {
    adding(
      field, wireType: 2,
      Self.variableLength(UInt64(message.bytes.count)) + message.bytes)
  }

  private func adding(_ field: UInt8, wireType: UInt8, _ value: [UInt8]) -> Message {
    Message(bytes: bytes + [field << 3 | wireType] + value)
  }

  /// Returns a number in groups of seven bits, lowest first.
  private static func variableLength(_ number: UInt64) -> [UInt8] {
    var (rest, bytes) = (number, [UInt8]())
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}

private func littleEndianBytes(_ number: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: number.littleEndian) { Array($0) }
}

/// Returns the CRC-32C (Castagnoli) of the bytes, rotated and shifted by a constant as in a record.
private func maskedChecksum(_ bytes: [UInt8]) -> UInt32 {
  let checksum = ~bytes.reduce(UInt32.max) { state, byte in
    checksums[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ (state >> 8)
  }
  return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
}

/// The CRC-32C of every byte.
private let checksums: [UInt32] = (0..<256).map { byte in
  (0..<8).reduce(UInt32(byte)) { state, _ in
    state & 1 == 0 ? state >> 1 : state >> 1 ^ 0x82F6_3B78
  }
}
