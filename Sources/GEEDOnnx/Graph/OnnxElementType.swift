// SPDX-License-Identifier: MIT

/// The element type of an ONNX tensor.
///
/// The raw values are those of the ONNX format, which ONNX Runtime uses as well.
public enum OnnxElementType: Int32, Sendable, Hashable, CustomStringConvertible {
  case float32 = 1
  case uint8
  case int8
  case uint16
  case int16
  case int32
  case int64
  case string
  case bool
  case float16
  case float64
  case uint32
  case uint64
  case complex64
  case complex128
  case bfloat16

  /// The name in lower case, such as `float32`.
  public var description: String { Self.names[Int(rawValue) - 1] }

  /// The number of bytes of one scalar, or `nil` for strings.
  var byteCount: Int? {
    switch self {
    case .bool, .uint8, .int8: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .float32, .uint32, .int32: 4
    case .float64, .uint64, .int64, .complex64: 8
    case .complex128: 16
    case .string: nil
    }
  }

  /// Whether a tensor of this type can be converted to one of `Float`.
  var isReal: Bool {
    switch self {
    case .string, .complex64, .complex128: false
    default: true
    }
  }

  private static let names = [
    "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16",
    "float64", "uint32", "uint64", "complex64", "complex128", "bfloat16",
  ]
}
