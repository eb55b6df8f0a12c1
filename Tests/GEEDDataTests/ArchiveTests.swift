// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDData

@Suite struct ArchiveTests {
  /// 40 letters "a", as zlib's deflate packs them without a header (`zlib.compressobj(wbits=-15)`).
  private var deflated: ZipEntry {
    var entry = ZipEntry("deep/a.txt", Array(repeating: UInt8(ascii: "a"), count: 40))
    (entry.packed, entry.method) = ([0x4B, 0x4C, 0x24, 0x0E, 0x00, 0x00], 8)
    return entry
  }

  private func withArchive<Result>(
    _ bytes: [UInt8], _ body: (String) throws -> Result
  ) throws -> Result {
    try withTemporaryFolder { folder in
      try write(bytes, to: "\(folder)/a.zip")
      return try body("\(folder)/a.zip")
    }
  }

  @Test("Stored and deflated files come out, folders and a comment do not matter")
  func members() throws {
    let entries = [ZipEntry("deep/", []), ZipEntry("b", [1, 2, 3]), deflated]
    try withArchive(zip(entries, comment: "PK\u{5}\u{6} and a few words more")) { path in
      let archive = try Archive(path: path)
      #expect(archive.members.map(\.name) == ["b", "deep/a.txt"])
      #expect(try archive.bytes(of: archive.members[0]) == [1, 2, 3])
      #expect(try archive.bytes(of: archive.members[1]) == deflated.bytes)
    }
  }

  @Test("Every way of cutting an archive short is an error")
  func truncated() throws {
    let whole = zip([ZipEntry("b", [1, 2, 3]), deflated])
    for length in 0..<whole.count {
      try withArchive(Array(whole.prefix(length))) { path in
        _ = try dataError { _ = try Archive(path: path) }
      }
    }
  }

  @Test("No byte that is changed leads to a crash", arguments: [0x00, 0xFF, 0x80] as [UInt8])
  func damaged(value: UInt8) throws {
    let whole = zip([ZipEntry("b", [1, 2, 3]), deflated])
    for position in whole.indices {
      var bytes = whole
      bytes[position] = value
      try withArchive(bytes) { path in
        do {
          let archive = try Archive(path: path)
          for member in archive.members { _ = try archive.bytes(of: member) }
        } catch is DataError {
          // What is expected of most.
        }
      }
    }
  }

  @Test("A size that so many bytes cannot make is refused before there is memory for it")
  func bomb() throws {
    var entry = deflated
    entry.size = 1 << 30
    let error = try withArchive(zip([entry])) { path in
      try dataError {
        let archive = try Archive(path: path)
        _ = try archive.bytes(of: archive.members[0])
      }
    }
    #expect(error.description.contains("found 1073741824 bytes"))
  }

  @Test(
    "What is not read is named",
    arguments: [
      (0, 1, "not encrypted"), (2, 0, "Unsupported ZIP compression method (2"),
    ])
  func unsupported(method: Int, flags: Int, message: String) throws {
    var entry = ZipEntry("b", [1, 2, 3])
    (entry.method, entry.flags) = (method, flags)
    let error = try withArchive(zip([entry])) { path in
      try dataError {
        let archive = try Archive(path: path)
        _ = try archive.bytes(of: archive.members[0])
      }
    }
    #expect(error.description.contains(message), "\(error)")
  }

  @Test("Bytes that differ from the checksum are an error")
  func otherBytes() throws {
    var entry = ZipEntry("b", [1, 2, 3])
    entry.packed = [1, 2, 4]
    let error = try withArchive(zip([entry])) { path in
      try dataError {
        let archive = try Archive(path: path)
        _ = try archive.bytes(of: archive.members[0])
      }
    }
    #expect(error.description.contains("a.zip/b' as zip: ZIP bad CRC: "))
  }

  @Test func noArchive() throws {
    let error = try withArchive(Array(repeating: 7, count: 100)) { path in
      try dataError { _ = try Archive(path: path) }
    }
    #expect(error.description.contains("expected a zip file, but found no directory at its end"))
    #expect(try dataError { _ = try Archive(path: "/nowhere.zip") }.isMissing)
  }

