// SPDX-License-Identifier: MIT

import COnnxRuntime
import GEED

/// A tensor that the runtime returned. Valid only inside the call that passes it.
struct OnnxOutput {
  let elementType: OnnxElementType
  let shape: [Int]
  private let bytes: UnsafeRawBufferPointer

  /// Creates a view of a value.
  ///
  /// - Returns: `nil` if it is not a tensor of numbers.
  init?(_ value: geed_ort_value, name: String, api: geed_ort_api) throws(OnnxError) {
    var isTensor: Int32 = 0
    try api.check("inspect '\(name)'") { geed_ort_value_is_tensor($0, value, &isTensor) }
    guard isTensor != 0 else { return nil }
    var element: Int32 = 0
    var rank = 0
    try api.check("inspect '\(name)'") { geed_ort_value_type($0, value, &element, &rank) }
    guard let type = OnnxElementType(rawValue: element), type.isReal, let width = type.byteCount
    else { return nil }
    var axes = [Int64](repeating: 0, count: rank)
    try api.check("inspect '\(name)'") { geed_ort_value_shape($0, value, &axes, rank) }
    var start: UnsafeMutableRawPointer?
    try api.check("read '\(name)'") { geed_ort_value_bytes($0, value, &start) }
    elementType = type
    shape = axes.map(Int.init)
    let count = try? Tensor.checkedCount(of: shape)
    bytes = UnsafeRawBufferPointer(start: start, count: width * (count ?? 0))
  }

  /// Appends the first `count` scalars to `scalars`, as `Float`.
  func appendScalars(_ count: Int, to scalars: inout [Float]) {
    switch elementType {
    case .float32: scalars.append(contentsOf: prefix(count, of: Float.self))
    case .float64: append(count, to: &scalars) { (value: Double) in Float(value) }
    case .float16: append(count, to: &scalars) { Float(halfBits: $0) }
    case .bfloat16: append(count, to: &scalars) { Float(brainBits: $0) }
    case .bool, .uint8: append(count, to: &scalars) { (value: UInt8) in Float(value) }
    case .int8: append(count, to: &scalars) { (value: Int8) in Float(value) }
    case .uint16: append(count, to: &scalars) { (value: UInt16) in Float(value) }
    case .int16: append(count, to: &scalars) { (value: Int16) in Float(value) }
    case .uint32: append(count, to: &scalars) { (value: UInt32) in Float(value) }
    case .int32: append(count, to: &scalars) { (value: Int32) in Float(value) }
    case .uint64: append(count, to: &scalars) { (value: UInt64) in Float(value) }
    case .int64: append(count, to: &scalars) { (value: Int64) in Float(value) }
    case .string, .complex64, .complex128:
      preconditionFailure("Expected real numbers, but got \(elementType).")
    }
  }

  private func append<Scalar: BitwiseCopyable>(
    _ count: Int, to scalars: inout [Float], _ convert: (Scalar) -> Float
  ) {
    scalars.append(contentsOf: prefix(count, of: Scalar.self).map(convert))
  }

  private func prefix<Scalar: BitwiseCopyable>(
    _ count: Int, of type: Scalar.Type
  ) -> UnsafeBufferPointer<Scalar> {
    UnsafeBufferPointer(rebasing: bytes.assumingMemoryBound(to: Scalar.self).prefix(count))
  }
}
