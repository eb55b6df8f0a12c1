// SPDX-License-Identifier: MIT

// Sixteen-bit floating-point numbers, represented by their bits: the standard library does not have
// `Float16` on every platform, and has `bfloat16` on none.

/// Returns the value of an IEEE 754 half-precision number. Exact; NaN stays NaN.
func float(halfBits bits: UInt16) -> Float {
  let sign = UInt32(bits & 0x8000) << 16
  let magnitude = UInt32(bits & 0x7FFF) << 13
  // The exponent is at the position of a `Float`'s, but with the bias 15 instead of 127.
  // Multiplying corrects it and also makes subnormal numbers normal.
  let isFinite = bits & 0x7C00 != 0x7C00
  let value =
    isFinite
    ? Float(bitPattern: magnitude) * 0x1p112
    : Float(bitPattern: magnitude | 0x7F80_0000)
  return Float(bitPattern: value.bitPattern | sign)
}

/// Returns the half-precision number nearest to `value`, ties to even; infinite from 65,520 on.
func halfBits(_ value: Float) -> UInt16 {
  let sign = UInt16(truncatingIfNeeded: value.bitPattern >> 16) & 0x8000
  let magnitude = value.magnitude
  if magnitude.isNaN { return sign | 0x7E00 }
  if magnitude >= 65_520 { return sign | 0x7C00 }
  if magnitude < 0x1p-14 {
    // Subnormal: a multiple of 2^-24.
    return sign | UInt16((magnitude * 0x1p24).rounded(.toNearestOrEven))
  }
  // Thirteen bits are dropped. Adding just under half of them, or half if the last kept bit is odd,
  // rounds. A carry into the exponent gives the correct result.
  let bits = magnitude.bitPattern - (112 << 23)
  return sign | UInt16((bits + 0xFFF + (bits >> 13 & 1)) >> 13)
}

/// Returns the value of a `bfloat16` number: the upper half of a `Float`.
func float(brainBits bits: UInt16) -> Float {
  Float(bitPattern: UInt32(bits) << 16)
}

/// Returns the `bfloat16` number nearest to `value`, ties to even.
func brainBits(_ value: Float) -> UInt16 {
  if value.isNaN { return 0x7FC0 }
  let bits = value.bitPattern
  return UInt16((bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
}
