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

/// The name of a file or folder as stored in the file system or an archive: bytes that need not be
/// UTF-8.
struct FileName: Hashable, Comparable, Sendable {
  let bytes: [UInt8]

  init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  init(_ text: String) { bytes = Array(text.utf8) }

  /// The name for display: bytes that are not valid UTF-8 are written like `\xE9`.
  var text: String {
    var result = ""
    var rest = bytes[...]
    while !rest.isEmpty {
      let length = (1...4).first {
        $0 <= rest.count && String(validating: rest.prefix($0), as: UTF8.self) != nil
      }
      if let length {
        result += String(decoding: rest.prefix(length), as: UTF8.self)
        rest = rest.dropFirst(length)
      } else {
        let digits = String(rest.removeFirst(), radix: 16, uppercase: true)
        result += "\\x" + (digits.count < 2 ? "0" : "") + digits
      }
    }
    return result
  }

  var isHidden: Bool { bytes.first == UInt8(ascii: ".") }

  /// The text after the last dot, in lower case; `nil` without a dot, or if it is the first or last
  /// byte.
  var fileExtension: String? {
    guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")), dot > 0, dot < bytes.count - 1 else {
      return nil
    }
    return FileName(bytes[(dot + 1)...]).text.lowercased()
  }

  /// Whether the extension is that of an image file of an ``ImageFormat``.
  var isImageName: Bool { fileExtension.map(ImageFormat.extensions.contains) ?? false }

  static func < (left: FileName, right: FileName) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}
