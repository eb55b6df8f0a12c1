// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes a file atomically: to a new file in the same folder, which is flushed and then renamed,
/// and removed after a failure. A symbolic link is kept and its target is replaced; anything other
/// than a regular file, such as a pipe or `/dev/null`, is written to directly.
package func writeFile(at path: String, _ body: (FileWriter) throws -> Void) throws {
  let target = resolved(path)
  var status = stat()
  if stat(target, &status) == 0, ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) {
    let writer = try FileWriter(opening: target, O_WRONLY | O_CLOEXEC)
    do {
      try body(writer)
    } catch {
      close(writer.descriptor)
      throw error
    }
    return try check(close(writer.descriptor) == 0)
  }
  let temporaryPath = "\(target).\(getpid())-\(UInt32.random(in: 0 ... .max))\(partSuffix)"
  let writer = try FileWriter(opening: temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC)
  var isOpen = true
  do {
    try body(writer)
    try check(fsync(writer.descriptor) == 0)
    isOpen = false
    try check(close(writer.descriptor) == 0)
    try check(rename(temporaryPath, target) == 0)
  } catch {
    if isOpen { close(writer.descriptor) }
    unlink(temporaryPath)
    throw error
  }
  flushFolder(of: target)
}

/// The suffix of the names of files that are being written.
package let partSuffix = ".part"

package struct FileWriter {
  fileprivate let descriptor: Int32

  fileprivate init(opening path: String, _ flags: Int32) throws(FileWritingError) {
    descriptor = open(path, flags, 0o666)
    try check(descriptor >= 0)
  }

  package func write(_ bytes: some Collection<UInt8>) throws(FileWritingError) {
    try check(writeAll(bytes, to: descriptor))
  }
}

/// An error of the system when writing a file.
package struct FileWritingError: Error, Hashable, Sendable {
  package let code: Int32

  package init() { code = errno }

  /// Whether the folder does not exist.
  package var isMissingFolder: Bool { code == ENOENT }

  package var reason: String { String(cString: strerror(code)) }
}

/// Writes all `bytes`; returns `false`, with `errno` set, if that fails, also after `timeout`
/// milliseconds in which a non-blocking descriptor accepts nothing (-1 for no limit).
package func writeAll(
  _ bytes: some Collection<UInt8>, to descriptor: Int32, timeout: Int32 = -1
) -> Bool {
  let isWritten = bytes.withContiguousStorageIfAvailable { buffer in
    var rest = UnsafeRawBufferPointer(buffer)
    while !rest.isEmpty {
      let length = write(descriptor, rest.baseAddress, rest.count)
      if length >= 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(length))
      } else if errno == EAGAIN {
        var place = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&place, 1, timeout) != 0 else {
          errno = EAGAIN
          return false
        }
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }
  return isWritten ?? writeAll(Array(bytes), to: descriptor, timeout: timeout)
}

private func check(_ isDone: Bool) throws(FileWritingError) {
  guard isDone else { throw FileWritingError() }
}

/// Returns the target of a path, also through a symbolic link to a file that does not exist yet.
private func resolved(_ path: String) -> String {
  if let target = realpath(path, nil) {
    defer { free(target) }
    return String(cString: target)
  }
  var characters = [CChar](repeating: 0, count: Int(PATH_MAX))
  let length = readlink(path, &characters, characters.count)
  guard length > 0, length < characters.count else { return path }
  let target = String(
    decoding: characters[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  guard !target.hasPrefix("/"), let slash = path.lastIndex(of: "/") else { return target }
  return path[...slash] + target
}

/// Flushes the folder, so that the new name survives a power failure, where that is supported.
private func flushFolder(of path: String) {
  let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
  let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  _ = fsync(descriptor)
  close(descriptor)
}
