// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes a file so that others see the old one or the new one, never a part.
///
/// The bytes go to a new file in the same folder, which is then renamed; after a failure it is
/// removed again.
func writeAtomically(_ bytes: [UInt8], to path: String) throws(DataError) {
  let temporaryPath = "\(path).\(getpid())-\(UInt32.random(in: 0 ... .max)).part"
  let descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
  guard descriptor >= 0 else {
    throw errno == ENOENT
      ? .missing(path: folder(of: path), expected: "a folder to write to")
      : .system(path: path, operation: "write", reason: lastSystemError())
  }
  let isWritten = writeAll(bytes, to: descriptor)
  let reason = lastSystemError()
  let isClosed = close(descriptor) == 0
  guard isWritten, isClosed, rename(temporaryPath, path) == 0 else {
    let failure = DataError.system(
      path: path, operation: "write", reason: isWritten ? lastSystemError() : reason)
    unlink(temporaryPath)
    throw failure
  }
}

/// Writes all `bytes` at the descriptor's position; `false`, with `errno` set, if that fails.
func writeAll(_ bytes: some Collection<UInt8>, to descriptor: Int32) -> Bool {
  let isWritten = bytes.withContiguousStorageIfAvailable { buffer in
    var rest = UnsafeRawBufferPointer(buffer)
    while !rest.isEmpty {
      let length = write(descriptor, rest.baseAddress, rest.count)
      if length < 0 && errno != EINTR { return false }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(length, 0)))
    }
    return true
  }
  return isWritten ?? writeAll(Array(bytes), to: descriptor)
}

/// The part of a path before its last slash, "." if there is none.
private func folder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}
