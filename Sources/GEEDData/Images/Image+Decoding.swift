// SPDX-License-Identifier: MIT

import GEED
import CGEEDImage

extension Image {
  /// Reads a JPEG, PNG or TIFF file.
  ///
  /// The format is recognized by the first bytes, whatever the name. Grey files give one channel,
  /// all others three: palettes are looked up, CMYK is converted, alpha is dropped, and 16 bits are
  /// reduced to the upper eight. The pixels are those of Pillow's `ImageOps.exif_transpose`
  /// followed by `convert("RGB")` (`"L"` for grey): the orientation, which is given by EXIF in a
  /// JPEG or PNG file and by tag 274 in a TIFF file, is applied. Only the first of several pages is
  /// read.
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

/// The supported file formats.
enum ImageFormat: String {
  case jpeg = "JPEG"
  case png = "PNG"
  case tiff = "TIFF"

  /// Recognizes the format by the first bytes; `nil` if it is none of these.
  init?(of bytes: [UInt8]) {
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if Self.tiffBeginnings.contains(where: bytes.starts(with:)) {
      self = .tiff
    } else {
      return nil
    }
  }

  /// Little and big endian, classic and BigTIFF.
  private static let tiffBeginnings: [[UInt8]] = [
    [0x49, 0x49, 42, 0], [0x4D, 0x4D, 0, 42], [0x49, 0x49, 43, 0], [0x4D, 0x4D, 0, 43],
  ]

  /// Returns the content of a file that is not used, or is treated differently from other files, as
  /// far as its beginning shows.
  func unread(of bytes: [UInt8]) -> Set<UnreadContent> {
    var result: Set<UnreadContent> = []
    switch self {
    case .jpeg:
      break
    case .png:
      ImageOrientation.forEachChunk(ofPNG: bytes) { name, content in
        // The tenth byte of the header is 4 or 6 for grey or colour with alpha.
        if name.elementsEqual("IHDR".utf8), content.count > 9,
          [4, 6].contains(content[content.startIndex + 9])
        {
          result.insert(.alpha)
        }
        if name.elementsEqual("tRNS".utf8) { result.insert(.alpha) }
        if name.elementsEqual("acTL".utf8) { result.insert(.pages) }
        return !name.elementsEqual("IDAT".utf8)
      }
    case .tiff:
      guard let tags = TagDirectory(firstOf: bytes[...]) else { break }
      if tags.hasNext { result.insert(.pages) }
      if tags.firstShort(339) == 3 { result.insert(.floatingPoint) }
      // White is zero, black is zero, RGB, palette, CMYK, YCbCr.
      let plainCounts = [0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3]
      if let count = tags.number(277), let plain = tags.number(262).flatMap({ plainCounts[$0] }),
        count == plain + 1
      {
        result.insert(.alpha)
      }
    }
    return result
  }

  /// Decodes bytes into memory of C.
  func decode(
    _ bytes: [UInt8], into image: inout geed_picture, _ message: inout [CChar]
  ) -> geed_status {
    switch self {
    case .jpeg: geed_decode_jpeg(&image, bytes, bytes.count, &message)
    case .png: geed_decode_png(&image, bytes, bytes.count, &message)
    case .tiff: geed_decode_tiff(&image, bytes, bytes.count, &message)
    }
  }
}

/// Content that an image file may have besides an image of integers.
enum UnreadContent: CaseIterable {
  /// An alpha channel, or transparent colours.
  case alpha
  /// Further pages, or frames of an animation.
  case pages
  /// Floating-point numbers, which are not scaled.
  case floatingPoint

  /// The note on files with such content.
  var note: String {
    switch self {
    case .alpha: "Transparency is dropped, as Pillow's convert(\"RGB\") does"
    case .pages: "Only the first page or frame is read of images that have several"
    case .floatingPoint:
      "Floating-point images keep their values, while others in the same data are scaled to white"
    }
  }
}

/// Returns the characters of a C message up to its terminating zero.
func text(of message: [CChar]) -> String {
  String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
