// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Makes a folder, and those that it lies in, unless they are there.
///
/// - Throws: ``DataError`` if the system refuses, or something else is in the place.
package func makeFolder(_ path: String) throws(DataError) {
  if Folder.isFolder(path) == true { return }
  let parent = folder(of: path)
  if parent != path, Folder.isFolder(parent) == nil { try makeFolder(parent) }
  // Another process may make it at the same time.
  guard mkdir(path, 0o777) == 0 || (errno == EEXIST && Folder.isFolder(path) == true) else {
    let reason = errno == EEXIST ? "there is a file of that name" : lastSystemError()
    throw .system(path: path, operation: "make the folder", reason: reason)
  }
}
