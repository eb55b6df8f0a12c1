// SPDX-License-Identifier: MIT

import CArchive
import GEED

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// libarchive's reader of a part of a file, from its beginning to its end.
final class ArchiveReader {
  /// The formats to look for.
  enum Format {
    case tar
    /// A zip file, by its directory.
    case zip
    /// A member of a zip file, from its own header on.
    case zipMember
    /// A file compressed by bzip2, xz or zstd.
    case compressed

    fileprivate var name: String {
      switch self {
      case .tar: "tar"
      case .zip, .zipMember: "zip"
      case .compressed: "a compressed file"
      }
    }

    fileprivate func enable(in archive: OpaquePointer) {
      switch self {
      case .tar: archive_read_support_format_tar(archive)
      case .zip: archive_read_support_format_zip_seekable(archive)
      case .zipMember: archive_read_support_format_zip_streamable(archive)
      case .compressed:
        archive_read_support_format_raw(archive)
        archive_read_support_filter_bzip2(archive)
        archive_read_support_filter_xz(archive)
        archive_read_support_filter_zstd(archive)
      }
      // Otherwise resource forks in `__MACOSX` are hidden on macOS.
      archive_read_set_format_option(archive, "zip", "mac-ext", nil)
    }
  }

  /// The description of a member.
  struct Header {
    let name: [UInt8]
    let kind: FileStatus.Kind
    let size: Int
    let isEncrypted: Bool

    /// The position of the member in the archive: that of its data in a zip file, that of its
    /// header in other formats.
    let position: Int
  }

  private let archive: OpaquePointer
  private let file: DataFile
  private let range: Range<Int>
  private let format: Format
  private let name: String
  private let block: UnsafeMutableRawBufferPointer
  private var position: Int
  private var failure: DataError?

  init(
    _ file: DataFile, _ range: Range<Int>, format: Format, named name: String,
    blockSize: Int
  ) throws(DataError) {
    guard let archive = archive_read_new() else {
      throw .system(path: name, operation: "unpack", reason: "out of memory")
    }
    self.archive = archive
    self.file = file
    self.range = range
    self.format = format
    self.name = name
    position = range.lowerBound
    block = .allocate(byteCount: blockSize, alignment: 1)
    format.enable(in: archive)
    archive_read_set_callback_data(archive, Unmanaged.passUnretained(self).toOpaque())
    archive_read_set_read_callback(archive) { _, client, block in
      ArchiveReader.from(client).read(into: block)
    }
    archive_read_set_skip_callback(archive) { _, client, count in
      ArchiveReader.from(client).skip(count)
    }
    archive_read_set_seek_callback(archive) { _, client, offset, origin in
      ArchiveReader.from(client).seek(offset, from: origin)
    }
    try check(archive_read_open1(archive))
  }

  deinit {
    archive_read_free(archive)
    block.deallocate()
  }

  /// Returns the next member; `nil` at the end.
  func next() throws(DataError) -> Header? {
    var entry: OpaquePointer?
    // Names that are stored as UTF-8 are converted to the encoding of the locale.
    let locale = uselocale(Self.locale)
    defer { uselocale(locale) }
    let status = archive_read_next_header(archive, &entry)
    if status == ARCHIVE_EOF { return nil }
    if status != ARCHIVE_WARN { try check(status) }
    guard let entry, let path = archive_entry_pathname(entry) else {
      throw .undecodable(path: name, format: format.name, reason: "a file has no name")
    }
    return Header(
      name: Array(UnsafeRawBufferPointer(start: path, count: strlen(path))),
      kind: archive_entry_hardlink(entry) == nil
        ? FileStatus.Kind(mode: archive_entry_filetype(entry)) : .link,
      size: Int(archive_entry_size(entry)),
      isEncrypted: archive_entry_is_data_encrypted(entry) != 0,
      position: range.lowerBound
        + Int(
          format == .zip
            ? archive_filter_bytes(archive, 0) : archive_read_header_position(archive)))
  }

  /// Reads the next bytes of the member, fewer than `limit` only at its end.
  func bytes(atMost limit: Int) throws(DataError) -> [UInt8] {
    var status = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      status = archive_read_data(archive, buffer.baseAddress, limit)
      count = max(status, 0)
    }
    try check(Int32(truncatingIfNeeded: min(status, 0)))
    return bytes
  }

  /// Throws unless a call of libarchive succeeded.
  private func check(_ status: Int32) throws(DataError) {
    guard status != ARCHIVE_OK else { return }
    if let failure { throw failure }
    let reason = archive_error_string(archive).map { String(cString: $0) }
    throw .undecodable(path: name, format: format.name, reason: reason ?? "status \(status)")
  }

  /// A locale whose encoding is UTF-8; nothing else of it is used.
  nonisolated(unsafe) private static let locale =
    newlocale(LC_CTYPE_MASK, "C.UTF-8", nil) ?? newlocale(LC_CTYPE_MASK, "en_US.UTF-8", nil)
}

// MARK: - Callbacks

extension ArchiveReader {
  private static func from(_ client: UnsafeMutableRawPointer?) -> ArchiveReader {
    guard let client else { preconditionFailure("libarchive lost its client's data.") }
    return Unmanaged.fromOpaque(client).takeUnretainedValue()
  }

  private func read(into block: UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int {
    block?.pointee = UnsafeRawPointer(self.block.baseAddress)
    let count = min(self.block.count, range.upperBound - position)
    do throws(DataError) {
      try file.read(
        into: UnsafeMutableRawBufferPointer(rebasing: self.block[..<count]), at: position)
    } catch {
      failure = error
      return Int(ARCHIVE_FATAL)
    }
    position += count
    return count
  }

  private func skip(_ count: Int64) -> Int64 {
    let count = min(max(Int(count), 0), range.upperBound - position)
    position += count
    return Int64(count)
  }

  private func seek(_ offset: Int64, from origin: Int32) -> Int64 {
    let start =
      switch origin {
      case SEEK_SET: range.lowerBound
      case SEEK_CUR: position
      default: range.upperBound
      }
    let (target, overflows) = start.addingReportingOverflow(Int(offset))
    guard !overflows, (range.lowerBound...range.upperBound).contains(target) else {
      return Int64(ARCHIVE_FATAL)
    }
    position = target
    return Int64(target - range.lowerBound)
  }
}
