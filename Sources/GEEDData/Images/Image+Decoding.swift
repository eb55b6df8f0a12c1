// SPDX-License-Identifier: MIT

import GEED
import CGEEDImage

extension Image {
  /// Reads an image file of an ``ImageFormat``.
  ///
  /// The format is recognized by the first bytes, whatever the name. Grey files give one channel,
  /// all others three: palettes are looked up, CMYK is converted, alpha is dropped, and 16 bits are
  /// reduced to the upper eight. The pixels are those of Pillow's `ImageOps.exif_transpose`
  /// followed by `convert("RGB")` (`"L"` for grey): the orientation, which is given by EXIF in a
  /// JPEG, PNG or WebP file and by tag 274 in a TIFF file, is applied. Only the first of several
  /// pages or frames is read.
  package init(
    contentsOf path: String, orientation: Preprocessing.Orientation = .apply
  ) throws(DataError) {
    let file = try DataFile(opening: path, expected: "an image")
    try self.init(decoding: file.imageBytes(), name: path, orientation: orientation)
  }

  /// Decodes a file that is in memory, whose name in errors is `name`.
  package init(
    decoding bytes: [UInt8], name: String = "image", orientation: Preprocessing.Orientation = .apply
  ) throws(DataError) {
    let decoded = try DecodedImage(decoding: bytes, name: name, orientation: orientation)
    let pixels: [UInt8]
    switch decoded.samples {
    case .bytes(let bytes): pixels = bytes
    case .words(let words): pixels = words.map { UInt8($0 >> 8) }
    case .floats:
      throw .unsuitable(
        path: name, expected: "an image of 8 or 16 bits", found: "floating-point numbers",
        fix: "read it as a data set, which keeps them")
    }
    self.init(
      width: decoded.width, height: decoded.height, channels: decoded.channels, pixels: pixels)
  }
}

extension DataFile {
  /// The whole file, of at most 1 GiB.
  func imageBytes() throws(DataError) -> [UInt8] { try bytes(atMost: 1 << 30, of: "an image") }
}

/// Returns the characters of a C message up to its terminating zero.
func text(of message: [CChar]) -> String {
  String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
