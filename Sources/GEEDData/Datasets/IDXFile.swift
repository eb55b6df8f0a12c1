// SPDX-License-Identifier: MIT
// http://yann.lecun.com/exdb/mnist (the format is described at the bottom of the page)

/// An array of bytes in the IDX format, open for reading.
///
/// The file begins with two zero bytes, the type (8 for bytes) and the number of axes, then the
/// length of each axis in four bytes, big endian; the elements follow, row-major.
struct IDXFile: Sendable {
  /// The length of every axis, outermost first; all positive.
  let shape: [Int]

  private let file: RandomAccessFile

  /// What errors call the file.
  var path: String { file.path }

  /// Opens a file, inflated first if its name ends in ".gz".
  init(path: String, dimensionCount: Int) throws(DataError) {
    file = try RandomAccessFile.opening(path, expected: "an IDX file")
    let header = try file.bytes(at: 0, count: min(4 + 4 * dimensionCount, file.byteCount))
    let magic: [UInt8] = [0, 0, 8, UInt8(dimensionCount)]
    guard header.starts(with: magic) else {
      throw .invalid(
        path: path, expected: "the bytes \(magic) at the beginning", found: "\(header.prefix(4))")
    }
    guard header.count == 4 + 4 * dimensionCount else {
      throw .truncated(
        path: path, expectedBytes: 4 + 4 * dimensionCount, foundBytes: header.count)
    }
    shape = (1...dimensionCount).map { axis in
      header[4 * axis..<4 * axis + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    try Self.requireLength(of: file, shape: shape)
  }

  /// Reads `count` elements from the given one on.
  func bytes(at position: Int, count: Int) throws(DataError) -> [UInt8] {
    try file.bytes(at: 4 + 4 * shape.count + position, count: count)
  }

  /// Throws unless there is one picture for each label.
  func requirePictures(forLabels count: Int) throws(DataError) {
    guard count == shape[0] else {
      throw .invalid(
        path: path, expected: "\(count) images, one for each label", found: "\(shape[0])")
    }
  }

  /// Reads one picture of an array `[N, H, W]`.
  func picture(at index: Int) throws(DataError) -> Picture {
    let area = shape[1] * shape[2]
    return Picture(
      width: shape[2], height: shape[1], channels: 1,
      pixels: try bytes(at: index * area, count: area))
  }

  private static func requireLength(
    of file: RandomAccessFile, shape: [Int]
  ) throws(DataError) {
    var byteCount = 1
    for length in shape {
      let (product, overflows) = byteCount.multipliedReportingOverflow(by: length)
      guard length > 0, !overflows, product < Int.max / 2 else {
        throw .invalid(
          path: file.path, expected: "an array that is neither empty nor huge", found: "\(shape)")
      }
      byteCount = product
    }
    let expected = 4 + 4 * shape.count + byteCount
    guard file.byteCount == expected else {
      throw file.byteCount < expected
        ? .truncated(path: file.path, expectedBytes: expected, foundBytes: file.byteCount)
        : .invalid(
          path: file.path, expected: "\(expected) bytes for an array \(shape)",
          found: "\(file.byteCount)")
    }
  }
}
