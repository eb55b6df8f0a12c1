// SPDX-License-Identifier: MIT

import GEED

/// Writes arrays that NumPy's `load` reads.
public enum NumPyFile {
  /// Writes a tensor as float32, all of it or nothing.
  ///
  /// - Throws: ``DataError`` if the folder is missing or the file cannot be written.
  public static func write(_ tensor: Tensor, to path: String) throws(DataError) {
    try writeAtomically(
      header(type: "<f4", shape: tensor.shape)
        + tensor.scalars.flatMap { littleEndianBytes(of: $0.bitPattern) }, to: path)
  }

  /// Writes a list of whole numbers as int64, all of it or nothing.
  ///
  /// - Throws: ``DataError`` if the folder is missing or the file cannot be written.
  public static func write(_ numbers: [Int], to path: String) throws(DataError) {
    try writeAtomically(
      header(type: "<i8", shape: [numbers.count])
        + numbers.flatMap { littleEndianBytes(of: Int64($0)) }, to: path)
  }

  /// Magic number, version 1.0 and the description, padded so that the data begin at a multiple of
  /// 64 bytes.
  private static func header(type: String, shape: [Int]) -> [UInt8] {
    let axes = shape.map { "\($0)," }.joined(separator: " ")
    let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(axes)), }"
    let prefixLength = 10
    let padding = 63 - (prefixLength + text.utf8.count) % 64
    let body = Array(text.utf8) + Array(repeating: UInt8(ascii: " "), count: padding) + [0x0A]
    return [0x93] + Array("NUMPY".utf8) + [1, 0] + littleEndianBytes(of: UInt16(body.count)) + body
  }

  private static func littleEndianBytes(of number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }
}
