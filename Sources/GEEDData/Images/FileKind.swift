// SPDX-License-Identifier: MIT

/// An unsupported kind of file, recognized by its first bytes.
struct FileKind: Hashable {
  /// The usual name of the kind, such as "WebP".
  let name: String

  /// The number of bytes that is enough to recognize a kind.
  static let beginningLength = 132

  /// Recognizes the kind; `nil` if it is unknown or can be read.
  init?(of bytes: [UInt8]) {
    let plain = { Self.beginnings.first { bytes.starts(with: $0.bytes) }?.name }
    guard let name = plain() ?? Self.kindOfContainer(bytes) else { return nil }
    self.name = name
  }

  private static let beginnings: [(bytes: [UInt8], name: String)] = [
    (Array("P7\n".utf8), "PAM"), (Array("PF\n".utf8), "PFM"), (Array("Pf\n".utf8), "PFM"),
    ([0, 0, 0, 12, 0x4A, 0x58, 0x4C, 0x20], "JPEG XL"), ([0xFF, 0x0A], "JPEG XL"),
    (Array("8BPS".utf8), "Photoshop"), ([0x76, 0x2F, 0x31, 0x01], "OpenEXR"),
    (Array("#?RADIANCE".utf8), "Radiance"), (Array("qoif".utf8), "QOI"),
    (Array("%PDF".utf8), "PDF"), (Array("%!PS".utf8), "PostScript"),
    (Array("SIMPLE  =".utf8), "FITS"), ([0x93] + Array("NUMPY".utf8), "NumPy"),
    ([0x89] + Array("HDF\r\n".utf8), "HDF5"), ([0x50, 0x4B, 3, 4], "zip"), ([0x1F, 0x8B], "gzip"),
    (Array("SQLite format 3".utf8), "SQLite"), (Array("version https://git-lfs".utf8), "Git LFS"),
    (Array("<!DOCTYPE html".utf8), "HTML"), (Array("<!doctype html".utf8), "HTML"),
    (Array("<html".utf8), "HTML"), (Array("<svg".utf8), "SVG"), (Array("<?xml".utf8), "XML"),
  ]

  /// Recognizes the kinds whose signature is not at the very beginning.
  private static func kindOfContainer(_ bytes: [UInt8]) -> String? {
    if bytes.count >= 12, bytes[4..<8].elementsEqual("ftyp".utf8) { return "MP4" }
    // 128 bytes of anything come before the mark.
    let isDICOM = bytes.count >= 132 && bytes[128..<132].elementsEqual("DICM".utf8)
    return isDICOM ? "DICOM" : nil
  }
}
