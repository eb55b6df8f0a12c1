// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import GEEDOnnx

@Suite struct StoredTensorTests {
  /// The constants of a model, one for each of `bytes` with the fields of an ONNX tensor.
  private func constants(_ bytes: [UInt8]...) throws -> [StoredTensor] {
    let graph = bytes.flatMap { field(5, $0) }
    var found: [StoredTensor] = []
    try StoredTensor.forEach(inModel: Data(field(7, graph))) { found.append($0) }
    return found
  }

  /// A field with bytes; short ones only.
  private func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    [number << 3 | 2, UInt8(bytes.count)] + bytes
  }

  @Test("A constant is known by its shape, its type and how many values there are")
  func sizes() throws {
    // dims 2 and 3 packed, float32, 24 bytes.
    let raw = try constants(field(1, [2, 3]) + [2 << 3, 1] + field(9, Array(0..<24)))[0]
    #expect(raw.shape == [2, 3] && raw.size == 24 && raw.validationError == nil)
    // int64 numbers of one and two bytes, packed; dims single.
    let typed = try constants([1 << 3, 2, 2 << 3, 7] + field(7, [5, 0x80, 1]))[0]
    #expect(typed.shape == [2] && typed.numberCount == 2 && typed.validationError == nil)
    // Four bits: two elements a byte, rounded up.
    let half = try constants([1 << 3, 3, 2 << 3, 21] + field(9, [0, 0]))[0]
    #expect(half.size == 2 && half.validationError == nil)
  }

  @Test("Contradictions are flaws")
  func flaws() throws {
    let dims: [UInt8] = [1 << 3, 2, 2 << 3, 1]
    let eight = Array(repeating: UInt8(0), count: 8)
    #expect(
      try constants(dims + field(9, eight) + field(4, eight))[0].validationError
        == "its values are there twice")
    #expect(
      try constants(dims + field(9, [0]))[0].validationError?.contains("8 bytes, but there are 1")
        == true)
    #expect(
      try constants(dims + field(4, [0, 0, 0, 0]))[0].validationError?.contains("2 numbers") == true
    )
    #expect(try constants(dims)[0].validationError?.contains("8 bytes, but there are 0") == true)
    let negative: [UInt8] = [1 << 3] + [UInt8](repeating: 0xFF, count: 9) + [1]
    #expect(try constants(negative)[0].validationError?.contains("[-1] is not possible") == true)
  }

  @Test("Bytes that are cut short or nested without end are an error, not a crash")
  func broken() {
    let good = field(7, field(5, field(1, [2, 3])))
    for length in 1..<good.count {
      #expect(throws: WireError.self) {
        try StoredTensor.forEach(inModel: Data(good.prefix(length))) { _ in }
      }
    }
    // A graph in an attribute of a node of a graph, over and over.
    var nested = Data()
    for _ in 0..<2_000 {
      for number in [UInt8(6), 5, 1] {
        var length = nested.count
        var head: [UInt8] = [number << 3 | 2]
        while length > 0x7F {
          head.append(UInt8(length & 0x7F) | 0x80)
          length >>= 7
        }
        nested = Data(head + [UInt8(length)]) + nested
      }
    }
    var length = nested.count
    var head: [UInt8] = [7 << 3 | 2]
    while length > 0x7F {
      head.append(UInt8(length & 0x7F) | 0x80)
      length >>= 7
    }
    let model = Data(head + [UInt8(length)]) + nested
    #expect(throws: WireError.self) { try StoredTensor.forEach(inModel: model) { _ in } }
  }
}
