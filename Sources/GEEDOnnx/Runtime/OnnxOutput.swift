// SPDX-License-Identifier: MIT

import COnnxRuntime
import GEED

/// A tensor that the runtime returned. Valid only inside the call that passes it.
struct OnnxOutput {
  let elementType: OnnxElementType
  let shape: [Int]
  private let number: any OnnxNumber.Type
  private let bytes: UnsafeRawBufferPointer

  /// Creates a view of a value, or returns `nil` if it is not a tensor of numbers.
  init?(_ value: geed_ort_value, name: String, api: geed_ort_api) throws(OnnxError) {
    var isTensor: Int32 = 0
    try api.check("inspect '\(name)'") { geed_ort_value_is_tensor($0, value, &isTensor) }
    guard isTensor != 0 else { return nil }
    var element: Int32 = 0
    var rank = 0
    try api.check("inspect '\(name)'") { geed_ort_value_type($0, value, &element, &rank) }
    guard let type = OnnxElementType(rawValue: element), let number = type.number else {
      return nil
    }
    var axes = [Int64](repeating: 0, count: rank)
    try api.check("inspect '\(name)'") { geed_ort_value_shape($0, value, &axes, rank) }
    var start: UnsafeMutableRawPointer?
    try api.check("read '\(name)'") { geed_ort_value_bytes($0, value, &start) }
    elementType = type
    self.number = number
    shape = axes.map(Int.init)
    let count = try? Tensor.checkedCount(of: shape)
    bytes = UnsafeRawBufferPointer(start: start, count: number.byteCount * (count ?? 0))
  }

  /// Appends the first `count` scalars to `scalars`, as `Float`.
  func appendScalars(_ count: Int, to scalars: inout [Float]) {
    let part = UnsafeRawBufferPointer(rebasing: bytes.prefix(count * number.byteCount))
    if elementType == .float32 {
      scalars.append(contentsOf: part.assumingMemoryBound(to: Float.self))
    } else {
      scalars += number.floats(part)
    }
  }
}
