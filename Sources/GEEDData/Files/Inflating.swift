// SPDX-License-Identifier: MIT

import CZlib

/// Unpacks a deflated piece of a known size, without any header, as zip files hold it.
///
/// - Parameters:
///   - packed: All of the deflated bytes.
///   - size: How many bytes must come out.
///   - name: What an error calls the bytes.
/// - Throws: ``DataError`` if the bytes are damaged or make another number.
func inflatedRaw(_ packed: [UInt8], size: Int, name: String) throws(DataError) -> [UInt8] {
  return try withZlibStream(windowBits: -MAX_WBITS, name: name) { stream throws(DataError) in
    var input = packed
    var status = Z_OK
    var written = 0
    // One byte more than expected shows what is too long.
    let bytes = [UInt8](unsafeUninitializedCapacity: size + 1) { target, count in
      input.withUnsafeMutableBufferPointer { source in
        stream.pointee.next_in = source.baseAddress
        stream.pointee.avail_in = UInt32(source.count)
        stream.pointee.next_out = target.baseAddress
        stream.pointee.avail_out = UInt32(target.count)
        status = CZlib.inflate(stream, Z_FINISH)
        written = target.count - Int(stream.pointee.avail_out)
      }
      count = written
    }
    guard status == Z_STREAM_END, written == size else {
      throw .undecodable(
        path: name, format: "deflate",
        reason: "expected \(size) bytes, but \(written) came out (status \(status))")
    }
    return bytes
  }
}

/// Unpacks the beginning of a deflated piece, as far as the bytes at hand go.
///
/// - Parameter count: How many bytes to make at most.
/// - Throws: ``DataError`` if the bytes are damaged.
func inflatedBeginning(
  of packed: [UInt8], count: Int, name: String
) throws(DataError) -> [UInt8] {
  try withZlibStream(windowBits: -MAX_WBITS, name: name) { stream throws(DataError) in
    var input = packed
    var status = Z_OK
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { target, written in
      input.withUnsafeMutableBufferPointer { source in
        stream.pointee.next_in = source.baseAddress
        stream.pointee.avail_in = UInt32(source.count)
        stream.pointee.next_out = target.baseAddress
        stream.pointee.avail_out = UInt32(target.count)
        status = CZlib.inflate(stream, Z_SYNC_FLUSH)
        written = target.count - Int(stream.pointee.avail_out)
      }
    }
    guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
      throw .undecodable(path: name, format: "deflate", reason: "zlib gave status \(status)")
    }
    return bytes
  }
}

/// The CRC-32 of bytes.
func checksum(of bytes: [UInt8]) -> UInt32 {
  bytes.withUnsafeBufferPointer { buffer in
    UInt32(truncatingIfNeeded: crc32(0, buffer.baseAddress, UInt32(buffer.count)))
  }
}

/// Calls `body` with a stream that is ready to inflate, at an address that zlib remembers.
private func withZlibStream<Result>(
  windowBits: Int32, name: String,
  _ body: (UnsafeMutablePointer<z_stream>) throws(DataError) -> Result
) throws(DataError) -> Result {
  let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  stream.initialize(to: z_stream())
  defer { stream.deallocate() }
  let status = inflateInit2_(
    stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  guard status == Z_OK else {
    throw .system(path: name, operation: "inflate", reason: "zlib gave status \(status)")
  }
  defer { inflateEnd(stream) }
  return try body(stream)
}
