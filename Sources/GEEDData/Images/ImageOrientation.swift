// SPDX-License-Identifier: MIT
// CIPA DC-008 (Exif 2.32), TIFF 6.0, and the PNG specification (third edition) for the chunk eXIf.

/// The orientation given by the metadata of a JPEG, PNG or WebP file.
///
/// It is tag 274 of the first directory of the EXIF block or, if a JPEG or WebP file has none,
/// `tiff:Orientation` of its XMP packet, as in Pillow's `exif_transpose`. The block is not trusted:
/// a length or an offset outside it ends the search, and no offset is followed twice.
enum ImageOrientation {
  /// Returns the orientation, 1 to 8; it is 1, upright, if the file has none or an invalid one.
  static func ofFile(_ bytes: [UInt8], format: ImageFormat) -> Int {
    switch format {
    case .jpeg: inJPEG(bytes)
    case .png: inPNG(bytes)
    case .webp: inWebP(bytes)
    // HEIC and AVIF files are turned by libheif, and of the others Pillow reads no orientation.
    case .tiff, .gif, .bmp, .pnm, .jpeg2000, .heic, .avif: 1
    }
  }

  /// Searches the segments before the image's data.
  private static func inJPEG(_ bytes: [UInt8]) -> Int {
    let exifMark = Array("Exif\0\0".utf8)
    let packetMark = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
    var exif: [UInt8]?
    var packet: ArraySlice<UInt8>?
    var position = 2
    while position + 4 <= bytes.count, bytes[position] == 0xFF {
      let marker = bytes[position + 1]
      // Any number of 0xFF bytes may precede a marker.
      if marker == 0xFF {
        position += 1
        continue
      }
      // The data begin, or the file ends.
      if marker == 0xDA || marker == 0xD9 { break }
      let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
      guard length >= 2, length <= bytes.count - position - 2 else { break }
      let body = bytes[position + 4..<position + 2 + length]
      if marker == 0xE1, body.starts(with: exifMark) {
        // A block of more than 64 KiB continues in the next segment.
        exif = (exif ?? []) + body.dropFirst(exifMark.count)
      } else if marker == 0xE1, body.starts(with: packetMark) {
        packet = body.dropFirst(packetMark.count)
      }
      position += 2 + length
    }
    return exif.flatMap { inExif($0[...]) } ?? packet.flatMap(inPacket) ?? 1
  }

  /// Returns the value of tag 274 in an EXIF block; `nil` if there is none.
  static func inExif(_ block: ArraySlice<UInt8>) -> Int? {
    guard let tags = TagDirectory(firstOf: block) else { return nil }
    return tags.number(274).map { (1...8).contains($0) ? $0 : 1 }
  }

  /// Returns the value of the first `tiff:Orientation="6"` or `<tiff:Orientation>6` in an XMP
  /// packet.
  private static func inPacket(_ packet: ArraySlice<UInt8>) -> Int? {
    let name = Array("tiff:Orientation".utf8)
    var rest = packet
    while let range = rest.firstRange(of: name) {
      rest = rest[range.upperBound...]
      for beginning in ["=\"", ">"] where rest.starts(with: Array(beginning.utf8)) {
        let digit = rest.dropFirst(beginning.utf8.count).first ?? 0
        if (0x30...0x39).contains(digit) {
          return (1...8).contains(Int(digit) - 0x30) ? Int(digit) - 0x30 : 1
        }
      }
    }
    return nil
  }

