// SPDX-License-Identifier: MIT

import CArchive

/// Returns a zip file whose members are not compressed and have no dates, so that equal members give
/// equal bytes.
func zipFile(_ members: [(name: String, bytes: [UInt8])]) throws(DataError) -> [UInt8] {
  let file = WrittenBytes()
  guard let archive = archive_write_new(), let entry = archive_entry_new() else {
    throw .system(path: "a zip file", operation: "write", reason: "out of memory")
  }
  defer {
    archive_entry_free(entry)
    archive_write_free(archive)
  }
  func check(_ isDone: Bool) throws(DataError) {
    guard !isDone else { return }
    let reason = archive_error_string(archive).map { String(cString: $0) } ?? "unknown reason"
    throw .system(path: "a zip file", operation: "write", reason: reason)
  }
  try check(archive_write_set_format_zip(archive) == ARCHIVE_OK)
  try check(archive_write_zip_set_compression_store(archive) == ARCHIVE_OK)
  // The last block is not filled up.
  try check(archive_write_set_bytes_in_last_block(archive, 1) == ARCHIVE_OK)
  let opened = archive_write_open(
    archive, Unmanaged.passUnretained(file).toOpaque(), nil,
    { _, client, bytes, count in
      guard let client, let bytes else { return -1 }
      let file = Unmanaged<WrittenBytes>.fromOpaque(client).takeUnretainedValue()
      file.bytes += UnsafeRawBufferPointer(start: bytes, count: count)
      return count
    }, nil)
  try check(opened == ARCHIVE_OK)
  for (name, bytes) in members {
    archive_entry_clear(entry)
    archive_entry_set_pathname(entry, name)
    archive_entry_set_mode(entry, 0o100644)
    archive_entry_set_size(entry, Int64(bytes.count))
    try check(archive_write_header(archive, entry) == ARCHIVE_OK)
    try check(archive_write_data(archive, bytes, bytes.count) == bytes.count)
  }
  try check(archive_write_close(archive) == ARCHIVE_OK)
  return file.bytes
}

/// The bytes that libarchive has written.
private final class WrittenBytes {
  var bytes: [UInt8] = []
}
