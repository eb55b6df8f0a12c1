// SPDX-License-Identifier: MIT

import GEED

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Functions that query the file system about folders and files.
enum Folder {
  /// Returns whether there is a folder at `path`, as opposed to a file; `nil` if there is nothing.
  static func isFolder(_ path: String) -> Bool? {
    FileStatus(of: path).map { $0.kind == .folder }
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
