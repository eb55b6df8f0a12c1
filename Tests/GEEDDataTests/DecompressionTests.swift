// SPDX-License-Identifier: MIT

import Testing

@testable import GEEDData

@Suite struct DecompressionTests {
  /// `gzip -9 -n` of "GEED measures deviation.\n" repeated 4 times.
  private static let member: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x73, 0x77,
    0x75, 0x75, 0x51, 0xC8, 0x4D, 0x4D, 0x2C, 0x2E, 0x2D, 0x4A, 0x2D, 0x56,
    0x48, 0x49, 0x2D, 0xCB, 0x4C, 0x2C, 0xC9, 0xCC, 0xCF, 0xD3, 0xE3, 0x72,
    0xA7, 0x9E, 0x04, 0x00, 0x65, 0x8C, 0x91, 0x6D, 0x64, 0x00, 0x00, 0x00,
  ]
  private static let content = Array(String(repeating: "GEED measures deviation.\n", count: 4).utf8)

  private func inflated(_ bytes: [UInt8]) throws -> [UInt8] {
    try withTemporaryFolder { folder in
      try write(bytes, to: "\(folder)/a.gz")
      let file = try DataFile.opening("\(folder)/a.gz", expected: "a file") { _ in nil }
      return try file.bytes()
    }
  }

  @Test("One member, and several in a row")
  func members() throws {
    #expect(try inflated(Self.member) == Self.content)
    #expect(try inflated(Self.member + Self.member) == Self.content + Self.content)
  }

  @Test("Zeros may fill up a file; other bytes after the members are refused")
  func rest() throws {
    let zeros = [UInt8](repeating: 0, count: 600)
    #expect(try inflated(Self.member + zeros) == Self.content)
    for rest in [[7], [0, 7], zeros + Self.member] as [[UInt8]] {
      let error = try dataError { _ = try inflated(Self.member + rest) }
      #expect(error.description.hasSuffix("as gzip: other bytes follow the compressed ones."))
    }
  }

  @Test("What does not begin like a compressed file is named", arguments: ["gz", "bz2", "zst"])
  func plain(ending: String) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.tar.\(ending)"
      try writeArchive([("a", Self.content)], format: "pax", filter: "tar", to: path)
      let tar = try dataError { _ = try Archive(path: path) }
      let formats = ending == "gz" ? "gzip" : "bzip2, xz or zstd"
      #expect(
        tar.description
          == "'\(path)': expected a file compressed by \(formats), but found a plain tar file.")
      try write(zip([ZipEntry("b", [1])]), to: path)
      #expect(try dataError { _ = try Archive(path: path) }.description.hasSuffix("found zip."))
    }
  }

  @Test("More than one chunk on either side")
  func chunks() throws {
    let members = Array(repeating: Self.member, count: 12_000).flatMap(\.self)
    #expect(try inflated(members).count == 12_000 * Self.content.count)
  }

  @Test("Every beginning is an error")
  func truncated() throws {
    for count in 0..<Self.member.count {
      let error = try dataError { _ = try inflated(Array(Self.member.prefix(count))) }
      #expect(error.description.hasSuffix("as gzip: the file ends too early."))
    }
  }

  @Test("Damage is reported in zlib's words")
  func damaged() throws {
    var bytes = Self.member
    bytes[bytes.count - 6] ^= 1
    let error = try dataError { _ = try inflated(bytes) }
    #expect(error.description.hasSuffix("as gzip: incorrect data check."))
    #expect(throws: DataError.self) { try inflated([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) }
  }

  @Test("Files of bzip2, xz and zstd are unpacked too", arguments: ["bz2", "xz", "zst"])
  func otherFormats(ending: String) throws {
    try withTemporaryFolder { folder in
      try writeArchive(
        [("a", Self.content)], format: "raw", filter: ending, to: "\(folder)/a.\(ending)")
      let file = try DataFile.opening("\(folder)/a.\(ending)", expected: "a file") { _ in
        nil
      }
      #expect(try file.bytes() == Self.content)
      try write([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], to: "\(folder)/b.\(ending)")
      let error = try dataError {
        _ = try DataFile.opening("\(folder)/b.\(ending)", expected: "a file") { _ in 5 }
      }
      #expect(error.description.contains("b.\(ending)"))
    }
  }

  @Test("No more is inflated than what it holds promises")
  func limit() throws {
    try withTemporaryFolder { folder in
      try write(Self.member + Self.member, to: "\(folder)/a.gz")
      func open(limit: Int) throws -> Int {
        try DataFile.opening("\(folder)/a.gz", expected: "a file") { beginning in
          beginning.count < 50 ? nil : limit
        }.byteCount
      }
      #expect(try open(limit: 200) == 200)
      let error = try dataError { _ = try open(limit: 199) }
      #expect(error.description.hasSuffix("but found more than that when it is inflated."))
    }
  }
}
