// SPDX-License-Identifier: MIT

/// The element type of an ONNX tensor, with the codes of the format, which ONNX Runtime uses as well.
public enum OnnxElementType: Int32, Sendable, Hashable {
  case float32 = 1
  case uint8, int8, uint16, int16, int32, int64, string, bool, float16, float64, uint32, uint64
  case complex64, complex128, bfloat16

  /// The scalars as Swift has them, or `nil` if they are not real numbers.
  var number: (any OnnxNumber.Type)? {
    switch self {
    case .float32: Float.self
    case .float64: Double.self
    case .float16: HalfFloat.self
    case .bfloat16: BrainFloat.self
    case .bool: TruthValue.self
    case .uint8: UInt8.self
    case .int8: Int8.self
    case .uint16: UInt16.self
    case .int16: Int16.self
    case .uint32: UInt32.self
    case .int32: Int32.self
    case .uint64: UInt64.self
    case .int64: Int64.self
    case .string, .complex64, .complex128: nil
    }
  }

  /// Whether a tensor of this type can be converted to one of `Float`.
  var isReal: Bool { number != nil }

  /// Whether the scalars are whole numbers or truth values.
  package var isWholeNumber: Bool { number?.wholeNumbers != nil }

  /// The number of bytes of one scalar, or `nil` for strings.
  var byteCount: Int? {
    switch self {
    case .complex64: 8
    case .complex128: 16
    default: number?.byteCount
    }
  }
}
