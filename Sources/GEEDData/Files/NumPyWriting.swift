// SPDX-License-Identifier: MIT

import GEED

/// Functions that write arrays for NumPy's `load`.
package enum NumPyFile {
  /// Writes all examples of a data set as float32 `[N, ...]`, atomically.
  ///
  /// Examples are read and written one by one, so memory does not grow with their number.
  package static func write(_ dataset: any Dataset, to path: String) throws {
    try writeAtomically(to: path) { file in
      try file.write(NumPyArray.header(type: "<f4", shape: [dataset.count] + dataset.exampleShape))
      for index in 0..<dataset.count {
        let example = try dataset.example(at: index)
        guard example.shape == dataset.exampleShape else {
          throw DataError.invalid(
            path: dataset.name, expected: "examples of shape \(dataset.exampleShape)",
            found: "shape \(example.shape) of example \(index)")
        }
        let words = example.scalars.map { $0.bitPattern.littleEndian }
        try words.withUnsafeBytes { try file.write($0) }
      }
    }
  }

  /// Writes a list of integers as int64, atomically.
  package static func write(_ numbers: [Int], to path: String) throws(DataError) {
    try writeAtomically(NumPyArray(numbers, shape: [numbers.count]).bytes, to: path)
  }

  /// Returns arrays by name as an `.npz` file: a zip file of `.npy` files, which are not compressed.
  package static func archive(
    _ arrays: [(name: String, array: NumPyArray)]
  ) throws(DataError) -> [UInt8] {
    try zipFile(arrays.map { ("\($0.name).npy", $0.array.bytes) })
  }
}
