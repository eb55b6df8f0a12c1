// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Creates a folder and its parent folders, unless they exist.
///
/// - Throws: ``DataError`` if the system call fails, or something else is at the path.
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
