// SPDX-License-Identifier: MIT

import CZlib

/// Inflates data of a known size that have no header, as in zip files.
///
/// - Parameters:
///   - packed: All of the deflated bytes.
///   - size: The expected number of inflated bytes.
///   - name: The name of the bytes in errors.
/// - Throws: ``DataError`` if the bytes are damaged or inflate to another number of bytes.
func inflatedRaw(_ packed: [UInt8], size: Int, name: String) throws(DataError) -> [UInt8] {
  return try withZlibStream(windowBits: -MAX_WBITS, name: name) { stream throws(DataError) in
    var input = packed
    var status = Z_OK
    var written = 0
    // Room for one byte more than expected reveals output that is too long.
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

/// Inflates the beginning of data without a header, as far as the given bytes allow.
///
/// - Parameter count: The maximum number of inflated bytes.
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

/// Calls `body` with a stream that is ready to inflate, at a fixed address, because zlib keeps it.
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
