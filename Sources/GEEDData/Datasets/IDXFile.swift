// SPDX-License-Identifier: MIT
// http://yann.lecun.com/exdb/mnist (the format is described at the bottom of the page)

import GEED
import CGEEDImage

/// An array of bytes in the IDX format, open for reading.
///
/// The file begins with two zero bytes, the type (8 for bytes) and the number of axes, then the
/// length of each axis in four bytes, big endian; the elements follow, row-major.
struct IDXFile: Sendable {
  /// The length of every axis, outermost first; all positive.
  let shape: [Int]

  private let file: DataFile

  /// The name of the file in errors.
  var path: String { file.path }

  /// Opens a file. If its name ends in ".gz", it is inflated first, up to the size given by its
  /// header.
  init(path: String, dimensionCount: Int) throws(DataError) {
    file = try DataFile.opening(path, expected: "an IDX file") {
      beginning throws(DataError) in
      let length = 4 + 4 * dimensionCount
      guard beginning.count >= length else { return nil }
      // Another format is reported below, once the file is open.
      guard beginning.starts(with: Self.magic(dimensionCount)) else { return 1 << 30 }
      let shape = Self.shape(in: beginning, dimensionCount: dimensionCount)
      return try length + Self.byteCount(of: shape, path: path)
    }
    let header = try file.bytes(at: 0, count: min(4 + 4 * dimensionCount, file.byteCount))
    let magic = Self.magic(dimensionCount)
    guard header.starts(with: magic) else {
      throw .invalid(
        path: path, expected: "the bytes \(magic) at the beginning", found: "\(header.prefix(4))")
    }
    guard header.count == 4 + 4 * dimensionCount else {
      throw .truncated(
        path: path, expectedBytes: 4 + 4 * dimensionCount, foundBytes: header.count)
    }
    shape = Self.shape(in: header, dimensionCount: dimensionCount)
    try Self.requireLength(of: file, shape: shape)
  }

  /// Reads `count` elements, beginning at `position`.
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

  private static func magic(_ dimensionCount: Int) -> [UInt8] {
    [0, 0, 8, UInt8(dimensionCount)]
  }

  private static func shape(in header: [UInt8], dimensionCount: Int) -> [Int] {
    (1...dimensionCount).map { axis in
      header[4 * axis..<4 * axis + 4].reduce(0) { $0 << 8 | Int($1) }
    }
  }

  /// The number of elements, which have one byte each.
  private static func byteCount(of shape: [Int], path: String) throws(DataError) -> Int {
    var byteCount = 1
    for length in shape {
      let (product, overflows) = byteCount.multipliedReportingOverflow(by: length)
      guard length > 0, !overflows, product < Int.max / 2 else {
        throw .invalid(
          path: path, expected: "an array that is neither empty nor huge", found: "\(shape)")
      }
      byteCount = product
    }
    return byteCount
  }

  private static func requireLength(
    of file: DataFile, shape: [Int]
  ) throws(DataError) {
    if shape.count == 3 {
      try requireReadableExample(Array(shape.dropFirst()), path: file.path)
    }
    let expected = 4 + 4 * shape.count + (try byteCount(of: shape, path: file.path))
    guard file.byteCount == expected else {
      throw file.byteCount < expected
        ? .truncated(path: file.path, expectedBytes: expected, foundBytes: file.byteCount)
        : .invalid(
          path: file.path, expected: "\(expected) bytes for an array \(shape)",
          found: "\(file.byteCount)")
    }
  }
}

/// Throws if one example has more numbers than a picture may have.
func requireReadableExample(_ shape: [Int], path: String) throws(DataError) {
  var count = 1
  for length in shape {
    let (product, overflows) = count.multipliedReportingOverflow(by: length)
    guard !overflows, product <= 3 * Int(GEED_MAX_PIXELS) else {
      throw .invalid(
        path: path, expected: "examples of at most \(3 * Int(GEED_MAX_PIXELS)) numbers",
        found: "\(shape)")
    }
    count = product
  }
}
