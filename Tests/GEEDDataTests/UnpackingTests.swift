// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDData

@Suite struct UnpackingTests {
  /// A tar file of one file; `size` is what its header says.
  private func tar(_ name: String, _ bytes: [UInt8], size: String? = nil) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    header.replaceSubrange(0..<name.utf8.count, with: Array(name.utf8))
    let length = size ?? String(bytes.count, radix: 8)
    header.replaceSubrange(124..<124 + length.utf8.count, with: Array(length.utf8))
    header[156] = UInt8(ascii: "0")
    // The sum of all bytes, in which the eight of the sum itself count as spaces.
    let sum = String(header.reduce(8 * 32) { $0 + Int($1) }, radix: 8)
    header.replaceSubrange(148..<148 + sum.utf8.count, with: Array(sum.utf8))
    return header + bytes + Array(repeating: 0, count: (512 - bytes.count % 512) % 512)
  }

  @Test("Files come out flat, wherever the archive would have them")
  func tarFile() throws {
    try withTemporaryFolder { folder in
      let archive =
        tar("../../a/b.bin", [1, 2]) + tar("c.txt", [3]) + tar("d.bin", [])
        + Array(repeating: 0, count: 1_024)
      try write(archive, to: "\(folder)/x.tar")
      let names = try Unpacking.files(endingIn: ".bin", of: "\(folder)/x.tar", to: folder)
      #expect(names == ["b.bin", "d.bin"])
      #expect(FileManager.default.contents(atPath: "\(folder)/b.bin").map(Array.init) == [1, 2])
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/c.txt"))
    }
  }

  @Test func zipFile() throws {
    try withTemporaryFolder { folder in
      try write(zip([ZipEntry("gzip/a.gz", [5]), ZipEntry("b", [6])]), to: "\(folder)/x.zip")
      #expect(
        try Unpacking.files(endingIn: ".gz", of: "\(folder)/x.zip", to: folder) == ["a.gz"])
      #expect(FileManager.default.contents(atPath: "\(folder)/a.gz").map(Array.init) == [5])
    }
  }

  @Test("A size that the file does not hold is an error", arguments: ["77777777777", "9", ""])
  func hostileSize(size: String) throws {
    try withTemporaryFolder { folder in
      try write(tar("a.bin", [1], size: size), to: "\(folder)/x.tar")
      let error = try dataError {
        _ = try Unpacking.files(endingIn: ".bin", of: "\(folder)/x.tar", to: folder)
      }
      #expect(
        error.description.hasPrefix("Could not decode '\(folder)/x.tar' as tar: "), "\(error)")
    }
  }

  @Test(
    "Fingerprints of an empty file and of three letters",
    arguments: [
      (Digest.Algorithm.md5, "900150983cd24fb0d6963f7d28e17f72"),
      (.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
      (.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
  func digest(algorithm: Digest.Algorithm, expected: String) throws {
    try withTemporaryFolder { folder in
      try write(Array("bc".utf8), to: "\(folder)/bc")
      // The test vectors of RFC 1321 and FIPS 180 for "abc".
      #expect(
        try Digest.hex(ofFile: "\(folder)/bc", by: algorithm, prefix: { _ in "a" }) == expected)
    }
  }
}
