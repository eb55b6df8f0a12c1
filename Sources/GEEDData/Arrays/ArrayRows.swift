// SPDX-License-Identifier: MIT

import GEED

/// An array `[N, …]` in a file, of which single rows are read. A row is the part with one index of the
/// first axis.
///
/// Several threads may read at the same time.
struct ArrayRows: Sendable {
  /// The path of the file and, in a file of several arrays, the name of the array.
  let path: String

  /// The length of every axis, outermost first; there is at least one axis, and none is negative.
  let shape: [Int]

  let element: ArrayElement

  /// Reads the elements of some rows, the last axis varying fastest.
  private let read: @Sendable (Range<Int>) throws(DataError) -> [UInt8]

  /// Creates an array that `read` reads.
  ///
  /// - Throws: ``DataError`` if the shape has no axis or a negative one, or is too large for a file.
  init(
    path: String, shape: [Int], element: ArrayElement,
    read: @escaping @Sendable (Range<Int>) throws(DataError) -> [UInt8]
  ) throws(DataError) {
    (self.path, self.shape, self.element, self.read) = (path, shape, element, read)
    _ = try Self.byteCount(of: shape, element, path: path)
  }

  /// Creates an array whose elements are in a file from `offset` on, in C order.
  ///
  /// - Throws: Also if the file ends before the array does.
  init(
    path: String, shape: [Int], element: ArrayElement, in file: DataFile, at offset: Int
  ) throws(DataError) {
    let byteCount = try Self.byteCount(of: shape, element, path: path)
    let (end, overflows) = offset.addingReportingOverflow(byteCount)
    guard !overflows, file.byteCount >= end else {
      throw .truncated(
        path: path, expectedBytes: overflows ? Int.max : end, foundBytes: file.byteCount)
    }
    let rowLength = shape[0] == 0 ? 0 : byteCount / shape[0]
    try self.init(path: path, shape: shape, element: element) { rows throws(DataError) in
      try file.bytes(at: offset + rows.lowerBound * rowLength, count: rows.count * rowLength)
    }
  }

  /// The number of rows.
  var count: Int { shape[0] }

  /// The shape of one row.
  var rowShape: [Int] { Array(shape.dropFirst()) }

  /// Reads the elements of one row, as they are in the file.
  func bytes(ofRow index: Int) throws(DataError) -> [UInt8] { try bytes(ofRows: index..<index + 1) }

  /// Reads the numbers of one row.
  ///
  /// - Throws: ``DataError`` also for a number that is not finite, or for an integer that `Float`
  ///   does not tell from its neighbours.
  func floats(ofRow index: Int) throws(DataError) -> [Float] {
    let bytes = try bytes(ofRow: index)
    let floats = element.floats(in: bytes)
    if element.kind.isFloating {
      if let position = floats.firstIndex(where: { !$0.isFinite }) {
        throw .invalid(
          path: path, expected: "finite numbers in example \(index)",
          found: "\(floats[position]) at position \(position)")
      }
    } else if element.byteCount >= 4,
      let position = floats.firstIndex(where: { $0.magnitude >= Self.greatestInteger })
    {
      let exact = element.integers(in: bytes)?[position]
      // 2²⁴ itself is exact, but 2²⁴ + 1 is rounded to it.
      guard exact?.magnitude == UInt(Self.greatestInteger) else {
        throw .unsuitable(
          path: path, expected: "integers of at most 2^24 in example \(index), which are exact",
          found: "\(exact.map(String.init) ?? "\(floats[position])") at position \(position)",
          fix: "save smaller ones, or array.astype('float32') if rounding does no harm")
      }
    }
    return floats
  }

  /// Reads a whole list `[N]` or `[N, 1]` of integers, of at most 2²⁸ bytes; `nil` for another array.
  func integers() throws(DataError) -> [Int]? {
    guard !element.kind.isFloating, rowShape.allSatisfy({ $0 == 1 }),
      count * element.byteCount <= 1 << 28
    else { return nil }
    return element.integers(in: try bytes(ofRows: 0..<count))
  }

  private func bytes(ofRows rows: Range<Int>) throws(DataError) -> [UInt8] {
    let bytes = try read(rows)
    let expected = rows.count * Tensor.count(of: rowShape) * element.byteCount
    guard bytes.count == expected else {
      throw .truncated(path: path, expectedBytes: expected, foundBytes: bytes.count)
    }
    return bytes
  }

  private static let greatestInteger: Float = 0x1p24

  private static func byteCount(
    of shape: [Int], _ element: ArrayElement, path: String
  ) throws(DataError) -> Int {
    guard !shape.isEmpty else {
      throw .invalid(path: path, expected: "an array [N, …]", found: "a single number")
    }
    guard shape.allSatisfy({ $0 >= 0 }),
      let count = product(of: [element.byteCount] + shape, atMost: Int.max / 2)
    else {
      throw .invalid(path: path, expected: "an array that fits into a file", found: "\(shape)")
    }
    return count
  }
}

extension ArrayRows {
  /// The array of a `.npy` file, or of a part of a file that is one.
  ///
  /// - Parameters:
  ///   - range: The bytes of the file that are the `.npy` file.
  ///   - path: The name of the array in errors.
  init(npy file: DataFile, range: Range<Int>, path: String) throws(DataError) {
    let header = try NumPyHeader(named: path, byteCount: range.count) {
      offset, count throws(DataError) in
      guard offset <= range.count, count <= range.count - offset else {
        throw .truncated(path: path, expectedBytes: offset + count, foundBytes: range.count)
      }
      return try file.bytes(at: range.lowerBound + offset, count: count)
    }
    guard let element = ArrayElement(numPy: header.typeCode) else {
      throw .unsuitable(
        path: path, expected: "elements of type float32, float16, float64, bool or an integer type",
        found: "'\(header.typeCode)'", fix: "convert with array.astype('float32')")
    }
    guard !header.isFortranOrder || header.shape.count < 2 else {
      throw .unsuitable(
        path: path, expected: "an array in C order", found: "Fortran order",
        fix: "save numpy.ascontiguousarray(array)")
    }
    let byteCount = try Self.byteCount(of: header.shape, element, path: path)
    guard header.dataOffset <= range.count, byteCount <= range.count - header.dataOffset else {
      throw .truncated(
        path: path, expectedBytes: header.dataOffset + byteCount, foundBytes: range.count)
    }
    try self.init(
      path: path, shape: header.shape, element: element, in: file,
      at: range.lowerBound + header.dataOffset)
  }
}
