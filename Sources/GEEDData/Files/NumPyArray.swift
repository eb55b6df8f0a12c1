// SPDX-License-Identifier: MIT

import GEED

/// An array as the bytes of a `.npy` file.
package struct NumPyArray: Sendable, Hashable {
  /// The file, from its header on.
  package let bytes: [UInt8]

  /// Creates an array of float64.
  ///
  /// - Parameter shape: The length of every axis, outermost first; empty for a single number.
  package init(_ numbers: [Double], shape: [Int]) {
    self.init(
      type: "<f8", shape: shape, count: numbers.count,
      Self.littleEndianBytes(of: numbers.map(\.bitPattern)))
  }

  /// Creates an array of int64.
  package init(_ numbers: [Int], shape: [Int]) {
    self.init(
      type: "<i8", shape: shape, count: numbers.count,
      Self.littleEndianBytes(of: numbers.map(Int64.init)))
  }

  /// Creates an array of text; shorter texts are filled up with the character 0, as in NumPy.
  package init(_ texts: [String], shape: [Int]) {
    let scalars = texts.map { $0.unicodeScalars.map(\.value) }
    let length = max(1, scalars.map(\.count).max() ?? 0)
    let padded = scalars.flatMap { $0 + Array(repeating: 0, count: length - $0.count) }
    self.init(
      type: "<U\(length)", shape: shape, count: texts.count, Self.littleEndianBytes(of: padded))
  }

  private init(type: String, shape: [Int], count: Int, _ data: [UInt8]) {
    precondition(
      shape.reduce(1, *) == count, "Expected elements for the shape \(shape), but got \(count).")
    bytes = Self.header(type: type, shape: shape) + data
  }

  /// Returns a header: the magic number, version 1.0 and the description, padded so that the data
  /// begin at a multiple of 64 bytes.
  package static func header(type: String, shape: [Int]) -> [UInt8] {
    let axes = shape.map { "\($0)," }.joined(separator: " ")
    let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(axes)), }"
    let prefixLength = 10
    let padding = 63 - (prefixLength + text.utf8.count) % 64
    let body = Array(text.utf8) + Array(repeating: UInt8(ascii: " "), count: padding) + [0x0A]
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + littleEndianBytes(of: [UInt16(body.count)])
      + body
  }

  private static func littleEndianBytes(of numbers: [some FixedWidthInteger]) -> [UInt8] {
    numbers.map(\.littleEndian).withUnsafeBytes { Array($0) }
  }
}
