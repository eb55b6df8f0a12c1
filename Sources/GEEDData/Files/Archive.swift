// SPDX-License-Identifier: MIT

import GEED

/// A zip or tar file open for reading, its members in any order and by several threads at once.
///
/// libarchive lists the members once; after that each is read from its own position. A compressed
/// tar file is first unpacked to a temporary file. The content is not trusted: a member cannot
/// reach into the next one, as in zip bombs, its size is checked against the maximum ratio of
/// deflate, and its bytes against their checksum, which tar files do not have.
struct Archive: Sendable {
  /// A file, link or other item in the archive; folders are left out.
  struct Member: Sendable {
    /// The name with its folders as stored in the archive.
    let rawName: [UInt8]

    let kind: FileStatus.Kind
    let size: Int

    /// Whether the member's header contradicts the directory of a zip file.
    let isDamaged: Bool

    let isEncrypted: Bool

    /// The bytes of the archive from the member's header, or from its data in a zip file, to the
    /// same position of the next member.
    let range: Range<Int>

    var name: String { FileName(rawName).text }
  }

  /// The members in the order of their positions.
  let members: [Member]

  let file: DataFile
  let isTar: Bool

  var path: String { file.path }

  private static let tarSuffixes = [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst"]

  /// Returns whether a file name is that of a tar file.
  static func isTarName(_ name: String) -> Bool {
    tarSuffixes.contains { name.lowercased().hasSuffix($0) }
  }

  /// Returns whether a file name is that of an archive.
  static func isArchiveName(_ name: String) -> Bool {
    (tarSuffixes + [".zip"]).contains { name.lowercased().hasSuffix($0) }
  }

  /// Lists the members of a tar file, which is recognized by its name, or of a zip file.
  ///
  /// - Parameter skipsDamaged: Whether members that contradict the directory of a zip file are marked,
  ///   instead of being an error.
  init(path: String, skipsDamaged: Bool = false) throws(DataError) {
    isTar = Self.isTarName(path)
    // An unpacked tar file has at most 16 GiB.
    file = try DataFile.opening(path, expected: isTar ? "a tar file" : "a zip file") { _ in 1 << 34
    }
    let record = isTar ? nil : try Self.endRecord(of: file)
    if record?.fileCount == 0 {
      members = []
      return
    }
    let damaged: [(name: FileName, dataStart: Int)] =
      if let record { try Self.contradictions(in: file, record) } else { [] }
    if let first = damaged.first, !skipsDamaged {
      throw .invalid(
        path: "\(path)/\(first.name.text)",
        expected: "a header that agrees with the directory of the archive", found: "another one")
    }
    let reader = try ArchiveReader(
      file, 0..<(record?.end ?? file.byteCount), format: isTar ? .tar : .zip, named: path,
      blockSize: 1 << 12)
    var found: [ArchiveReader.Header] = []
    while let header = try reader.next() { found.append(header) }
    // libarchive lists one of several files at the same position.
    if let count = record?.fileCount, found.count != count, count != 0xFFFF {
      throw .invalid(
        path: path, expected: "\(count) files one after the other, as in the directory",
        found: "\(found.count)")
    }
    if let folder = found.first(where: { $0.kind == .folder && $0.size > 0 }) {
      throw .invalid(
        path: "\(path)/\(FileName(folder.name).text)", expected: "a folder without content",
        found: "\(folder.size) bytes")
    }
    if found.contains(where: \.name.isEmpty) {
      throw .invalid(path: path, expected: "files with names", found: "one without")
    }
    let ends = found.dropFirst().map(\.position) + [file.byteCount]
    members = zip(found, ends).filter { $0.0.kind != .folder }.map { header, end in
      Member(
        rawName: header.name, kind: header.kind, size: header.size,
        isDamaged: damaged.contains { $0.dataStart == header.position },
        isEncrypted: header.isEncrypted, range: header.position..<max(header.position, end))
    }
  }

  /// Reads and unpacks a member of at most 1 GiB.
  func bytes(of member: Member) throws(DataError) -> [UInt8] {
    // Deflate expands one byte to at most 1032 bytes.
    guard member.size <= 1 << 30, member.size <= 1032 * member.range.count + 1032 else {
      throw .invalid(
        path: "\(path)/\(member.name)",
        expected: "what \(member.range.count) bytes can hold, at most 2³⁰",
        found: "\(member.size) bytes")
    }
    // The checksum is verified at the end, so one byte more than there are is read.
    let bytes = try beginning(of: member, count: member.size + 1)
    guard bytes.count == member.size else {
      throw .invalid(
        path: "\(path)/\(member.name)", expected: "\(member.size) bytes as listed",
        found: bytes.count < member.size ? "\(bytes.count)" : "more")
    }
    return bytes
  }

  /// Unpacks the first bytes of a member, at most `count`, and no others.
  func beginning(of member: Member, count: Int) throws(DataError) -> [UInt8] {
    let name = "\(path)/\(member.name)"
    guard !member.isEncrypted else {
      throw .invalid(path: name, expected: "a file that is not encrypted", found: "one that is")
    }
    let start = isTar ? member.range.lowerBound : try headerPosition(of: member)
    let reader = try ArchiveReader(
      file, start..<member.range.upperBound, format: isTar ? .tar : .zipMember, named: name,
      blockSize: 1 << 16)
    guard try reader.next() != nil else {
      throw .invalid(path: name, expected: "a file's header", found: "none")
    }
    return try reader.bytes(atMost: count)
  }
}

// MARK: - Zip files beyond libarchive

extension Archive {
  /// Returns the position of the header of a member of a zip file.
  ///
  /// A header has 30 bytes, among them the lengths of the name and of the extra field, which follow
  /// and after which the data begin (PKWARE's APPNOTE.TXT, 4.3.7).
  func headerPosition(of member: Member) throws(DataError) -> Int {
    let end = member.range.lowerBound
    for length in [1 << 10, 30 + 2 * 0xFFFF].map({ min($0, end) }) {
      let bytes = try file.bytes(at: end - length, count: length)
      for start in stride(from: length - 30, through: 0, by: -1)
      where bytes[start...].starts(with: [0x50, 0x4B, 3, 4]) {
        let header = bytes[start...]
        if 30 + header.number(26) + header.number(28) == length - start {
          return end - length + start
        }
      }
    }
    throw .invalid(
      path: "\(path)/\(member.name)", expected: "a file's header", found: "other bytes")
  }

