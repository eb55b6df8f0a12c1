// SPDX-License-Identifier: MIT

import CZlib
import GEED

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension RandomAccessFile {
  /// Opens a file or, if its name ends in ".gz", its inflated content.
  ///
  /// A gzip file does not allow random access. It is inflated once, a chunk at a time, into a
  /// temporary file without a name, which is deleted when the object is.
  ///
  /// - Parameter limit: Computes the largest permitted size from the first inflated bytes, of which
  ///   it gets up to 64; returns `nil` while these are too few.
  /// - Throws: ``DataError`` as soon as the output exceeds the limit.
  static func opening(
    _ path: String, expected: String, limit: ([UInt8]) throws(DataError) -> Int?
  ) throws(DataError) -> RandomAccessFile {
    let file = try RandomAccessFile(opening: path, expected: expected)
    guard path.hasSuffix(".gz") else { return file }
    let descriptor = try openUnnamedTemporaryFile()
    do {
      try inflate(file, into: InflatedBytes(descriptor: descriptor, path: path), limit: limit)
    } catch {
      close(descriptor)
      throw error
    }
    return try RandomAccessFile(owning: descriptor, path: path)
  }
}

/// Opens a new file for reading and writing that has no name in any folder.
private func openUnnamedTemporaryFile() throws(DataError) -> Int32 {
  let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  var template = Array("\(folder)/geed-XXXXXX".utf8CString)
  let descriptor = mkstemp(&template)
  guard descriptor >= 0 else {
    throw .system(
      path: folder, operation: "make a temporary file in", reason: lastSystemError())
  }
  unlink(template)
  return descriptor
}

private let chunkSize = 1 << 18

/// The inflated bytes so far.
private struct InflatedBytes {
  let descriptor: Int32
  let path: String
  var count = 0
  var beginning: [UInt8] = []
  var limit: Int?

  init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// Writes bytes to the file, and throws if they exceed the limit.
  mutating func add(
    _ bytes: ArraySlice<UInt8>, limit knownLimit: ([UInt8]) throws(DataError) -> Int?
  ) throws(DataError) {
    count += bytes.count
    if beginning.count < 64 { beginning += bytes.prefix(64 - beginning.count) }
    if limit == nil { limit = try knownLimit(beginning) }
    if let limit, count > limit {
      throw .invalid(
        path: path, expected: "\(limit) bytes, as promised by what it holds",
        found: "more than that when it is inflated")
    }
    guard writeAll(bytes, to: descriptor) else {
      throw .system(
        path: path, operation: "write the inflated bytes of", reason: lastSystemError())
    }
  }
}

/// Inflates all members of a gzip file.
private func inflate(
  _ file: RandomAccessFile, into output: consuming InflatedBytes,
  limit: ([UInt8]) throws(DataError) -> Int?
) throws(DataError) {
  // zlib keeps the address of its stream.
  let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  stream.initialize(to: z_stream())
  defer { stream.deallocate() }
  let gzipWindow = MAX_WBITS + 16
  let status = inflateInit2_(
    stream, gzipWindow, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  guard status == Z_OK else {
    throw .system(path: file.path, operation: "inflate", reason: "zlib gave status \(status)")
  }
  defer { inflateEnd(stream) }
  var output = output
  var isAtEndOfMember = false
  for offset in stride(from: 0, to: file.byteCount, by: chunkSize) {
    let input = try file.bytes(at: offset, count: min(chunkSize, file.byteCount - offset))
    isAtEndOfMember = try inflate(input, stream: stream, into: &output, limit: limit)
  }
  guard isAtEndOfMember else {
    throw .undecodable(path: file.path, format: "gzip", reason: "the file ends too early")
  }
}

/// Inflates one chunk of input.
///
/// - Returns: Whether the chunk ended together with a member.
private func inflate(
  _ chunk: [UInt8], stream: UnsafeMutablePointer<z_stream>, into file: inout InflatedBytes,
  limit: ([UInt8]) throws(DataError) -> Int?
) throws(DataError) -> Bool {
  var input = chunk
  var output = [UInt8](repeating: 0, count: chunkSize)
  var consumed = 0
  var status = Z_OK
  repeat {
    if status == Z_STREAM_END { inflateReset(stream) }
    let written = input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        stream.pointee.next_in = source.baseAddress.map { $0 + consumed }
        stream.pointee.avail_in = UInt32(source.count - consumed)
        stream.pointee.next_out = target.baseAddress
        stream.pointee.avail_out = UInt32(target.count)
        status = CZlib.inflate(stream, Z_NO_FLUSH)
        consumed = source.count - Int(stream.pointee.avail_in)
        return target.count - Int(stream.pointee.avail_out)
      }
    }
    guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib gave status \(status)"
      throw .undecodable(path: file.path, format: "gzip", reason: reason)
    }
    try file.add(output[..<written], limit: limit)
  } while consumed < input.count || (status == Z_OK && stream.pointee.avail_out == 0)
  return status == Z_STREAM_END
}
