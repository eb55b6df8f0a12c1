// SPDX-License-Identifier: MIT
// http://yann.lecun.com/exdb/mnist (the format is described at the bottom of the page)

import CGEEDImage
import GEED

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

  /// Opens a file. If its name ends in ".gz", it is inflated up to the size given by its header.
  init(path: String, dimensionCount: Int) throws(DataError) {
    let magic = [0, 0, 8, UInt8(dimensionCount)]
    let headerLength = 4 + 4 * dimensionCount
    func shape(in header: [UInt8]) -> [Int] {
      (1...dimensionCount).map { axis in
        header[4 * axis..<4 * axis + 4].reduce(0) { $0 << 8 | Int($1) }
      }
    }
    func fileLength(of shape: [Int]) throws(DataError) -> Int {
      guard !shape.contains(0), let count = product(of: shape, atMost: Int.max / 2) else {
        throw .invalid(
          path: path, expected: "an array that is neither empty nor huge", found: "\(shape)")
      }
      return headerLength + count
    }
    file = try DataFile.opening(path, expected: "an IDX file") { beginning throws(DataError) in
      guard beginning.count >= headerLength else { return nil }
      // Another format is reported below, once the file is open.
      guard beginning.starts(with: magic) else { return 1 << 30 }
      return try fileLength(of: shape(in: beginning))
    }
    let header = try file.bytes(at: 0, count: min(headerLength, file.byteCount))
    guard header.starts(with: magic) else {
      throw .invalid(
        path: path, expected: "the bytes \(magic) at the beginning", found: "\(header.prefix(4))")
    }
    guard header.count == headerLength else {
      throw .truncated(path: path, expectedBytes: headerLength, foundBytes: header.count)
    }
    self.shape = shape(in: header)
    if dimensionCount == 3 {
      try requireReadableExample(Array(self.shape.dropFirst()), path: path)
    }
    let expected = try fileLength(of: self.shape)
    guard file.byteCount == expected else {
      throw file.byteCount < expected
        ? .truncated(path: path, expectedBytes: expected, foundBytes: file.byteCount)
        : .invalid(
          path: path, expected: "\(expected) bytes for an array \(self.shape)",
          found: "\(file.byteCount)")
    }
  }

  /// Reads all elements.
  func elements() throws(DataError) -> [UInt8] {
    try file.bytes(at: 4 + 4 * shape.count, count: shape.reduce(1, *))
  }

  /// Throws unless there is one image for each label.
  func requireImages(forLabels count: Int) throws(DataError) {
    guard count == shape[0] else {
      throw .invalid(
        path: path, expected: "\(count) images, one for each label", found: "\(shape[0])")
    }
  }

  /// Reads one image of an array `[N, H, W]`.
  func image(at index: Int) throws(DataError) -> Image {
    let area = shape[1] * shape[2]
    return Image(
      width: shape[2], height: shape[1], channels: 1,
      pixels: try file.bytes(at: 4 + 4 * shape.count + index * area, count: area))
  }
}

/// The product of lengths; `nil` if it exceeds `limit`.
func product(of lengths: [Int], atMost limit: Int) -> Int? {
  var product = 1
  for length in lengths {
    let (next, overflows) = product.multipliedReportingOverflow(by: length)
    guard !overflows, next <= limit else { return nil }
    product = next
  }
  return product
}

/// Throws if one example has more numbers than an image may have.
func requireReadableExample(_ shape: [Int], path: String) throws(DataError) {
  let limit = 3 * Int(GEED_MAX_PIXELS)
  guard product(of: shape, atMost: limit) != nil else {
    throw .invalid(path: path, expected: "examples of at most \(limit) numbers", found: "\(shape)")
  }
}
