// SPDX-License-Identifier: MIT

import GEED

/// A real number as it lies in the memory of a tensor, which is little-endian like all hosts that
/// Swift supports.
protocol OnnxNumber: BitwiseCopyable {
  /// The range of the type if it has no fractions, as far as `Double` can express it.
  static var wholeNumbers: ClosedRange<Double>? { get }

  /// Creates the nearest number. Whole numbers are rounded to even in the middle and clamped to the
  /// range of the type; NaN becomes 0.
  init(nearest value: Double)

  var float: Float { get }
}

extension OnnxNumber {
  static var wholeNumbers: ClosedRange<Double>? { nil }

  static var byteCount: Int { MemoryLayout<Self>.size }

  /// Reads all numbers in `bytes`.
  static func floats(_ bytes: UnsafeRawBufferPointer) -> [Float] {
    (0..<bytes.count / byteCount).map {
      bytes.loadUnaligned(fromByteOffset: $0 * byteCount, as: Self.self).float
    }
  }

  /// Returns the bytes of converted scalars, without gaps.
  static func bytes(of scalars: [some BinaryFloatingPoint]) -> [UInt8] {
    Array(unsafeUninitializedCapacity: scalars.count * byteCount) { bytes, initializedCount in
      let raw = UnsafeMutableRawBufferPointer(bytes)
      for (index, scalar) in scalars.enumerated() {
        raw.storeBytes(
          of: Self(nearest: Double(scalar)), toByteOffset: index * byteCount, as: Self.self)
      }
      initializedCount = scalars.count * byteCount
    }
  }
}

extension OnnxNumber where Self: FixedWidthInteger {
  static var wholeNumbers: ClosedRange<Double>? { Double(min)...Double(max) }

  init(nearest value: Double) {
    let whole = value.rounded(.toNearestOrEven)
    self = value.isNaN ? 0 : Self(exactly: whole) ?? (whole < 0 ? .min : .max)
  }

  var float: Float { Float(self) }
}

extension Int8: OnnxNumber {}
extension UInt8: OnnxNumber {}
extension Int16: OnnxNumber {}
extension UInt16: OnnxNumber {}
extension Int32: OnnxNumber {}
extension UInt32: OnnxNumber {}
extension Int64: OnnxNumber {}
extension UInt64: OnnxNumber {}

extension Float: OnnxNumber {
  init(nearest value: Double) { self.init(value) }
  var float: Float { self }
}

extension Double: OnnxNumber {
  init(nearest value: Double) { self = value }
  var float: Float { Float(self) }
}

struct HalfFloat: OnnxNumber {
  private let bits: UInt16
  init(nearest value: Double) { bits = Float(value).halfBits }
  var float: Float { Float(halfBits: bits) }
}

struct BrainFloat: OnnxNumber {
  private let bits: UInt16
  init(nearest value: Double) { bits = Float(value).brainBits }
  var float: Float { Float(brainBits: bits) }
}

struct TruthValue: OnnxNumber {
  private let byte: UInt8
  static let wholeNumbers: ClosedRange<Double>? = 0...1
  init(nearest value: Double) { byte = value == 0 ? 0 : 1 }
  var float: Float { Float(byte) }
}

/// Scalars to be passed to the runtime, in the element type of a model's input.
enum OnnxScalars {
  /// Single precision, the representation of tensors, which is not copied.
  case floats([Float])
  /// Any other type, converted.
  case bytes([UInt8])

  /// Converts scalars to an element type, or returns `nil` if that is not possible.
  init?(_ scalars: [some BinaryFloatingPoint], as type: OnnxElementType) {
    guard let number = type.number else { return nil }
    self =
      type == .float32
      ? .floats(scalars as? [Float] ?? scalars.map { Float($0) })
      : .bytes(number.bytes(of: scalars))
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
