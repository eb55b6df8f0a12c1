// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Functions that query the file system about folders and files.
enum Folder {
  /// The status of what is at a path.
  struct Status {
    enum Kind {
      case file
      case folder
      case link
      case other

      /// - Parameter mode: The type of a file in the bits of `st_mode`.
      init(mode: mode_t) {
        self =
          switch mode & S_IFMT {
          case S_IFREG: .file
          case S_IFDIR: .folder
          case S_IFLNK: .link
          default: .other
          }
      }
    }

    let kind: Kind
    let size: Int

    /// The identity, which is equal for two paths to the same file.
    let identity: Identity
  }

  struct Identity: Hashable {
    let device: UInt64
    let file: UInt64
  }

  /// Returns whether there is a folder at `path`, as opposed to a file; `nil` if there is nothing.
  static func isFolder(_ path: String) -> Bool? {
    status(at: Array(path.utf8)).map { $0.kind == .folder }
  }

  /// Returns the status of what is at a path or, if links are followed, of the link's target.
  ///
  /// - Returns: `nil` if the system call fails; `errno` then holds the reason.
  static func status(at path: [UInt8], followingLinks: Bool = true) -> Status? {
    var status = stat()
    let result = path.withPath { followingLinks ? stat($0, &status) : lstat($0, &status) }
    guard result == 0 else { return nil }
    return Status(
      kind: Status.Kind(mode: status.st_mode), size: Int(status.st_size),
      identity: Identity(
        device: UInt64(truncatingIfNeeded: status.st_dev),
        file: UInt64(truncatingIfNeeded: status.st_ino)))
  }

  /// Returns the names in a folder in byte order, including hidden ones; `nil` if the system call
  /// fails, with the reason in `errno`.
  static func names(in path: [UInt8]) -> [FileName]? {
    guard let stream = path.withPath({ opendir($0) }) else { return nil }
    defer { closedir(stream) }
    var names: [FileName] = []
    errno = 0
    while let entry = readdir(stream) {
      let offset = MemoryLayout<dirent>.offset(of: \dirent.d_name) ?? 0
      let name = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
      let bytes = UnsafeRawBufferPointer(start: name, count: strlen(name))
      let fileName = FileName(bytes)
      if fileName.bytes != Array(".".utf8), fileName.bytes != Array("..".utf8) {
        names.append(fileName)
      }
      errno = 0
    }
    return errno == 0 ? names.sorted() : nil
  }
}

extension [UInt8] {
  /// Calls `body` with the bytes as a C string.
  func withPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    (map(CChar.init(bitPattern:)) + [0]).withUnsafeBufferPointer { buffer in
      // A buffer of at least one byte has an address.
      buffer.baseAddress.map(body) ?? body("")
    }
  }
}
