// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDOnnx

@Suite struct ScalarConversionTests {
  #if !(os(macOS) && arch(x86_64))
  @Test("All 65,536 half-precision numbers are read and written as the hardware does")
  func allHalves() {
    for bits in UInt16.min...UInt16.max {
      let expected = Float(Float16(bitPattern: bits))
      let value = Float(halfBits: bits)
      if expected.isNaN {
        #expect(value.isNaN)
        continue
      }
      guard value.bitPattern != expected.bitPattern || value.halfBits != bits else { continue }
      Issue.record("\(bits): \(value), expected \(expected)")
    }
  }

  @Test("Rounding to half precision equals the hardware's, ties included")
  func halfRounding() {
    // Every 9,973rd float and, around each half, the exact middles to the next.
    var bits = stride(from: UInt32.min, to: .max - 9_973, by: 9_973).map { $0 }
    bits += (0..<0x7C00 as Range<UInt16>).map { half in
      let low = Float(halfBits: half)
      return (low + (Float(halfBits: half + 1) - low) / 2).bitPattern
    }
    for pattern in bits {
      let value = Float(bitPattern: pattern)
      guard !value.isNaN else { continue }
      guard value.halfBits != Float16(value).bitPattern else { continue }
      Issue.record("\(value): \(value.halfBits), expected \(Float16(value).bitPattern)")
    }
  }
  #endif

  @Test(
    "bfloat16 rounds to the nearest, ties to even",
    arguments: [
      (0x3F80_0000, 0x3F80), (0x3F80_7FFF, 0x3F80), (0x3F80_8000, 0x3F80),
      (0x3F80_8001, 0x3F81), (0x3F81_8000, 0x3F82), (0x7F80_0000, 0x7F80),
      (0x7F7F_FFFF, 0x7F80), (0xBF80_0000, 0xBF80),
    ] as [(UInt32, UInt16)])
  func brainFloat(bits: UInt32, expected: UInt16) {
    #expect(Float(bitPattern: bits).brainBits == expected)
  }

  @Test("Whole numbers are rounded to even and clamped")
  func wholeNumbers() throws {
    let scalars: [Float] = [-1, 0.4, 0.5, 1.5, 254.6, 300, .nan, .infinity]
    let unsigned = try #require(OnnxScalars(scalars, as: .uint8))
    #expect(unsigned.withUnsafeBytes { Array($0) } == [0, 0, 0, 2, 255, 255, 0, 255])
    let signed = try #require(OnnxScalars(scalars, as: .int8))
    let bytes = signed.withUnsafeBytes { Array($0.bindMemory(to: Int8.self)) }
    #expect(bytes == [-1, 0, 0, 2, 127, 127, 0, 127])
  }

  @Test("A constant keeps the digits that a Float has not")
  func wideNumbers() throws {
    let number = 16_777_217.0  // 2^24 + 1
    let whole = try #require(OnnxScalars([number], as: .int64))
    #expect(whole.withUnsafeBytes { Array($0.bindMemory(to: Int64.self)) } == [16_777_217])
    let double = try #require(OnnxScalars([0.1], as: .float64))
    #expect(double.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) } == [0.1])
  }

  @Test("Strings and complex numbers are made from nothing")
  func impossible() {
    #expect(OnnxScalars([1.0], as: .string) == nil)
    #expect(OnnxScalars([1.0], as: .complex64) == nil)
  }
}
