// SPDX-License-Identifier: MIT

import CArchive
import Foundation
import Testing

@testable import GEEDData

/// A file of a zip file that a test makes.
struct ZipEntry {
  let name: String
  let bytes: [UInt8]

  /// What stands in the file, and how it is packed: 0 stored, 8 deflated.
  var packed: [UInt8]
  var method = 0
  var flags = 0

  /// The mode of a file of a Unix system, 0 for another system's.
  var mode = 0

  /// The bytes after the file, such as its data descriptor.
  var trailer: [UInt8] = []
  var size: Int

  init(_ name: String, _ bytes: [UInt8]) {
    (self.name, self.bytes, packed, size) = (name, bytes, bytes, bytes.count)
  }
}

/// The CRC-32 of bytes.
func checksum(of bytes: [UInt8]) -> UInt32 {
  ~bytes.reduce(0xFFFF_FFFF) { checksum, byte in
    (0..<8).reduce(checksum ^ UInt32(byte)) { sum, _ in
      sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1
    }
  }
}

/// Writes an archive with libarchive.
///
/// - Parameters:
///   - files: The names and contents; those of symbolic links begin with "-> ".
///   - format: "pax" for a tar file, or "raw" for the content of the only file.
///   - filter: The ending of the compression, or "tar" for none.
func writeArchive(
  _ files: [(name: String, bytes: [UInt8])], format: String, filter: String, to path: String
) throws {
  // Names are converted from the encoding of the locale.
  let encoding = try #require(newlocale(LC_CTYPE_MASK, "C.UTF-8", nil))
  let locale = uselocale(encoding)
  defer {
    uselocale(locale)
    freelocale(encoding)
  }
  let archive = try #require(archive_write_new())
  defer { archive_write_free(archive) }
  try #require(archive_write_set_format_by_name(archive, format) == ARCHIVE_OK)
  let added =
    switch filter {
    case "gz": archive_write_add_filter_gzip(archive)
    case "bz2": archive_write_add_filter_bzip2(archive)
    case "xz": archive_write_add_filter_xz(archive)
    case "zst": archive_write_add_filter_zstd(archive)
    default: archive_write_add_filter_none(archive)
    }
  try #require(added == ARCHIVE_OK)
  try #require(archive_write_open_filename(archive, path) == ARCHIVE_OK)
  for (name, bytes) in files {
    let entry = try #require(archive_entry_new())
    defer { archive_entry_free(entry) }
    let text = String(decoding: bytes, as: UTF8.self)
    let isLink = text.hasPrefix("-> ")
    archive_entry_set_pathname(entry, name)
    archive_entry_set_mode(entry, isLink ? 0o120777 : 0o100644)
    archive_entry_set_size(entry, isLink ? 0 : Int64(bytes.count))
    if isLink { archive_entry_set_symlink(entry, String(text.dropFirst(3))) }
    try #require(archive_write_header(archive, entry) == ARCHIVE_OK)
    if !isLink { try #require(archive_write_data(archive, bytes, bytes.count) == bytes.count) }
  }
  try #require(archive_write_close(archive) == ARCHIVE_OK)
}

/// The bytes of a zip file.
func zip(_ entries: [ZipEntry], comment: String = "") -> [UInt8] {
  func little(_ number: Int, _ length: Int) -> [UInt8] {
    (0..<length).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
  var files: [UInt8] = []
  var directory: [UInt8] = []
  for entry in entries {
    let name = Array(entry.name.utf8)
    let common =
      little(20, 2) + little(entry.flags, 2) + little(entry.method, 2) + little(0, 4)
      + little(Int(checksum(of: entry.bytes)), 4) + little(entry.packed.count, 4)
      + little(entry.size, 4) + little(name.count, 2)
    directory += little(0x0201_4B50, 4) + little(entry.mode == 0 ? 20 : 0x0314, 2) + common
    directory += little(0, 2) + little(0, 2) + little(0, 2) + little(0, 2)
    directory += little(entry.mode << 16, 4) + little(files.count, 4) + name
    // An extra field, as some programs write it.
    files +=
      little(0x0403_4B50, 4) + common + little(5, 2) + name + [0x99, 0x99, 1, 0, 7] + entry.packed
      + entry.trailer
  }
  let count = little(entries.count, 2)
  return files + directory + little(0x0605_4B50, 4) + little(0, 4) + count + count
    + little(directory.count, 4) + little(files.count, 4) + little(comment.utf8.count, 2)
    + Array(comment.utf8)
}
