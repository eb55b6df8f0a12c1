// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file open for reading at any position, by several threads at once.
///
/// Every read states its position, so readers do not affect each other. Nothing is cached.
final class RandomAccessFile: Sendable {
  /// The name of the file in errors.
  let path: String

  /// The length of the file in bytes when it was opened.
  let byteCount: Int

  private let descriptor: Int32

  /// Opens the file at `path`.
  ///
  /// - Parameter expected: The expected content in the words of an error, such as "a picture".
  convenience init(opening path: String, expected: String) throws(DataError) {
    try self.init(opening: Array(path.utf8), named: path, expected: expected)
  }

  /// Opens the file at a path that need not be UTF-8.
  ///
  /// - Parameter path: The name of the file in errors.
  convenience init(
    opening bytes: [UInt8], named path: String, expected: String
  ) throws(DataError) {
    // Without O_NONBLOCK, opening a named pipe would block until its other end is opened.
    let descriptor = bytes.withPath { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) }
    guard descriptor >= 0 else {
      throw errno == ENOENT || errno == ENOTDIR
        ? .missing(path: path, expected: expected)
        : .system(path: path, operation: "open", reason: lastSystemError())
    }
    try self.init(owning: descriptor, path: path)
  }

  /// Takes ownership of an open file descriptor. It is closed when the object is deleted, or
  /// immediately if this initializer throws.
  init(owning descriptor: Int32, path: String) throws(DataError) {
    do {
      byteCount = try Self.length(of: descriptor, path: path)
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Reads exactly `count` bytes.
  ///
  /// - Parameters:
  ///   - offset: The position of the first byte, from 0.
  ///   - count: The number of bytes; 0 is allowed.
  /// - Throws: ``DataError/truncated(path:expectedBytes:foundBytes:)`` if the file ends earlier.
  func bytes(at offset: Int, count: Int) throws(DataError) -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= byteCount, count <= byteCount - offset else {
      throw .truncated(path: path, expectedBytes: offset + count, foundBytes: byteCount)
    }
    var failure: DataError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(DataError) {
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

  /// Fills a buffer with the bytes from `offset` on.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(DataError) {
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let length = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
      if length > 0 {
        filled += length
      } else if length == 0 {
        throw .truncated(
          path: path, expectedBytes: offset + buffer.count, foundBytes: offset + filled)
      } else if errno != EINTR {
        throw .system(path: path, operation: "read", reason: lastSystemError())
      }
    }
  }

  /// The time of the last change, in nanoseconds; 0 if the system call fails.
  var changeTime: Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return 0 }
    #if canImport(Darwin)
    let time = status.st_mtimespec
    #else
    let time = status.st_mtim
    #endif
    return Int(time.tv_sec) &* 1_000_000_000 &+ Int(time.tv_nsec)
  }

  private static func length(of descriptor: Int32, path: String) throws(DataError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .system(path: path, operation: "examine", reason: lastSystemError())
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .invalid(path: path, expected: "a file", found: "a folder or device")
    }
    return Int(status.st_size)
  }
}

/// Returns the operating system's message about its last error on this thread.
package func lastSystemError() -> String {
  String(cString: strerror(errno))
}
