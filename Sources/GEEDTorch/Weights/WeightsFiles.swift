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
/// Why not a mapping of the file? Reading what another program has cut off meanwhile would end the
/// process; here it is an error.
final class ReadableFile: Sendable {
  let path: String
  /// How long the file was when it was opened.
  let byteCount: Int
  private let descriptor: Int32

  init(opening path: String) throws(WeightsError) {
    // Without O_NONBLOCK a named pipe would wait for its other end.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw .system(path: path, operation: "open", reason: lastSystemError())
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let reason = lastSystemError()
      close(descriptor)
      throw .system(path: path, operation: "examine", reason: reason)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .invalid(path: path, place: "file", expected: "a file", found: "a folder or device")
    }
    self.path = path
    self.descriptor = descriptor
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Reads exactly `count` bytes from `offset` on.
  ///
  /// - Precondition: They lie within ``byteCount``.
  func bytes(at offset: Int, count: Int) throws(WeightsError) -> [UInt8] {
    precondition(
      offset >= 0 && count >= 0 && offset <= byteCount - count,
      "Expected a range within \(byteCount) bytes, but got \(count) from \(offset) on.")
    var failure: WeightsError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count, failure == nil {
        let rest = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[filled..<count])
        let length = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
        if length > 0 {
          filled += length
        } else if length == 0 {
          failure = .invalid(
            path: path, place: "file", expected: "\(byteCount) bytes as on opening",
            found: "\(offset + filled)")
        } else if errno != EINTR {
          failure = .system(path: path, operation: "read", reason: lastSystemError())
        }
      }
    }
    if let failure { throw failure }
    return bytes
  }
}

/// Writes a file so that others see the old one or the new one, whole and on the disk.
///
/// `body` writes to a new file in the same folder, piece by piece. It is flushed and then renamed;
/// after a failure it is removed again.
func writeAtomically(
  to path: String,
  _ body: ((_ piece: [UInt8]) throws(WeightsError) -> Void) throws(WeightsError) -> Void
) throws(WeightsError) {
  let temporaryPath = "\(path).\(getpid())-\(UInt32.random(in: 0 ... .max)).part"
  let descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
  guard descriptor >= 0 else {
    throw .system(path: path, operation: "write", reason: lastSystemError())
  }
  var isOpen = true
  do throws(WeightsError) {
    try body { piece throws(WeightsError) in
      try checkSystem(writeAll(piece, to: descriptor), path)
    }
    try checkSystem(fsync(descriptor) == 0, path)
    isOpen = false
    try checkSystem(close(descriptor) == 0, path)
    try checkSystem(rename(temporaryPath, path) == 0, path)
  } catch {
    if isOpen { close(descriptor) }
    unlink(temporaryPath)
    throw error
  }
  flushFolder(of: path)
}

private func checkSystem(_ isDone: Bool, _ path: String) throws(WeightsError) {
  guard isDone else {
    throw .system(path: path, operation: "write", reason: lastSystemError())
  }
}

/// Writes all bytes at the descriptor's position; `false`, with `errno` set, if that fails.
private func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
  bytes.withUnsafeBytes { buffer in
    var rest = buffer
    while !rest.isEmpty {
      let length = write(descriptor, rest.baseAddress, rest.count)
      if length < 0 && errno != EINTR { return false }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(length, 0)))
    }
    return true
  }
}

/// Makes the new name last through a loss of power. Some file systems cannot; the file is there
/// nevertheless.
private func flushFolder(of path: String) {
  let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
  let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  _ = fsync(descriptor)
  close(descriptor)
}

/// What the operating system says about its last error on this thread.
private func lastSystemError() -> String {
  String(cString: strerror(errno))
}
