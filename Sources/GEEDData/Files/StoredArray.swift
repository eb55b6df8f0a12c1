// SPDX-License-Identifier: MIT

import GEED

/// An array of numbers as it is stored in a `.npy` file, or in an `.npz` file under a name.
package struct StoredArray: Sendable {
  /// The file, and the member of an `.npz` file.
  package let path: String

  /// The name in an `.npz` file, or that of the `.npy` file without its ending.
  package let name: String

  /// The length of every axis, outermost first.
  package let shape: [Int]

  private let typeCode: String
  private let bytes: [UInt8]

  /// Reads all arrays of a file, which together have at most `limit` bytes.
  package static func all(
    inFile path: String, atMost limit: Int
  ) throws(DataError) -> [StoredArray] {
    guard path.lowercased().hasSuffix(".npz") else {
      let file = try DataFile(opening: path, expected: "a NumPy array")
      let bytes = try file.bytes(atMost: limit, of: "a NumPy array")
      return [try StoredArray(bytes, path: path, name: lastComponent(of: path))]
    }
    _ = try DataFile(opening: path, expected: "a NumPy archive")
    let archive = try Archive(path: path)
    let size = archive.members.reduce(0) { $0.addingReportingOverflow($1.size).partialValue }
    guard (0...limit).contains(size) else {
      throw .invalid(path: path, expected: "arrays of at most \(limit) bytes", found: "\(size)")
    }
    var arrays: [StoredArray] = []
    for member in archive.members {
      arrays.append(
        try StoredArray(
          archive.bytes(of: member), path: "\(path)/\(member.name)", name: member.name))
    }
    return arrays
  }

  private init(_ file: [UInt8], path: String, name: String) throws(DataError) {
    self.path = path
    self.name = name.hasSuffix(".npy") ? String(name.dropLast(4)) : name
    let header = try NumPyHeader(named: path, byteCount: file.count) { offset, count in
      Array(file.dropFirst(offset).prefix(count))
    }
    guard !header.isFortranOrder || header.shape.count < 2 else {
      throw .unsuitable(
        path: path, expected: "an array in C order", found: "Fortran order",
        fix: "save numpy.ascontiguousarray(array)")
    }
    typeCode = header.typeCode
    shape = header.shape
    let size = typeCode.last?.wholeNumberValue ?? 1
    guard let byteCount = product(of: [size] + shape, atMost: Int.max / 2) else {
      throw .invalid(path: path, expected: "an array that fits into a file", found: "\(shape)")
    }
    guard file.count >= header.dataOffset + byteCount else {
      throw .truncated(
        path: path, expectedBytes: header.dataOffset + byteCount, foundBytes: file.count)
    }
    bytes = Array(file[header.dataOffset..<header.dataOffset + byteCount])
  }

  /// Whether the numbers are integers or truth values, such as labels.
  package var holdsWholeNumbers: Bool {
    ArrayElement(numPy: typeCode).map { !$0.kind.isFloating } ?? false
  }

  /// Returns the numbers as `Float`.
  ///
  /// - Throws: ``DataError`` for other types than numbers and truth values, and for integers that `Float`
  ///   does not tell from their neighbors.
  package func floats() throws(DataError) -> [Float] {
    guard let element = ArrayElement(numPy: typeCode) else {
      throw .unsuitable(
        path: path, expected: "numbers of type float32, float16, float64, bool or an integer type",
        found: "'\(typeCode)'", fix: "save array.astype('float32')")
    }
    let floats = element.floats(in: bytes)
    if !element.kind.isFloating, let large = floats.first(where: { $0.magnitude > 0x1p24 }) {
      throw .unsuitable(
        path: path, expected: "integers of at most 2^24, which are exact", found: "\(large)",
        fix: "number the labels from 0")
    }
    return floats
  }

  /// Returns the numbers of a list of integers.
  ///
  /// - Throws: ``DataError`` for other types than `int32` and `int64`, and other shapes.
  package func integers() throws(DataError) -> [Int] {
    guard ["<i8", "<i4"].contains(typeCode), shape.count == 1 else {
      throw .unsuitable(
        path: path, expected: "a list of int64 or int32", found: "'\(typeCode)' of shape \(shape)",
        fix: "save array.astype('int64').reshape(-1)")
    }
    return bytes.withUnsafeBytes { bytes in
      (0..<shape[0]).map {
        typeCode == "<i8"
          ? Int(Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self)))
          : Int(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)))
      }
    }
  }
}
