// SPDX-License-Identifier: MIT

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

extension ImageFormat {
  /// Whether ``unread(of:)`` needs the whole file: the directory of a TIFF file may be anywhere in
  /// it, and the second frame of a GIF file follows the first.
  var needsAllBytes: Bool { self == .tiff || self == .gif }

  /// Returns the content of a file that is not used, or is treated differently from other files, as
  /// far as its beginning shows.
  func unread(of bytes: [UInt8]) -> Set<UnreadContent> {
    switch self {
    case .jpeg, .bmp, .pnm: []
    case .heic, .avif: Self.unreadOfHEIF(bytes)
    case .png: Self.unreadOfPNG(bytes)
    case .tiff: Self.unreadOfTIFF(bytes)
    case .webp: Self.unreadOfWebP(bytes)
    case .gif: Self.unreadOfGIF(bytes)
    case .jpeg2000: Self.unreadOfJPEG2000(bytes)
    }
  }

  private static func unreadOfPNG(_ bytes: [UInt8]) -> Set<UnreadContent> {
    var result: Set<UnreadContent> = []
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
    return result
  }

  private static func unreadOfTIFF(_ bytes: [UInt8]) -> Set<UnreadContent> {
    guard let tags = TagDirectory(firstOf: bytes[...]) else { return [] }
    var result: Set<UnreadContent> = []
    if tags.hasNext { result.insert(.pages) }
    if tags.firstShort(339) == 3 { result.insert(.floatingPoint) }
    // White is zero, black is zero, RGB, palette, CMYK, YCbCr.
    let plainCounts = [0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3]
    if let count = tags.number(277), let plain = tags.number(262).flatMap({ plainCounts[$0] }),
      count == plain + 1
    {
      result.insert(.alpha)
    }
    return result
  }

  /// Reads the flags of an extended file, or the bit of a lossless one.
  private static func unreadOfWebP(_ bytes: [UInt8]) -> Set<UnreadContent> {
    guard bytes.count > 24 else { return [] }
    var result: Set<UnreadContent> = []
    if bytes[12..<16].elementsEqual("VP8X".utf8) {
      if bytes[20] & 0x10 != 0 { result.insert(.alpha) }
      if bytes[20] & 0x02 != 0 { result.insert(.pages) }
    } else if bytes[12..<16].elementsEqual("VP8L".utf8), bytes[24] & 0x10 != 0 {
      result.insert(.alpha)
    }
    return result
  }

  /// Walks over the blocks up to the second frame.
  private static func unreadOfGIF(_ bytes: [UInt8]) -> Set<UnreadContent> {
    guard bytes.count > 13 else { return [] }
    func paletteLength(_ flags: UInt8) -> Int { flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1) }
    var result: Set<UnreadContent> = []
    var frameCount = 0
    var position = 13 + paletteLength(bytes[10])
    while position + 10 < bytes.count {
      if bytes[position] == 0x21 {
        let isControl = bytes[position + 1] == 0xF9
        if isControl, frameCount == 0, bytes[position + 3] & 1 != 0 { result.insert(.alpha) }
        position += 2
      } else if bytes[position] == 0x2C {
        frameCount += 1
        guard frameCount < 2 else { return result.union([.pages]) }
        position += 11 + paletteLength(bytes[position + 9])
      } else {
        return result
      }
      while position < bytes.count, bytes[position] != 0 { position += 1 + Int(bytes[position]) }
      position += 1
    }
    return result
  }

  /// Looks for an image that is the alpha of another one, and for the brand of image sequences.
  private static func unreadOfHEIF(_ bytes: [UInt8]) -> Set<UnreadContent> {
    var result: Set<UnreadContent> = []
    let kinds = ["urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", "urn:mpeg:hevc:2015:auxid:1"]
    if kinds.contains(where: { bytes.firstRange(of: Array($0.utf8)) != nil }) {
      result.insert(.alpha)
    }
    // The first box lists the brands.
    let length = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    let brands = stride(from: 8, to: min(length, bytes.count) - 3, by: 4).map {
      String(decoding: bytes[$0..<$0 + 4], as: UTF8.self)
    }
    if brands.contains(where: ["avis", "msf1", "hevc", "hevx"].contains) { result.insert(.pages) }
    return result
  }

  /// Looks at the number of channels in the header of the file or of the codestream.
  private static func unreadOfJPEG2000(_ bytes: [UInt8]) -> Set<UnreadContent> {
    let size = Array("ihdr".utf8)
    let start =
      bytes.starts(with: [0xFF, 0x4F]) ? 40 : bytes.firstRange(of: size).map { $0.upperBound + 8 }
    guard let start, start + 1 < bytes.count else { return [] }
    let channels = Int(bytes[start]) << 8 | Int(bytes[start + 1])
    return channels == 2 || channels == 4 ? [.alpha] : []
  }
}