  /// The record at the end of a zip file.
  private struct EndRecord {
    /// The end of the record, without the comment that may follow.
    let end: Int
    /// The number of files, which is 65535 if there are too many for its two bytes.
    let fileCount: Int
    /// The position and the length of the directory.
    let directory: (start: Int, length: Int)
    /// The number of bytes before the archive, which positions do not count.
    let prefix: Int
  }

  /// The files whose headers differ from the directory (4.3.7, 4.3.12), by their names there and the
  /// positions of their data. libarchive reads names and sizes from one of the two.
  private static func contradictions(
    in file: DataFile, _ record: EndRecord
  ) throws(DataError) -> [(name: FileName, dataStart: Int)] {
    var found: [(name: FileName, dataStart: Int)] = []
    // A directory of another length, or elsewhere, is left to libarchive, as that of zip64 is.
    guard record.prefix >= 0, record.directory.start >= 0,
      record.directory.length <= file.byteCount - record.directory.start
    else { return [] }
    let directory = try file.bytes(at: record.directory.start, count: record.directory.length)
    var position = 0
    while position + 46 <= directory.count {
      let entry = directory[position...]
      guard entry.starts(with: [0x50, 0x4B, 1, 2]) else { break }
      let nameLength = entry.number(28)
      let next = position + 46 + nameLength + entry.number(30) + entry.number(32)
      guard next <= directory.count else { break }
      let name = directory[position + 46..<position + 46 + nameLength]
      let start = record.prefix + entry.longNumber(42)
      position = next
      guard entry.longNumber(42) != 0xFFFF_FFFF, start + 30 + nameLength <= file.byteCount else {
        continue
      }
      let header = try file.bytes(at: start, count: 30 + nameLength)[...]
      // The values may follow the data, or be those of zip64.
      let values = [14, 18, 22].map { ($0, $0 + 2) }.allSatisfy { own, theirs in
        header.longNumber(own) == entry.longNumber(theirs)
          || header.number(6) & 8 != 0 && header.longNumber(own) == 0
          || header.longNumber(own) == 0xFFFF_FFFF || entry.longNumber(theirs) == 0xFFFF_FFFF
      }
      guard header.starts(with: [0x50, 0x4B, 3, 4]), header.number(26) == nameLength,
        header.dropFirst(30).elementsEqual(name), values,
        header.number(6) & 9 == entry.number(8) & 9, header.number(8) == entry.number(10)
      else {
        let dataStart = start + 30 + header.number(26) + header.number(28)
        found.append((FileName(name), dataStart))
        continue
      }
    }
    return found
  }

  /// Returns the record at the end of a zip file (4.3.16).
  ///
  /// libarchive would take a comment that looks like a record for one.
  private static func endRecord(of file: DataFile) throws(DataError) -> EndRecord {
    let length = min(file.byteCount, 22 + 0xFFFF)
    let start = file.byteCount - length
    let tail = try file.bytes(at: start, count: length)
    for position in stride(from: length - 22, through: 0, by: -1) {
      let record = tail[position...]
      if record.starts(with: [0x50, 0x4B, 5, 6]), position + 22 + record.number(20) == length {
        guard record.number(4) == 0 || record.number(4) == 0xFFFF else {
          throw .invalid(
            path: file.path, expected: "a zip file in one piece", found: "several volumes")
        }
        let (length, offset) = (record.longNumber(12), record.longNumber(16))
        let directory = start + position - length
        return EndRecord(
          end: start + position + 22, fileCount: record.number(10),
          directory: (directory, length), prefix: directory - offset)
      }
    }
    throw .invalid(path: file.path, expected: "a zip file", found: "no directory at its end")
  }
}

extension ArraySlice<UInt8> {
  /// The number in two bytes, little endian.
  func number(_ offset: Int) -> Int {
    Int(self[startIndex + offset]) | Int(self[startIndex + offset + 1]) << 8
  }

  /// The number in four bytes, little endian.
  func longNumber(_ offset: Int) -> Int {
    number(offset) | number(offset + 2) << 16
  }
}
