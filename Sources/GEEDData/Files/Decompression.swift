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
  /// content.
  ///
  /// A compressed file does not allow random access. It is unpacked once, a chunk at a time, into a
  /// temporary file without a name, which is deleted when the object is.
  ///
  /// - Parameter limit: Computes the largest permitted size from the first unpacked bytes, of which
  ///   it gets up to 64; returns `nil` while these are too few.
  /// - Throws: ``DataError`` as soon as the output exceeds the limit.
  static func opening(
    _ path: String, expected: String, limit: ([UInt8]) throws(DataError) -> Int?
  ) throws(DataError) -> DataFile {
    let file = try DataFile(opening: path, expected: expected)
    let name = path.lowercased()
    let isGzip = [".gz", ".tgz"].contains(where: name.hasSuffix)
    guard isGzip || [".bz2", ".xz", ".zst"].contains(where: name.hasSuffix) else { return file }
    var output = UnpackedBytes(descriptor: try openUnnamedTemporaryFile(), path: path)
    do {
      if isGzip {
        try inflate(file) { bytes throws(DataError) in try output.add(bytes, limit: limit) }
      } else {
        try unpack(file) { bytes throws(DataError) in try output.add(bytes, limit: limit) }
      }
    } catch {
      close(output.descriptor)
      throw error
    }
    return try DataFile(owning: output.descriptor, path: path)
  }
}

private let chunkSize = 1 << 18

/// Inflates all members of a gzip file. Unlike libarchive, zlib verifies their checksums.
private func inflate(
  _ file: DataFile, into output: (ArraySlice<UInt8>) throws(DataError) -> Void
) throws(DataError) {
  func failure(_ reason: String) -> DataError {
    .undecodable(path: file.path, format: "gzip", reason: reason)
  }
  // zlib passes on what does not begin like a gzip file.
  let magic: [UInt8] = [0x1F, 0x8B]
  let beginning = try file.bytes(at: 0, count: min(2, file.byteCount))
  guard magic.starts(with: beginning) else { throw failure("incorrect header check") }
  guard beginning == magic else { throw failure("the file ends too early") }
  guard let stream = gzopen(file.path, "rb") else {
    throw .system(path: file.path, operation: "open", reason: lastSystemError())
  }
  defer { gzclose_r(stream) }
  var chunk = [UInt8](repeating: 0, count: chunkSize)
  var count: Int32 = 1
  while count > 0 {
    count = gzread(stream, &chunk, UInt32(chunkSize))
    try output(chunk[..<Int(max(count, 0))])
  }
  var status = Z_OK
  let message = gzerror(stream, &status).map { String(cString: $0) } ?? ""
  guard status != Z_BUF_ERROR else { throw failure("the file ends too early") }
  guard count == 0 else { throw failure(String(message.dropFirst("\(file.path): ".count))) }
}

/// Unpacks a file of another format.
private func unpack(
  _ file: DataFile, into output: (ArraySlice<UInt8>) throws(DataError) -> Void
) throws(DataError) {
  let reader = try ArchiveReader(
    file, 0..<file.byteCount, format: .compressed, named: file.path, blockSize: chunkSize)
  guard try reader.next() != nil else { return }
  var chunk: [UInt8]
  repeat {
    chunk = try reader.bytes(atMost: chunkSize)
    try output(chunk[...])
  } while chunk.count == chunkSize
}

/// A temporary file of unpacked bytes.
private struct UnpackedBytes {
  let descriptor: Int32
  let path: String
  private var count = 0
  private var beginning: [UInt8] = []
  private var limit: Int?

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

/// Functions that extract files from archives into one flat folder, each file atomically.
package enum Unpacking {
  /// Extracts the files whose names end in `suffix` from a zip or tar file.
  ///
  /// Folders in the archive are ignored, so nothing is written outside `folder`.
  ///
  /// - Returns: The names of the files.
  /// - Throws: ``DataError`` if the archive is damaged or holds no such file, or a file cannot be
  ///   written.
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
