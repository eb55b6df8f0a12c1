// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The kind, size, identity and time of a file or folder.
package struct FileStatus: Sendable {
  /// The kind of what is at a path.
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

  /// The length in bytes.
  package let size: Int

  package let identity: Identity

  /// The time of the last change, in nanoseconds.
  package let changeTime: Int

  /// The status of what is at a path or, if links are followed, of the link's target; `nil` if the
  /// system call fails, with the reason in `errno`.
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
