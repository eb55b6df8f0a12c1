// SPDX-License-Identifier: MIT

import GEED

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file opened for reading at any position, by several threads at once.
///
/// The file is not mapped into memory: if another program truncated it meanwhile, reading the
/// mapping would end the process; here it is an error.
final class ReadableFile: Sendable {
  let path: String
  /// The length of the file when it was opened, in bytes.
  let byteCount: Int
  private let descriptor: Int32

  init(opening path: String) throws(WeightsError) {
    // Without O_NONBLOCK, opening a named pipe would wait for its other end.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw .system(path: path, operation: "open", reason: lastSystemError())
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let reason = lastSystemError()
      close(descriptor)
      throw .system(path: path, operation: "examine", reason: reason)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .invalid(path: path, place: "file", expected: "a file", found: "a folder or device")
    }
    self.path = path
    self.descriptor = descriptor
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Reads exactly `count` bytes from `offset` on.
  ///
  /// - Precondition: The bytes lie within ``byteCount``.
  func bytes(at offset: Int, count: Int) throws(WeightsError) -> [UInt8] {
    precondition(
      offset >= 0 && count >= 0 && offset <= byteCount - count,
      "Expected a range within \(byteCount) bytes, but got \(count) from \(offset) on.")
    var failure: WeightsError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count, failure == nil {
        let rest = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[filled..<count])
        let length = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
        if length > 0 {
          filled += length
        } else if length == 0 {
          failure = .invalid(
            path: path, place: "file", expected: "\(byteCount) bytes as on opening",
            found: "\(offset + filled)")
        } else if errno != EINTR {
          failure = .system(path: path, operation: "read", reason: lastSystemError())
        }
      }
    }
    if let failure { throw failure }
    return bytes
  }
}

/// Writes a file atomically: others see either the old file or the new one, complete and on the
/// disk.
///
/// `body` writes the contents in pieces.
func writeAtomically(
  to path: String,
  _ body: ((_ piece: [UInt8]) throws(WeightsError) -> Void) throws(WeightsError) -> Void
) throws(WeightsError) {
  do {
    try writeFile(at: path) { file in
      try body { piece throws(WeightsError) in
        do throws(FileWritingError) {
          try file.write(piece)
        } catch {
          throw .system(path: path, operation: "write", reason: error.reason)
        }
      }
    }
  } catch let error as WeightsError {
    throw error
  } catch {
    throw .system(
      path: path, operation: "write",
      reason: (error as? FileWritingError)?.reason ?? "\(error)")
  }
}

/// The operating system's message about its last error on this thread.
private func lastSystemError() -> String {
  String(cString: strerror(errno))
}
