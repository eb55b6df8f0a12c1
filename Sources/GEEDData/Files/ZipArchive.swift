// SPDX-License-Identifier: MIT
// PKWARE's APPNOTE.TXT describes the format.

/// A zip file open for reading: its directory in memory, its members on disk.
///
/// Members are stored or deflated. The content is not trusted: positions and sizes are checked
/// against its length, the size of a member against the maximum ratio of deflate, and the bytes
/// against their checksum. Encrypted files, split archives, zip64, and members that overlap, as in
/// zip bombs, are refused.
struct ZipArchive: Sendable {
  /// A file in the archive.
  struct Member: Sendable {
    /// The name with its folders as stored in the archive.
    let rawName: [UInt8]

    var name: String { FileName(rawName).text }

    /// Whether the member is a symbolic link.
    let isLink: Bool

    fileprivate let flags: Int
    fileprivate let method: Int
    fileprivate let checksum: UInt32
    fileprivate let compressedSize: Int
    let size: Int
    fileprivate let offset: Int
  }

  /// The files, in the order of the directory; folders are left out.
  let members: [Member]

  private let file: RandomAccessFile

  var path: String { file.path }

  /// Reads the directory.
  init(path: String) throws(DataError) {
    file = try RandomAccessFile(opening: path, expected: "a zip file")
    let end = try Self.endRecord(of: file)
    let (count, size, offset) = (end.number(10, 2), end.number(12, 4), end.number(16, 4))
    guard count != 0xFFFF, size != 0xFFFF_FFFF, offset != 0xFFFF_FFFF else {
      throw .unsuitable(
        path: path, expected: "a zip file of less than 4 GiB and 65535 files", found: "zip64",
        fix: "unpack it and name the folder")
    }
    guard end.number(4, 2) == 0, end.number(6, 2) == 0, end.number(8, 2) == count else {
      throw .invalid(path: path, expected: "a zip file in one piece", found: "several volumes")
    }
    members = try Self.members(
      in: file.bytes(at: offset, count: size), count: count, path: path)
    try Self.requireSeparation(of: members, directory: offset, path: path)
  }

  /// Reads and unpacks a member of at most 1 GiB.
  func bytes(of member: Member) throws(DataError) -> [UInt8] {
    let name = "\(path)/\(member.name)"
    // Deflate expands one byte to at most 1032 bytes.
    guard member.size <= 1 << 30, member.size <= 1032 * member.compressedSize + 1032 else {
      throw .invalid(
        path: name, expected: "what \(member.compressedSize) bytes can hold, at most 2³⁰",
        found: "\(member.size) bytes")
    }
    let packed = try packedBytes(of: member, count: member.compressedSize)
    let bytes: [UInt8]
    switch member.method {
    case 0: bytes = packed
    case 8: bytes = try inflatedRaw(packed, size: member.size, name: name)
    default:
      throw .unsuitable(
        path: name, expected: "a stored or deflated file", found: "method \(member.method)",
        fix: "pack it again")
    }
    guard bytes.count == member.size, checksum(of: bytes) == member.checksum else {
      throw .invalid(
        path: name, expected: "\(member.size) bytes with the checksum of the directory",
        found: "others")
    }
    return bytes
  }

  /// Unpacks the first bytes of a member, at most `count`, without verifying the checksum.
  func beginning(of member: Member, count: Int) throws(DataError) -> [UInt8] {
    let packed = try packedBytes(of: member, count: min(member.compressedSize, 1 << 12))
    return member.method == 8
      ? try inflatedBeginning(of: packed, count: count, name: "\(path)/\(member.name)")
      : Array(packed.prefix(count))
  }

  private func packedBytes(of member: Member, count: Int) throws(DataError) -> [UInt8] {
    let name = "\(path)/\(member.name)"
    guard member.flags & 1 == 0 else {
      throw .invalid(path: name, expected: "a file that is not encrypted", found: "one that is")
    }
    let header = Record(try file.bytes(at: member.offset, count: 30))
    guard header.number(0, 4) == 0x0403_4B50 else {
      throw .invalid(path: name, expected: "a file's header", found: "other bytes")
    }
    let start = member.offset + 30 + header.number(26, 2) + header.number(28, 2)
    return try file.bytes(at: start, count: count)
  }
}

// MARK: - The directory

extension ZipArchive {
  /// Returns the record at the end, which may be followed by a comment of up to 65535 bytes.
  private static func endRecord(of file: RandomAccessFile) throws(DataError) -> Record {
    let length = min(file.byteCount, 22 + 0xFFFF)
    let tail = try file.bytes(at: file.byteCount - length, count: length)
    for start in stride(from: length - 22, through: 0, by: -1) {
      let record = Record(tail[start...])
      if record.number(0, 4) == 0x0605_4B50, start + 22 + record.number(20, 2) == length {
        return record
      }
    }
    throw .invalid(
      path: file.path, expected: "a zip file", found: "no directory at its end")
  }

  private static func members(
    in directory: [UInt8], count: Int, path: String
  ) throws(DataError) -> [Member] {
    var members: [Member] = []
    var position = 0
    for _ in 0..<count {
      let record = Record(directory[position...])
      let length = 46 + record.number(28, 2) + record.number(30, 2) + record.number(32, 2)
      guard record.number(0, 4) == 0x0201_4B50, length <= directory.count - position else {
        throw .invalid(
          path: path, expected: "\(count) files in the directory", found: "\(members.count)")
      }
      let nameStart = position + 46
      let name = directory[nameStart..<nameStart + record.number(28, 2)]
      position += length
      // Folders end in a slash.
      guard name.last != UInt8(ascii: "/") else { continue }
      // The mode of the file, if the archive was made on Unix, which has number 3.
      let mode = record.number(5, 1) == 3 ? record.number(40, 2) : 0
      members.append(
        Member(
          rawName: Array(name), isLink: mode & 0xF000 == 0xA000, flags: record.number(8, 2),
          method: record.number(10, 2), checksum: UInt32(record.number(16, 4)),
          compressedSize: record.number(20, 4), size: record.number(24, 4),
          offset: record.number(42, 4)))
    }
    return members
  }

  /// Throws if two members, or a member and the directory, overlap.
  private static func requireSeparation(
    of members: [Member], directory: Int, path: String
  ) throws(DataError) {
    let sorted = members.sorted { $0.offset < $1.offset }
    for (index, member) in sorted.enumerated() {
      let next = index + 1 < sorted.count ? sorted[index + 1].offset : directory
      // A header has 30 bytes, and the name.
      guard member.offset + 30 + member.rawName.count + member.compressedSize <= next else {
        throw .invalid(
          path: path, expected: "members one after the other",
          found: "'\(member.name)', which reaches into what follows")
      }
    }
  }
}

/// A reader of little-endian numbers. Bytes beyond the end count as zeros, which match no
/// signature.
private struct Record {
  private let bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  func number(_ offset: Int, _ length: Int) -> Int {
    (0..<length).reduce(0) { sum, index in
      let position = bytes.startIndex + offset + index
      return sum | (position < bytes.endIndex ? Int(bytes[position]) : 0) << (8 * index)
    }
  }
}
