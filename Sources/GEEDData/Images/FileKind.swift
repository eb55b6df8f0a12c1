// SPDX-License-Identifier: MIT

/// An unsupported kind of file, recognized by its first bytes.
struct FileKind: Hashable {
  /// The usual name of the kind, such as "WebP".
  let name: String

  /// The number of bytes that is enough to recognize a kind.
  static let beginningLength = 64

  /// Recognizes the kind; `nil` if it is unknown or can be read.
  init?(of bytes: [UInt8]) {
    let plain = { Self.beginnings.first { bytes.starts(with: $0.bytes) }?.name }
    guard let name = Self.kindOfContainer(bytes) ?? plain() else { return nil }
    self.name = name
  }

  private static let beginnings: [(bytes: [UInt8], name: String)] = [
    (Array("GIF87a".utf8), "GIF"), (Array("GIF89a".utf8), "GIF"),
    (Array("P1\n".utf8), "PBM"), (Array("P4\n".utf8), "PBM"), (Array("P4 ".utf8), "PBM"),
    (Array("P2\n".utf8), "PGM"), (Array("P5\n".utf8), "PGM"), (Array("P5 ".utf8), "PGM"),
    (Array("P3\n".utf8), "PPM"), (Array("P6\n".utf8), "PPM"), (Array("P6 ".utf8), "PPM"),
    (Array("P7\n".utf8), "PAM"), (Array("PF\n".utf8), "PFM"), (Array("Pf\n".utf8), "PFM"),
    ([0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20], "JPEG 2000"), ([0xFF, 0x4F, 0xFF, 0x51], "JPEG 2000"),
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

  /// Recognizes the kinds whose signature is not at the very beginning, or is not sufficient.
  private static func kindOfContainer(_ bytes: [UInt8]) -> String? {
    guard bytes.count >= 12 else { return nil }
    let text = { (range: Range<Int>) in String(decoding: bytes[range], as: UTF8.self) }
    if bytes.starts(with: Array("RIFF".utf8)), text(8..<12) == "WEBP" { return "WebP" }
    if bytes.starts(with: Array("BM".utf8)), bytes.count >= 18,
      bytes[6...9].allSatisfy({ $0 == 0 }),
      [12, 40, 52, 56, 64, 108, 124].contains(bytes[14]), bytes[15] == 0
    {
      return "BMP"
    }
    guard text(4..<8) == "ftyp" else { return nil }
    switch text(8..<12) {
    case "avif", "avis": return "AVIF"
    case "heic", "heix", "hevc", "heim", "heis", "hevx": return "HEIC"
    case "mif1", "msf1":
      let brands = String(decoding: bytes.dropFirst(16).prefix(48), as: UTF8.self)
      return brands.contains("avif") ? "AVIF" : "HEIC"
    default: return "MP4"
    }
  }
}
