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

extension DataFile {
  /// Opens a file or, if its name ends in ".gz", ".tgz", ".bz2", ".xz" or ".zst", its unpacked
  /// content, which is a temporary file without a name.
  ///
  /// - Parameter limit: Computes the largest permitted size from the first unpacked bytes, of which
  ///   it gets up to 64; returns `nil` while these are too few.
  static func opening(
    _ path: String, expected: String, limit: ([UInt8]) throws(DataError) -> Int?
  ) throws(DataError) -> DataFile {
    let file = try DataFile(opening: path, expected: expected)
    let name = path.lowercased()
    let isGzip = [".gz", ".tgz"].contains(where: name.hasSuffix)
    guard isGzip || [".bz2", ".xz", ".zst"].contains(where: name.hasSuffix) else { return file }
    try requireCompression(of: file, isGzip: isGzip)
    var output = UnpackedBytes(descriptor: try openUnnamedTemporaryFile(), path: path)
    do {
      try (isGzip ? inflate : unpack)(file) { bytes throws(DataError) in
        try output.add(bytes, limit: limit)
      }
    } catch {
      close(output.descriptor)
      throw error
    }
    return try DataFile(owning: output.descriptor, path: path)
  }
}

private let chunkSize = 1 << 18

/// Throws if a file does not begin like a compressed one, since libarchive passes it on unchanged.
private func requireCompression(of file: DataFile, isGzip: Bool) throws(DataError) {
  let beginning = try file.bytes(at: 0, count: min(512, file.byteCount))
  // bzip2, xz and zstd, which may begin with a frame to skip.
  let others: [[UInt8]] =
    [[0x42, 0x5A, 0x68], [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], [0x28, 0xB5, 0x2F, 0xFD]]
    + (0x50...0x5F).map { [$0, 0x2A, 0x4D, 0x18] }
  let isCompressed = (isGzip ? [[0x1F, 0x8B]] : others).contains { magic in
    beginning.starts(with: magic) || beginning.count < magic.count && magic.starts(with: beginning)
  }
  guard !isCompressed else { return }
  let isTar = beginning.dropFirst(257).starts(with: Array("ustar".utf8))
  throw .invalid(
    path: file.path,
    expected: "a file compressed by \(isGzip ? "gzip" : "bzip2, xz or zstd")",
    found: isTar ? "a plain tar file" : FileKind(of: beginning)?.name ?? "other bytes")
}

/// Inflates all members of a gzip file, which zeros may follow. Unlike libarchive, zlib verifies
/// their checksums.
private func inflate(
  _ file: DataFile, into output: ([UInt8]) throws(DataError) -> Void
) throws(DataError) {
  func failure(_ reason: String) -> DataError {
    .undecodable(path: file.path, format: "gzip", reason: reason)
  }
  let packed = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: chunkSize)
  let unpacked = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: chunkSize)
  var stream = z_stream()
  let size = Int32(MemoryLayout<z_stream>.size)
  var status = inflateInit2_(&stream, 16 + MAX_WBITS, ZLIB_VERSION, size)
  defer {
    inflateEnd(&stream)
    packed.deallocate()
    unpacked.deallocate()
  }
  guard status == Z_OK else { throw failure("out of memory") }
  var isPadded = false
  for start in stride(from: 0, to: file.byteCount, by: chunkSize) {
    let count = min(chunkSize, file.byteCount - start)
    try file.read(into: UnsafeMutableRawBufferPointer(packed.extracting(..<count)), at: start)
    (stream.next_in, stream.avail_in) = (packed.baseAddress, UInt32(count))
    while stream.avail_in > 0 || status == Z_OK && stream.avail_out == 0 {
      if status == Z_STREAM_END {
        if stream.next_in.pointee == 0 {
          isPadded = true
          stream.next_in += 1
          stream.avail_in -= 1
          continue
        }
        guard !isPadded, stream.next_in.pointee == 0x1F else {
          throw failure("other bytes follow the compressed ones")
        }
        inflateReset(&stream)
      }
      (stream.next_out, stream.avail_out) = (unpacked.baseAddress, UInt32(chunkSize))
      status = CZlib.inflate(&stream, Z_NO_FLUSH)
      guard [Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(status) else {
        throw failure(stream.msg.map { String(cString: $0) } ?? "status \(status)")
      }
      try output(Array(unpacked[..<(chunkSize - Int(stream.avail_out))]))
    }
  }
  guard status == Z_STREAM_END else { throw failure("the file ends too early") }
}

/// Unpacks a file of another format.
private func unpack(
  _ file: DataFile, into output: ([UInt8]) throws(DataError) -> Void
) throws(DataError) {
  let reader = try ArchiveReader(
    file, 0..<file.byteCount, format: .compressed, named: file.path, blockSize: chunkSize)
  guard try reader.next() != nil else { return }
  var chunk: [UInt8]
  repeat {
    chunk = try reader.bytes(atMost: chunkSize)
    try output(chunk)
  } while chunk.count == chunkSize
}

/// A temporary file of unpacked bytes.
private struct UnpackedBytes {
  let descriptor: Int32
  let path: String
  private var count = 0
  private var beginning: [UInt8] = []
  private var limit: Int?

  init(descriptor: Int32, path: String) { (self.descriptor, self.path) = (descriptor, path) }

  /// Writes bytes to the file, and throws if they exceed the limit.
  mutating func add(
    _ bytes: [UInt8], limit knownLimit: ([UInt8]) throws(DataError) -> Int?
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

/// Opens a new file for reading and writing that has no name in any folder.
func openUnnamedTemporaryFile() throws(DataError) -> Int32 {
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

/// Functions that extract files from archives.
package enum Unpacking {
  /// Extracts the files whose names end in `suffix` into one flat folder, each atomically, and
  /// returns their names. Folders in the archive are ignored, so nothing is written outside `folder`.
  package static func files(
    endingIn suffix: String, of path: String, to folder: String
  ) throws(DataError) -> [String] {
    let archive = try Archive(path: path)
    var names: [String] = []
    for member in archive.members where member.kind == .file && member.name.hasSuffix(suffix) {
      let name = lastComponent(of: member.name)
      try writeAtomically(archive.bytes(of: member), to: "\(folder)/\(name)")
      names.append(name)
    }
    guard !names.isEmpty else {
      throw .invalid(path: path, expected: "files that end in '\(suffix)'", found: "none")
    }
    return names
  }
}
