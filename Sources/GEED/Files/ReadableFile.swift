// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A regular file opened for reading at any position, by several threads at once.
///
/// Every read states its position, so readers do not affect each other. Nothing is cached or mapped
/// into memory: if another program truncated a mapped file, reading it would end the process; here
/// it is an error.
package final class ReadableFile<Failure: FileReadingFailure>: Sendable {
  /// The name of the file in errors.
  package let path: String

  /// The length of the file in bytes when it was opened.
  package let byteCount: Int

  private let descriptor: Int32

  /// Opens the file at `path`.
  ///
  /// - Parameter expected: The expected content in the words of an error, such as "a picture".
  package convenience init(opening path: String, expected: String) throws(Failure) {
    try self.init(opening: Array(path.utf8), named: path, expected: expected)
  }

  /// Opens the file at a path that need not be UTF-8.
  ///
  /// - Parameters:
  ///   - path: The name of the file in errors.
  ///   - followsLinks: Whether the last component may be a symbolic link.
  package convenience init(
    opening bytes: [UInt8], named path: String, expected: String, followsLinks: Bool = true
  ) throws(Failure) {
    // Without O_NONBLOCK, opening a named pipe would block until its other end is opened.
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (followsLinks ? 0 : O_NOFOLLOW)
    let descriptor = bytes.withPath { open($0, flags) }
    guard descriptor >= 0 else {
      let isMissing = errno == ENOENT || errno == ENOTDIR
      let reason = lastSystemError()
      throw Failure(
        isMissing
          ? .missing(expected: expected, reason: reason)
          : .system(operation: "open", reason: reason), path: path)
    }
    try self.init(owning: descriptor, path: path)
  }

  /// Takes ownership of an open file descriptor. It is closed when the object is deleted, or
  /// immediately if this initializer throws.
  package init(owning descriptor: Int32, path: String) throws(Failure) {
    guard let status = FileStatus(of: descriptor) else {
      let reason = lastSystemError()
      close(descriptor)
      throw Failure(.system(operation: "examine", reason: reason), path: path)
    }
    guard status.kind == .file else {
      close(descriptor)
      throw Failure(.irregular(status.kind), path: path)
    }
    self.path = path
    self.descriptor = descriptor
    byteCount = status.size
  }

  deinit { close(descriptor) }

  /// The time of the last change, in nanoseconds; 0 if the system call fails.
  package var changeTime: Int { FileStatus(of: descriptor)?.changeTime ?? 0 }

  /// Reads exactly `count` bytes.
  ///
  /// - Parameters:
  ///   - offset: The position of the first byte, from 0.
  ///   - count: The number of bytes; 0 is allowed.
  /// - Throws: ``FileProblem/truncated(expectedBytes:foundBytes:byteCount:)`` if the file ends
  ///   earlier.
  package func bytes(at offset: Int, count: Int) throws(Failure) -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= byteCount, count <= byteCount - offset else {
      throw truncated(offset.addingReportingOverflow(count).partialValue, byteCount)
    }
    var failure: Failure?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(Failure) {
        try read(
          into: UnsafeMutableRawBufferPointer(
            rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]), at: offset)
        filled = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Reads the whole file.
  package func bytes() throws(Failure) -> [UInt8] { try bytes(at: 0, count: byteCount) }

  /// Fills a buffer with the bytes from `offset` on.
  package func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(Failure) {
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let length = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
      if length > 0 {
        filled += length
      } else if length == 0 {
        throw truncated(offset + buffer.count, offset + filled)
      } else if errno != EINTR {
        throw Failure(.system(operation: "read", reason: lastSystemError()), path: path)
      }
    }
  }

  private func truncated(_ expected: Int, _ found: Int) -> Failure {
    Failure(
      .truncated(expectedBytes: expected, foundBytes: found, byteCount: byteCount), path: path)
  }
}

/// An error that can state why a file cannot be read.
package protocol FileReadingFailure: Error {
  init(_ problem: FileProblem, path: String)
}

/// The reason why a file cannot be read.
package enum FileProblem: Hashable, Sendable {
  /// There is nothing where `expected` should be; `reason` is the system's message.
  case missing(expected: String, reason: String)

  /// The operating system refused an operation, such as "open", with `reason`.
  case system(operation: String, reason: String)

  /// There is something other than a regular file.
  case irregular(FileStatus.Kind)

  /// The file ends after `foundBytes` bytes, before the end of what was to be read; it had
  /// `byteCount` bytes when it was opened.
  case truncated(expectedBytes: Int, foundBytes: Int, byteCount: Int)
}
