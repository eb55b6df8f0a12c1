// SPDX-License-Identifier: MIT

// Sixteen-bit floating-point numbers, represented by their bits: the standard library does not have
// `Float16` on every platform, and has `bfloat16` on none.

extension Float {
  /// Creates a number from the bits of an IEEE 754 half-precision number. Exact; NaN stays NaN.
  @inlinable
  package init(halfBits bits: UInt16) {
    let sign = UInt32(bits & 0x8000) << 16
    let magnitude = UInt32(bits & 0x7FFF) << 13
    // The exponent is at the position of a `Float`'s, but with the bias 15 instead of 127.
    // Multiplying corrects it and also makes subnormal numbers normal.
    let isFinite = bits & 0x7C00 != 0x7C00
    let value =
      isFinite
      ? Float(bitPattern: magnitude) * 0x1p112
      : Float(bitPattern: magnitude | 0x7F80_0000)
    self.init(bitPattern: value.bitPattern | sign)
  }

  /// The bits of the nearest half-precision number, ties to even; infinite from 65,520 on.
  @inlinable
  package var halfBits: UInt16 {
    let sign = UInt16(truncatingIfNeeded: bitPattern >> 16) & 0x8000
    if magnitude.isNaN { return sign | 0x7E00 }
    if magnitude >= 65_520 { return sign | 0x7C00 }
    if magnitude < 0x1p-14 {
      // Subnormal: a multiple of 2^-24.
      return sign | UInt16((magnitude * 0x1p24).rounded(.toNearestOrEven))
    }
    // Thirteen bits are dropped. Adding just under half of them, or half if the last kept bit is
    // odd, rounds. A carry into the exponent gives the correct result.
    let bits = magnitude.bitPattern - (112 << 23)
    return sign | UInt16((bits + 0xFFF + (bits >> 13 & 1)) >> 13)
  }

  /// Creates a number from the bits of a `bfloat16` number: the upper half of a `Float`.
  @inlinable
  package init(brainBits bits: UInt16) { self.init(bitPattern: UInt32(bits) << 16) }

  /// The bits of the nearest `bfloat16` number, ties to even.
  @inlinable
  package var brainBits: UInt16 {
    if isNaN { return 0x7FC0 }
    return UInt16((bitPattern + 0x7FFF + (bitPattern >> 16 & 1)) >> 16)
  }
}
