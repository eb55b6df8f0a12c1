// SPDX-License-Identifier: MIT

import Foundation
import SwiftProtobuf

/// Bytes that are not a valid protocol buffer, or one that is nested too deeply.
struct WireError: Error {}

/// A view of a message in the wire format of protocol buffers, without copying.
///
/// The view is valid as long as the bytes are.
struct WireMessage {
  private let bytes: UnsafeRawBufferPointer
  private let depth: Int

  /// The maximum nesting depth: more than any model has, and few enough levels for the stack.
  private static let depthLimit = 100

  init(_ bytes: UnsafeRawBufferPointer) {
    self.init(bytes, depth: 0)
  }

  private init(_ bytes: UnsafeRawBufferPointer, depth: Int) {
    self.bytes = bytes
    self.depth = depth
  }

  /// Calls `body` with the fields in order.
  func forEachField(_ body: (Field) throws -> Void) throws {
    var position = 0
    while position < bytes.count {
      let start = position
      let tag = try integer(at: &position)
      let value: Field.Value
      switch tag & 7 {
      case 0: value = .integer(try integer(at: &position))
      case 1: value = .fixed(try slice(8, at: &position))
      case 2:
        let length = try integer(at: &position)
        guard length <= UInt64(bytes.count - position) else { throw WireError() }
        value = .bytes(try slice(Int(length), at: &position))
      case 5: value = .fixed(try slice(4, at: &position))
      default: throw WireError()
      }
      try body(
        Field(
          number: tag >> 3, encoded: UnsafeRawBufferPointer(rebasing: bytes[start..<position]),
          value: value, depth: depth))
    }
  }

  private func slice(_ length: Int, at position: inout Int) throws -> UnsafeRawBufferPointer {
    guard length <= bytes.count - position else { throw WireError() }
    defer { position += length }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + length])
  }

  private func integer(at position: inout Int) throws -> UInt64 {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < bytes.count else { throw WireError() }
      let byte = bytes[position]
      position += 1
      result |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return result }
    }
    throw WireError()
  }

  /// One field of a message.
  struct Field {
    fileprivate enum Value {
      case integer(UInt64)
      case fixed(UnsafeRawBufferPointer)
      case bytes(UnsafeRawBufferPointer)
    }

    let number: UInt64
    /// The field as it stands in the message, with its number.
    let encoded: UnsafeRawBufferPointer
    fileprivate let value: Value
    fileprivate let depth: Int

    private var content: UnsafeRawBufferPointer {
      get throws {
        guard case .bytes(let bytes) = value else { throw WireError() }
        return bytes
      }
    }

    func message() throws -> WireMessage {
      guard depth < depthLimit else { throw WireError() }
      return WireMessage(try content, depth: depth + 1)
    }

    func byteCount() throws -> Int { try content.count }

    func text() throws -> String { String(decoding: try content, as: UTF8.self) }

    func decoded<Message: SwiftProtobuf.Message>(_ type: Message.Type) throws -> Message {
      try Message(serializedBytes: Data(try content))
    }

    func integer() throws -> UInt64 {
      guard case .integer(let number) = value else { throw WireError() }
      return number
    }

    /// The integers of a repeated field, packed or single.
    func integers() throws -> [UInt64] {
      guard case .bytes(let bytes) = value else { return [try integer()] }
      let packed = WireMessage(bytes, depth: depth)
      var position = 0
      var numbers: [UInt64] = []
      while position < bytes.count { numbers.append(try packed.integer(at: &position)) }
      return numbers
    }

    /// The number of integers in this occurrence of a repeated field.
    func integerCount() throws -> Int {
      guard case .bytes(let bytes) = value else {
        _ = try integer()
        return 1
      }
      // The last byte of each integer has a cleared highest bit.
      return bytes.reduce(0) { $0 + ($1 < 0x80 ? 1 : 0) }
    }

    /// The number of `width`-byte numbers in this occurrence of a repeated field.
    func count(ofWidth width: Int) throws -> Int {
      switch value {
      case .fixed(let bytes) where bytes.count == width: return 1
      case .bytes(let bytes) where bytes.count.isMultiple(of: width): return bytes.count / width
      default: throw WireError()
      }
    }
  }
}
