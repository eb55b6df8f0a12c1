// SPDX-License-Identifier: MIT

/// Scalars to be passed to the runtime, in the element type of a model's input.
enum OnnxScalars {
  /// Single precision, the representation of tensors, which is not copied.
  case floats([Float])
  /// Any other type, converted.
  case bytes([UInt8])

  /// Converts scalars to an element type, or returns `nil` if that is not possible.
  ///
  /// For integer types, numbers are rounded to the nearest integer (ties to even) and clamped to
  /// the type's range; NaN becomes 0.
  init?<Value: BinaryFloatingPoint>(_ scalars: [Value], as type: OnnxElementType) {
    switch type {
    case .float32: self = .floats(scalars as? [Float] ?? scalars.map { Float($0) })
    case .float64: self = .bytes(packed(scalars) { Double($0) })
    case .float16: self = .bytes(packed(scalars) { Float($0).halfBits })
    case .bfloat16: self = .bytes(packed(scalars) { Float($0).brainBits })
    case .bool: self = .bytes(packed(scalars) { $0 == 0 ? 0 : 1 as UInt8 })
    case .uint8: self = .bytes(packed(scalars) { rounded($0) as UInt8 })
    case .int8: self = .bytes(packed(scalars) { rounded($0) as Int8 })
    case .uint16: self = .bytes(packed(scalars) { rounded($0) as UInt16 })
    case .int16: self = .bytes(packed(scalars) { rounded($0) as Int16 })
    case .uint32: self = .bytes(packed(scalars) { rounded($0) as UInt32 })
    case .int32: self = .bytes(packed(scalars) { rounded($0) as Int32 })
    case .uint64: self = .bytes(packed(scalars) { rounded($0) as UInt64 })
    case .int64: self = .bytes(packed(scalars) { rounded($0) as Int64 })
    case .string, .complex64, .complex128: return nil
    }
  }

  /// Calls `body` with the memory that holds the scalars.
  func withUnsafeBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    switch self {
    case .floats(let scalars): try scalars.withUnsafeBytes(body)
    case .bytes(let bytes): try bytes.withUnsafeBytes(body)
    }
  }
}

/// Returns the bytes of converted scalars, without gaps.
private func packed<Value, Scalar: BitwiseCopyable>(
  _ scalars: [Value], _ convert: (Value) -> Scalar
) -> [UInt8] {
  let stride = MemoryLayout<Scalar>.stride
  return Array(unsafeUninitializedCapacity: scalars.count * stride) { bytes, initializedCount in
    let raw = UnsafeMutableRawBufferPointer(bytes)
    for (index, scalar) in scalars.enumerated() {
      raw.storeBytes(of: convert(scalar), toByteOffset: index * stride, as: Scalar.self)
    }
    initializedCount = scalars.count * stride
  }
}

/// Returns the nearest integer of a type; 0 for NaN.
private func rounded<Whole: FixedWidthInteger>(_ value: some BinaryFloatingPoint) -> Whole {
  guard !value.isNaN else { return 0 }
  let whole = value.rounded(.toNearestOrEven)
  if let exact = Whole(exactly: whole) { return exact }
  return whole < 0 ? .min : .max
}
