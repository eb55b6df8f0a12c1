// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes a file so that others see the old one or the new one, never a part.
///
/// - Throws: ``DataError`` if the folder is missing or the file cannot be written.
func writeAtomically(_ bytes: [UInt8], to path: String) throws(DataError) {
  do {
    try writeAtomically(to: path) { try $0.write(bytes) }
  } catch let error as DataError {
    throw error
  } catch {
    throw .system(path: path, operation: "write", reason: "\(error)")
  }
}

/// Writes a file piece by piece so that others see the old one or the new one, never a part.
///
/// The bytes go to a new file in the same folder, which is then renamed; after a failure it is
/// removed again.
///
/// - Parameter body: Writes the pieces, in order.
/// - Throws: ``DataError`` if the folder is missing or the file cannot be written, and what `body`
///   throws.
func writeAtomically(to path: String, _ body: (FileWriter) throws -> Void) throws {
  let temporaryPath = "\(path).\(getpid())-\(UInt32.random(in: 0 ... .max)).part"
  let descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
  guard descriptor >= 0 else {
    throw errno == ENOENT
      ? DataError.missing(path: folder(of: path), expected: "a folder to write to")
      : DataError.system(path: path, operation: "write", reason: lastSystemError())
  }
  do {
    try body(FileWriter(path: path, descriptor: descriptor))
  } catch {
    close(descriptor)
    unlink(temporaryPath)
    throw error
  }
  guard close(descriptor) == 0, rename(temporaryPath, path) == 0 else {
    let reason = lastSystemError()
    unlink(temporaryPath)
    throw DataError.system(path: path, operation: "write", reason: reason)
  }
}

/// Adds bytes to a file that is being written.
struct FileWriter {
  /// What the file will be called, for errors.
  let path: String

  fileprivate let descriptor: Int32

  func write(_ bytes: some Collection<UInt8>) throws(DataError) {
    guard writeAll(bytes, to: descriptor) else {
      throw .system(path: path, operation: "write", reason: lastSystemError())
    }
  }
}

/// Writes all `bytes` at the descriptor's position; `false`, with `errno` set, if that fails.
func writeAll(_ bytes: some Collection<UInt8>, to descriptor: Int32) -> Bool {
  let isWritten = bytes.withContiguousStorageIfAvailable { buffer in
    var rest = UnsafeRawBufferPointer(buffer)
    while !rest.isEmpty {
      let length = write(descriptor, rest.baseAddress, rest.count)
      if length < 0 && errno != EINTR { return false }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(length, 0)))
    }
    return true
  }
  return isWritten ?? writeAll(Array(bytes), to: descriptor)
}
