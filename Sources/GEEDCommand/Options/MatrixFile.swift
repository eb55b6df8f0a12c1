// SPDX-License-Identifier: MIT

import GEEDData

/// Square matrices of a `.npy` file, as they are written in names of groups and actions.
enum MatrixFile {
  /// The largest number of rows of a matrix.
  private static let greatestRowCount = 64

  /// Returns the matrices of a file, one `[d, d]` or several `[k, d, d]`: numbers separated by `,`, rows
  /// by `;` and matrices by `/`.
  static func text(ofFile path: String) throws -> String {
    let limit = 26 * greatestRowCount * greatestRowCount * 8
    let array = try StoredArray.all(inFile: path, atMost: limit + 4096)[0]
    let shape = array.shape
    guard shape.count == 2 || shape.count == 3, let size = shape.last,
      shape[shape.count - 2] == size, (1...greatestRowCount).contains(size), shape[0] > 0
    else {
      throw DataError.invalid(
        path: path,
        expected: "square matrices [d, d] or [k, d, d] of at most \(greatestRowCount) rows",
        found: "shape \(shape)")
    }
    let numbers = try array.floats()
    return (0..<numbers.count / (size * size)).map { matrix in
      (0..<size).map { row in
        numbers[(matrix * size + row) * size..<(matrix * size + row + 1) * size]
          .map { "\($0)" }.joined(separator: ",")
      }.joined(separator: ";")
    }.joined(separator: "/")
  }

  /// Returns `matrix:FILE.npy@AXIS` with the matrices in place of the file; `nil` for other texts.
  static func replaced(in argument: String) throws -> String? {
    guard let parts = argument.wholeMatch(of: /matrix:(.+\.npy)(@[^@]*)/) else { return nil }
    return try "matrix:\(text(ofFile: String(parts.1)))\(parts.2)"
  }
}
