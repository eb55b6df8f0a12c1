// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A regular file opened for reading at any position, by several threads at once. It is not mapped
/// into memory: if another program truncated a mapped file, reading it would end the process.
package final class ReadableFile<Failure: FileReadingFailure>: Sendable {
  package let path: String
  package let byteCount: Int
  private let descriptor: Int32

  package convenience init(opening path: String, expected: String) throws(Failure) {
    try self.init(opening: Array(path.utf8), named: path, expected: expected)
  }

  /// Opens the file at a path that need not be UTF-8.
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

  /// Takes ownership of an open descriptor, which is closed with the object or by an error.
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

package enum FileProblem: Hashable, Sendable {
  /// There is nothing where `expected` should be; `reason` is the system's message.
  case missing(expected: String, reason: String)

  /// The operating system refused an operation, such as "open", with `reason`.
  case system(operation: String, reason: String)

  /// There is something other than a regular file.
  case irregular(FileStatus.Kind)

  /// The file of `byteCount` bytes ends after `foundBytes`, before the end of what was to be read.
  case truncated(expectedBytes: Int, foundBytes: Int, byteCount: Int)
}

package struct FileStatus: Sendable {
  package enum Kind: Sendable {
    case file
    case folder
    case link
    case other

    /// - Parameter mode: The type of a file in the bits of `st_mode`.
    package init(mode: mode_t) {
      self =
        switch mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        case S_IFLNK: .link
        default: .other
        }
    }
  }

  /// The device and the number of a file on it, which are equal for two paths to the same file.
  package struct Identity: Hashable, Sendable {
    private let device: UInt64
    private let number: UInt64

    fileprivate init(_ status: stat) {
      device = UInt64(truncatingIfNeeded: status.st_dev)
      number = UInt64(truncatingIfNeeded: status.st_ino)
    }
  }

  package let kind: Kind
  package let size: Int
  package let identity: Identity

  /// The time of the last change, in nanoseconds.
  package let changeTime: Int

  /// The status of a path or, if links are followed, of a link's target; `nil` with `errno` set.
  package init?(of path: [UInt8], followingLinks: Bool = true) {
    var status = stat()
    let result = path.withPath { followingLinks ? stat($0, &status) : lstat($0, &status) }
    guard result == 0 else { return nil }
    self.init(status)
  }

  /// The status of what is at a path, links followed; `nil` if the system call fails.
  package init?(of path: String) { self.init(of: Array(path.utf8)) }

  init?(of descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    kind = Kind(mode: status.st_mode)
    size = Int(status.st_size)
    identity = Identity(status)
    #if canImport(Darwin)
    let time = status.st_mtimespec
    #else
    let time = status.st_mtim
    #endif
    changeTime = Int(time.tv_sec) &* 1_000_000_000 &+ Int(time.tv_nsec)
  }
}

extension [UInt8] {
  /// Calls `body` with the bytes as a C string.
  package func withPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    (map(CChar.init(bitPattern:)) + [0]).withUnsafeBufferPointer { buffer in
      // A buffer of at least one byte has an address.
      buffer.baseAddress.map(body) ?? body("")
    }
  }
}

/// Returns the operating system's message about its last error on this thread.
package func lastSystemError() -> String {
  String(cString: strerror(errno))
}
