// SPDX-License-Identifier: MIT

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
  var size: Int

  init(_ name: String, _ bytes: [UInt8]) {
    (self.name, self.bytes, packed, size) = (name, bytes, bytes, bytes.count)
  }
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
    files += little(0x0403_4B50, 4) + common + little(3, 2) + name + [1, 2, 3] + entry.packed
  }
  let count = little(entries.count, 2)
  return files + directory + little(0x0605_4B50, 4) + little(0, 4) + count + count
    + little(directory.count, 4) + little(files.count, 4) + little(comment.utf8.count, 2)
    + Array(comment.utf8)
}
