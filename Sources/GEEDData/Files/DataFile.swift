// SPDX-License-Identifier: MIT

import GEED

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file of data opened for reading.
typealias DataFile = ReadableFile<DataError>

extension DataError: FileReadingFailure {
  package init(_ problem: FileProblem, path: String) {
    self =
      switch problem {
      case .missing(let expected, _): .missing(path: path, expected: expected)
      case .system(let operation, let reason):
        .system(path: path, operation: operation, reason: reason)
      case .irregular: .invalid(path: path, expected: "a file", found: "a folder or device")
      case .truncated(let expected, let found, _):
        .truncated(path: path, expectedBytes: expected, foundBytes: found)
      }
  }
}

extension DataFile {
  /// The whole file, if it has at most `limit` bytes; `content` is what it should hold.
  func bytes(atMost limit: Int, of content: String) throws(DataError) -> [UInt8] {
    guard byteCount <= limit else {
      throw .invalid(
        path: path, expected: "\(content) of at most \(limit) bytes", found: "\(byteCount)")
    }
    return try bytes()
  }
}

/// Writes a file atomically: readers see the old file or the new one, never a part.
package func writeAtomically(_ bytes: [UInt8], to path: String) throws(DataError) {
  do {
    try writeAtomically(to: path) { try $0.write(bytes) }
  } catch let error as DataError {
    throw error
  } catch {
    throw .system(path: path, operation: "write", reason: "\(error)")
  }
}

/// Writes a file atomically in pieces, which `body` writes in order.
package func writeAtomically(to path: String, _ body: (FileWriter) throws -> Void) throws {
  do {
    try writeFile(at: path, body)
  } catch let error as FileWritingError {
    throw error.isMissingFolder
      ? DataError.missing(path: folder(of: path), expected: "a folder to write to")
      : DataError.system(path: path, operation: "write", reason: error.reason)
  }
}

/// Creates a folder and its parent folders, unless they exist.
package func makeFolder(_ path: String) throws(DataError) {
  if Folder.isFolder(path) == true { return }
  let parent = folder(of: path)
  if parent != path, Folder.isFolder(parent) == nil { try makeFolder(parent) }
  // Another process may create it at the same time.
  guard mkdir(path, 0o777) == 0 || (errno == EEXIST && Folder.isFolder(path) == true) else {
    let reason = errno == EEXIST ? "there is a file of that name" : lastSystemError()
    throw .system(path: path, operation: "make the folder", reason: reason)
  }
}

/// The part of a path after its last slash; slashes at its end do not count.
func lastComponent(of path: String) -> String {
  path.split(separator: "/").last.map(String.init) ?? path
}

/// The part of a path before its last slash, "." if there is none.
func folder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}