  /// Searches the chunks `EXIF` and `XMP `.
  private static func inWebP(_ bytes: [UInt8]) -> Int {
    var exif: ArraySlice<UInt8>?
    var packet: ArraySlice<UInt8>?
    var position = 12
    while bytes.count - position >= 8 {
      let length = bytes[position + 4..<position + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - position - 8 else { break }
      let name = bytes[position..<position + 4]
      let content = bytes[position + 8..<position + 8 + length]
      if name.elementsEqual("EXIF".utf8) {
        let mark = Array("Exif\0\0".utf8)
        exif = content.starts(with: mark) ? content.dropFirst(mark.count) : content
      } else if name.elementsEqual("XMP ".utf8) {
        packet = content
      }
      // Chunks begin at even positions.
      position += 8 + length + length % 2
    }
    return exif.flatMap(inExif) ?? packet.flatMap(inPacket) ?? 1
  }

  private static func inPNG(_ bytes: [UInt8]) -> Int {
    var exif: ArraySlice<UInt8>?
    forEachChunk(ofPNG: bytes) { name, content in
      if name.elementsEqual("eXIf".utf8) { exif = content }
      return exif == nil
    }
    return exif.flatMap(inExif) ?? 1
  }

  /// Calls `body` with the name and content of each chunk until it returns `false`.
  static func forEachChunk(
    ofPNG bytes: [UInt8], _ body: (ArraySlice<UInt8>, ArraySlice<UInt8>) -> Bool
  ) {
    var position = 8
    while bytes.count - position >= 12 {
      let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - position - 12 else { return }
      let content = bytes[position + 8..<position + 8 + length]
      guard body(bytes[position + 4..<position + 8], content) else { return }
      position += 12 + length
    }
  }
}

/// The entries of the first directory of a TIFF file or of an EXIF block, which has the same
/// format.
struct TagDirectory {
  private let bytes: ArraySlice<UInt8>
  private let isLittleEndian: Bool
  private let firstEntry: Int
  private let count: Int

  /// Finds the directory; `nil` if the bytes do not begin like a TIFF file or the directory is
  /// outside them.
  init?(firstOf bytes: ArraySlice<UInt8>) {
    guard bytes.count >= 8 else { return nil }
    if bytes.starts(with: [0x49, 0x49, 42, 0]) {
      isLittleEndian = true
    } else if bytes.starts(with: [0x4D, 0x4D, 0, 42]) {
      isLittleEndian = false
    } else {
      return nil
    }
    self.bytes = bytes
    let offset = Self.number(in: bytes, at: 4, length: 4, isLittleEndian)
    guard let offset, offset <= bytes.count - 2,
      let declared = Self.number(in: bytes, at: offset, length: 2, isLittleEndian)
    else { return nil }
    firstEntry = offset + 2
    // The existing entries of a truncated directory can be read.
    count = min(declared, (bytes.count - firstEntry) / 12)
  }

  /// Whether another directory follows: a further page.
  var hasNext: Bool { (read(firstEntry + 12 * count, 4) ?? 0) != 0 }

  /// The positions of the entries of a tag.
  private func entries(_ tag: Int) -> [Int] {
    (0..<count).map { firstEntry + 12 * $0 }.filter { read($0, 2) == tag }
  }

  /// Returns the value of a tag that holds one integer; the last value if the tag is repeated.
  func number(_ tag: Int) -> Int? {
    let lengths = [1: 1, 3: 2, 4: 4]
    return entries(tag).filter { read($0 + 4, 4) == 1 }.compactMap { entry in
      read(entry + 2, 2).flatMap { lengths[$0] }.flatMap { read(entry + 8, $0) }
    }.last
  }

  /// Returns the first of the 16-bit integers of a tag, such as one for each channel.
  func firstShort(_ tag: Int) -> Int? {
    for entry in entries(tag) where read(entry + 2, 2) == 3 {
      guard let length = read(entry + 4, 4), length > 0 else { continue }
      // Two of them fit into the entry itself.
      return length <= 2 ? read(entry + 8, 2) : read(entry + 8, 4).flatMap { read($0, 2) }
    }
    return nil
  }

  private func read(_ offset: Int, _ length: Int) -> Int? {
    Self.number(in: bytes, at: offset, length: length, isLittleEndian)
  }

  private static func number(
    in bytes: ArraySlice<UInt8>, at offset: Int, length: Int, _ isLittleEndian: Bool
  ) -> Int? {
    guard offset >= 0, offset <= bytes.count - length else { return nil }
    let start = bytes.startIndex + offset
    let part = bytes[start..<start + length]
    return isLittleEndian
      ? part.reversed().reduce(0) { $0 << 8 | Int($1) } : part.reduce(0) { $0 << 8 | Int($1) }
  }
}
