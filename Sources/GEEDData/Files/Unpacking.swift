// SPDX-License-Identifier: MIT

/// Functions that extract files from archives into one flat folder, each file atomically.
package enum Unpacking {
  /// Extracts the files whose names end in `suffix` from a zip or tar.gz file.
  ///
  /// Folders in the archive are ignored, so nothing is written outside `folder`.
  ///
  /// - Returns: The names of the files.
  /// - Throws: ``DataError`` if the archive is damaged or holds no such file, or a file cannot be
  ///   written.
  package static func files(
    endingIn suffix: String, of path: String, to folder: String
  ) throws(DataError) -> [String] {
    let names =
      path.hasSuffix(".zip")
      ? try fromZip(path, endingIn: suffix, to: folder)
      : try fromTar(path, endingIn: suffix, to: folder)
    guard !names.isEmpty else {
      throw .invalid(path: path, expected: "files that end in '\(suffix)'", found: "none")
    }
    return names
  }

  /// The maximum size of an inflated tar file: 16 GiB.
  private static let greatestTarSize = 1 << 34

  private static func fromZip(
    _ path: String, endingIn suffix: String, to folder: String
  ) throws(DataError) -> [String] {
    let archive = try ZipArchive(path: path)
    var names: [String] = []
    for member in archive.members where member.name.hasSuffix(suffix) {
      let name = lastComponent(of: member.name)
      try writeAtomically(archive.bytes(of: member), to: "\(folder)/\(name)")
      names.append(name)
    }
    return names
  }

  /// Reads blocks of 512 bytes: a header with name, size in octal and kind, then the file.
  private static func fromTar(
    _ path: String, endingIn suffix: String, to folder: String
  ) throws(DataError) -> [String] {
    let file = try RandomAccessFile.opening(path, expected: "a tar file") { _ in greatestTarSize }
    var names: [String] = []
    var position = 0
    while position + 512 <= file.byteCount {
      let header = try file.bytes(at: position, count: 512)
      position += 512
      guard header.contains(where: { $0 != 0 }) else { break }
      let sizeText = header[124..<136].filter { (0x30...0x37).contains($0) }
      guard let size = Int(String(decoding: sizeText, as: UTF8.self), radix: 8),
        size <= file.byteCount - position
      else {
        throw .invalid(
          path: path, expected: "a tar file", found: "a header without size at byte \(position)")
      }
      let name = lastComponent(
        of: String(decoding: header.prefix { $0 != 0 }.prefix(100), as: UTF8.self))
      // Old archives mark a file with a zero byte.
      let isFile = header[156] == 0 || header[156] == UInt8(ascii: "0")
      if isFile, name.hasSuffix(suffix) {
        try writeAtomically(file.bytes(at: position, count: size), to: "\(folder)/\(name)")
        names.append(name)
      }
      position += (size + 511) / 512 * 512
    }
    return names
  }
}
