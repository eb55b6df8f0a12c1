// SPDX-License-Identifier: MIT

import CGEEDHDF5
import Foundation
import GEED

/// An HDF5 file, read by libhdf5, which is loaded if it is installed.
///
/// The library is trusted with the file: unlike the other readers, it is not tested with damaged ones
/// here.
final class HDF5File: Sendable {
  /// An array in the file.
  struct Listed: Sendable {
    let name: String
    let shape: [Int]
    /// The type that the numbers are read as; `nil` for other content.
    let element: ArrayElement?
  }

  let path: String
  private let file: geed_hdf5_file

  /// Opens a file.
  ///
  /// - Parameter library: The file of libhdf5; `nil` for the usual places. Only that of the first call
  ///   in a process counts.
  init(
    opening path: String,
    library: String? = ProcessInfo.processInfo.environment["GEED_HDF5"]
  ) throws(DataError) {
    // The library would wait for a pipe, and says little of a file that is missing.
    let bytes = try DataFile(opening: path, expected: "an HDF5 file")
    guard bytes.byteCount > 0 else {
      throw .invalid(path: path, expected: "an HDF5 file", found: "an empty file")
    }
    self.path = path
    var file = geed_hdf5_file()
    try checkHDF5(path) { message in geed_hdf5_open(&file, path, library, message) }
    self.file = file
  }

  deinit { geed_hdf5_close(file) }

  /// Lists all arrays, those of groups in the order of their names.
  func arrays() throws(DataError) -> [Listed] {
    var found: [Listed] = []
    try checkHDF5(path) { message in
      withUnsafeMutablePointer(to: &found) { list in
        geed_hdf5_list(
          file, list,
          { list, name, array in
            guard let list, let name, let array else { return }
            let listed = Listed(
              name: String(cString: name), shape: array.pointee.lengths,
              element: array.pointee.element)
            list.assumingMemoryBound(to: [Listed].self).pointee.append(listed)
          }, message)
      }
    }
    return found
  }

  /// Opens an array for reading.
  func rows(of name: String) throws(DataError) -> ArrayRows {
    let place = "\(path):/\(name)"
    let array = try HDF5Array(name, of: self, place: place)
    guard let element = array.array.element else {
      throw .unsuitable(
        path: place, expected: "integers or floating-point numbers of at most 8 bytes",
        found: "elements of another type", fix: "write them as float32")
    }
    return try ArrayRows(
      path: place, shape: array.array.lengths, element: element
    ) { rows throws(DataError) in try array.bytes(ofRows: rows) }
  }

  fileprivate func open(_ name: String, place: String) throws(DataError) -> geed_hdf5_array {
    var array = geed_hdf5_array()
    try checkHDF5(place) { message in geed_hdf5_open_array(&array, file, name, message) }
    return array
  }
}

/// An open array of an HDF5 file.
private final class HDF5Array: Sendable {
  let array: geed_hdf5_array
  private let place: String
  /// The file stays open as long as the array.
  private let file: HDF5File

  init(_ name: String, of file: HDF5File, place: String) throws(DataError) {
    array = try file.open(name, place: place)
    self.file = file
    self.place = place
  }

  deinit { geed_hdf5_close_array(array) }

  func bytes(ofRows rows: Range<Int>) throws(DataError) -> [UInt8] {
    let rowLength = Tensor.count(of: array.lengths.dropFirst().map { $0 })
    let size = rows.count * rowLength * (array.element?.byteCount ?? 0)
    var failure: DataError?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      do throws(DataError) {
        try checkHDF5(place) { message in
          geed_hdf5_read(
            array, UInt64(rows.lowerBound), UInt64(rows.count), buffer.baseAddress, size, message)
        }
        filled = size
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }
}

/// Calls the library with room for a message, and throws the message if the call fails. The only place
/// that reads a `geed_hdf5_status`.
private func checkHDF5(
  _ path: String, _ call: (UnsafeMutablePointer<CChar>) -> geed_hdf5_status
) throws(DataError) {
  let (status, message) = withUnsafeTemporaryAllocation(
    of: CChar.self, capacity: Int(GEED_HDF5_MESSAGE_SIZE)
  ) { buffer -> (geed_hdf5_status, String) in
    buffer.initialize(repeating: 0)
    guard let start = buffer.baseAddress else { return (GEED_HDF5_FAILED, "out of memory") }
    let status = call(start)
    return (status, String(cString: start))
  }
  guard status == GEED_HDF5_OK else {
    throw .undecodable(path: path, format: "HDF5", reason: message)
  }
}

extension geed_hdf5_array {
  /// The length of every axis; one that exceeds `Int` becomes `Int.max`.
  fileprivate var lengths: [Int] {
    withUnsafeBytes(of: shape) { bytes in
      bytes.bindMemory(to: UInt64.self).prefix(Int(rank)).map { Int(clamping: $0) }
    }
  }

  /// The type that the numbers are read as; `nil` for other content.
  fileprivate var element: ArrayElement? {
    let kind: ArrayElement.Kind? =
      switch kind {
      case GEED_HDF5_INT8: .int8
      case GEED_HDF5_UINT8: .uint8
      case GEED_HDF5_INT16: .int16
      case GEED_HDF5_UINT16: .uint16
      case GEED_HDF5_INT32: .int32
      case GEED_HDF5_UINT32: .uint32
      case GEED_HDF5_INT64: .int64
      case GEED_HDF5_UINT64: .uint64
      case GEED_HDF5_FLOAT32: .float32
      case GEED_HDF5_FLOAT64: .float64
      default: nil
      }
    return kind.map { ArrayElement($0, isBigEndian: UInt16(bigEndian: 1) == 1) }
  }
}