  @Test("Members that share bytes, as in archives made to fill disks, are refused")
  func overlap() throws {
    var bytes = zip([ZipEntry("a", [1, 2, 3]), ZipEntry("a", [1, 2, 3])])
    // The second entry of the directory points to the first file: its offset is the number before the
    // name, which is one byte long and followed by the record at the end.
    let end = bytes.count - 22
    bytes.replaceSubrange(end - 5..<end - 1, with: [0, 0, 0, 0])
    let error = try withArchive(bytes) { path in
      try dataError { _ = try Archive(path: path) }
    }
    #expect(
      error.description.hasSuffix(
        "expected 2 files one after the other, as in the directory, but found 1."))
  }

  /// The header of "b" has 36 bytes, and its data 3, so its entry of the directory begins at byte 39;
  /// the names are at bytes 30 and 85.
  @Test(
    "A header that does not agree with the directory is refused, by the name of the member",
    arguments: [(6, 1), (8, 8), (14, 9), (18, 2), (22, 2), (30, 7), (55, 9), (59, 2), (63, 2)])
  func disagreement(position: Int, value: UInt8) throws {
    var bytes = zip([ZipEntry("b", [1, 2, 3])])
    #expect(bytes[30] == UInt8(ascii: "b") && bytes[85] == UInt8(ascii: "b"))
    #expect(bytes[position] != value)
    bytes[position] = value
    let error = try withArchive(bytes) { path in try dataError { _ = try Archive(path: path) } }
    #expect(
      error.description.hasSuffix(
        "/b': expected a header that agrees with the directory of the archive, but found another "
          + "one."))
  }

  @Test("An archive without members is empty, and a folder with content is refused")
  func emptyAndFolder() throws {
    let empty = try withArchive(zip([])) { path in try Archive(path: path) }
    #expect(empty.members.isEmpty)
    let folder = try withArchive(zip([ZipEntry("b/", [1, 2, 3])])) { path in
      try dataError { _ = try Archive(path: path) }
    }
    #expect(
      folder.description.hasSuffix("expected a folder without content, but found 3 bytes."))
  }

  @Test("A member ends before the next begins")
  func quotedHeader() throws {
    // The directory says that "b" lies within the bytes of "a", whose header has 36 bytes.
    let inner = ZipEntry("a", Array(zip([ZipEntry("b", [4, 5, 6])]).prefix(39)))
    var bytes = zip([inner, ZipEntry("b", [4, 5, 6])])
    let end = bytes.count - 22
    bytes.replaceSubrange(end - 5..<end - 1, with: [36, 0, 0, 0])
    try withArchive(bytes) { path in
      let archive = try Archive(path: path)
      let first = try #require(archive.members.first { $0.name == "a" })
      let error = try dataError { _ = try archive.bytes(of: first) }
      #expect(error.description.contains("a.zip/a"), "\(error)")
    }
  }

  @Test("Sizes that follow the data, and names in UTF-8 and other bytes, are read")
  func descriptor() throws {
    var entry = deflated
    entry.flags = 8
    entry.trailer = Array(zip([deflated])[14..<26])
    var named = ZipEntry("ü/é", [7])
    named.flags = 0x800
    let raw = ZipEntry("c", [8])
    var bytes = zip([entry, named, raw])
    // The last name becomes a byte of Latin-1, in the file and in the directory.
    for index in bytes.indices where bytes[index] == UInt8(ascii: "c") { bytes[index] = 0xE9 }
    try withArchive(bytes) { path in
      let archive = try Archive(path: path)
      #expect(archive.members.map(\.name) == ["deep/a.txt", "ü/é", "\\xE9"])
      #expect(
        try archive.members.map { try archive.bytes(of: $0) } == [deflated.bytes, [7], [8]])
    }
  }

  @Test("The beginning of a member is unpacked without the rest")
  func beginning() throws {
    try withArchive(zip([ZipEntry("b", [1, 2, 3]), deflated])) { path in
      let archive = try Archive(path: path)
      #expect(try archive.beginning(of: archive.members[0], count: 2) == [1, 2])
      #expect(try archive.beginning(of: archive.members[0], count: 9) == [1, 2, 3])
      #expect(
        try archive.beginning(of: archive.members[1], count: 7)
          == Array(repeating: UInt8(ascii: "a"), count: 7))
    }
  }
}
