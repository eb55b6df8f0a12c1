// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file open for reading at any place, by several threads at once.
///
/// Every read names its position, so readers do not disturb each other and nothing is cached.
final class RandomAccessFile: Sendable {
  /// What errors call the file.
  let path: String

  /// How long the file was when it was opened.
  let byteCount: Int

  private let descriptor: Int32

  /// Opens the file at `path`.
  ///
  /// - Parameter expected: What should be there, as an error says it: "a picture".
  convenience init(opening path: String, expected: String) throws(DataError) {
    try self.init(opening: Array(path.utf8), named: path, expected: expected)
  }

  /// Opens the file at a path that need not be UTF-8.
  ///
  /// - Parameter path: What errors call the file.
  convenience init(
    opening bytes: [UInt8], named path: String, expected: String
  ) throws(DataError) {
    // Without O_NONBLOCK a named pipe would wait for its other end.
    let descriptor = bytes.withPath { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) }
    guard descriptor >= 0 else {
      throw errno == ENOENT || errno == ENOTDIR
        ? .missing(path: path, expected: expected)
        : .system(path: path, operation: "open", reason: lastSystemError())
    }
    try self.init(owning: descriptor, path: path)
  }

  /// Takes over an open descriptor, which is closed with the object, or now if that fails.
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
  ///   - offset: The position of the first, from 0.
  ///   - count: How many; 0 is allowed.
  /// - Throws: ``DataError/truncated(path:expectedBytes:foundBytes:)`` if the file ends before.
  func bytes(at offset: Int, count: Int) throws(DataError) -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= byteCount, count <= byteCount - offset else {
      throw .truncated(path: path, expectedBytes: offset + count, foundBytes: byteCount)
    }
    var failure: DataError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count, failure == nil {
        let rest = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[filled..<count])
        let length = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
        if length > 0 {
          filled += length
        } else if length == 0 {
          failure = .truncated(
            path: path, expectedBytes: offset + count, foundBytes: offset + filled)
        } else if errno != EINTR {
          failure = .system(path: path, operation: "read", reason: lastSystemError())
        }
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// When the file was changed last, in nanoseconds; 0 if the system does not tell.
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

/// What the operating system says about its last error on this thread.
package func lastSystemError() -> String {
  String(cString: strerror(errno))
}
