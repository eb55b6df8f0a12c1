// SPDX-License-Identifier: MIT

import GEED

/// Functions that write arrays for NumPy's `load`.
package enum NumPyFile {
  /// Writes all examples of a data set as float32 `[N, ...]`, atomically.
  ///
  /// Examples are read and written one by one, so memory does not grow with their number.
  package static func write(_ dataset: any Dataset, to path: String) throws {
    try writeAtomically(to: path) { file in
      try file.write(header(type: "<f4", shape: [dataset.count] + dataset.exampleShape))
      for index in 0..<dataset.count {
        let example = try dataset.example(at: index)
        guard example.shape == dataset.exampleShape else {
          throw DataError.invalid(
            path: dataset.name, expected: "examples of shape \(dataset.exampleShape)",
            found: "shape \(example.shape) of example \(index)")
        }
        let words = example.scalars.map(\.bitPattern.littleEndian)
        try words.withUnsafeBytes { try file.write($0) }
      }
    }
  }

  /// Writes a list of integers as int64, atomically.
  package static func write(_ numbers: [Int], to path: String) throws(DataError) {
    try writeAtomically(
      header(type: "<i8", shape: [numbers.count])
        + numbers.flatMap { littleEndianBytes(of: Int64($0)) }, to: path)
  }

  /// Returns a header: the magic number, version 1.0 and the description, padded so that the data
  /// begin at a multiple of 64 bytes.
  static func header(type: String, shape: [Int]) -> [UInt8] {
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
