// SPDX-License-Identifier: MIT

import GEED

extension ArrayContainer {
  /// Lists the arrays of an `.npz` file, a zip file of `.npy` files; other files in it are left out.
  ///
  /// An array that is not compressed is read from its place in the file. A compressed one, of at
  /// most 16 GiB, is unpacked to a temporary file when it is opened.
  init(npz path: String) throws(DataError) {
    _ = try DataFile(opening: path, expected: "a NumPy archive")
    let archive = try Archive(path: path)
    var entries: [Entry] = []
    for member in archive.members where member.kind == .file {
      guard member.name.hasSuffix(".npy") else { continue }
      entries.append(try Self.entry(member, of: archive))
    }
    try self.init(path: path, entries: entries)
  }

  private static func entry(
    _ member: Archive.Member, of archive: Archive
  ) throws(DataError) -> Entry {
    let path = "\(archive.path)/\(member.name)"
    let beginning = try archive.beginning(
      of: member, count: min(member.size, NumPyHeader.greatestByteCount))
    let name = String(member.name.dropLast(4))
    do throws(DataError) {
      let header = try NumPyHeader(named: path, byteCount: beginning.count) { offset, count in
        Array(beginning.dropFirst(offset).prefix(count))
      }
      return Entry(
        name: name, shape: header.shape, typeName: "'\(header.typeCode)'",
        element: ArrayElement(numPy: header.typeCode)
      ) { () throws(DataError) in
        let (file, range) = try archive.contents(of: member)
        return try ArrayRows(npy: file, range: range, path: path)
      }
    } catch {
      // Such as an array of records. It need not be the one that is read.
      return Entry(name: name, shape: [], typeName: "not numbers", element: nil) {
        () throws(DataError) in throw error
      }
    }
  }
}
