// SPDX-License-Identifier: MIT
// Microsoft's documentation of bitmap headers and of bitmap compression; where files are not clear, as
// Pillow's BmpImagePlugin.py.

import CGEEDImage

/// A BMP file: 1, 4, 8, 16, 24 or 32 bits a pixel, plain, run-length encoded or with masks, from the
/// bottom or the top. Alpha is dropped; the image is RGB.
struct BMPDecoder {
  private let bytes: [UInt8]
  private let name: String
  private let headerSize: Int
  private let width: Int
  private let height: Int
  private let isTopDown: Bool
  private let bits: Int
  private let compression: Compression
  /// The offset of the palette, or of the pixels if there is none.
  private let tableStart: Int
  private let colorCount: Int

  private enum Compression: Int {
    case none, runs8, runs4, masks
  }

  /// The size of an entry of the palette, in bytes: blue, green, red, and nothing or a reserved byte.
  private var entrySize: Int { headerSize == 12 ? 3 : 4 }

  /// Whether bytes begin with the mark, four reserved bytes and a header of a known size.
  static func hasHeader(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 18 && bytes.starts(with: Array("BM".utf8))
      && bytes[6...9].allSatisfy { $0 == 0 }
      && [12, 40, 52, 56, 64, 108, 124].contains(bytes[14]) && bytes[15...17].allSatisfy { $0 == 0 }
  }

  /// Reads the header of a file that ``hasHeader(_:)``.
  init(_ bytes: [UInt8], name: String) throws(DataError) {
    self.bytes = bytes
    self.name = name
    headerSize = Int(bytes[14])
    guard bytes.count >= 14 + headerSize else {
      throw .truncated(path: name, expectedBytes: 14 + headerSize, foundBytes: bytes.count)
    }
    func number(_ offset: Int, _ length: Int) -> Int {
      bytes[offset..<offset + length].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    let isOld = headerSize == 12
    width = isOld ? number(18, 2) : number(18, 4)
    let rows = isOld ? number(20, 2) : Int(Int32(truncatingIfNeeded: number(22, 4)))
    (height, isTopDown) = (abs(rows), rows < 0)
    bits = isOld ? number(24, 2) : number(28, 2)
    let code = isOld ? 0 : number(30, 4)
    guard let compression = Compression(rawValue: code),
      Self.isKnown(compression, bits: bits), compression != .masks || headerSize != 64
    else {
      throw .undecodable(
        path: name, format: "BMP",
        reason: "its \(bits) bits a pixel with compression \(code) are not read")
    }
    self.compression = compression
    let declared = isOld ? 0 : number(46, 4)
    colorCount = bits > 8 ? 0 : declared == 0 ? 1 << bits : declared
    guard colorCount <= 65_536 else {
      throw .undecodable(
        path: name, format: "BMP", reason: "it has a palette of \(colorCount) colors")
    }
    tableStart = 14 + headerSize + (compression == .masks && headerSize == 40 ? 12 : 0)
    try DecodedImage.requireSize(width: width, height: height, format: .bmp, name: name)
  }

  private static func isKnown(_ compression: Compression, bits: Int) -> Bool {
    switch compression {
    case .none: [1, 4, 8, 16, 24, 32].contains(bits)
    case .runs8: bits == 8
    case .runs4: bits == 4
    case .masks: [16, 24, 32].contains(bits)
    }
  }

  func image() throws(DataError) -> DecodedImage {
    let pixels =
      switch compression {
      case .runs8, .runs4: colors(of: try runs())
      case .none where bits <= 8: colors(of: try indices())
      case .none, .masks: try maskedPixels()
      }
    return DecodedImage(
      width: width, height: height, channels: 3, samples: .bytes(pixels))
  }

  private func number(_ offset: Int, _ length: Int) -> Int {
    guard offset + length <= bytes.count else { return 0 }
    return bytes[offset..<offset + length].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// The offset of the pixels, which some files state as that of the palette, or as 0.
  private var pixelStart: Int {
    let (stated, end) = (number(10, 4), tableStart + entrySize * colorCount)
    return stated == 0 || stated == 14 + headerSize && bits <= 8 ? end : stated
  }

  // MARK: Palettes

  /// The colors of indices, in the order of the image; colors that the palette lacks are black.
  private func colors(of indices: [UInt8]) -> [UInt8] {
    var palette = [UInt8](repeating: 0, count: 3 * 256)
    for index in 0..<min(colorCount, 256) {
      for channel in 0..<3 {
        palette[3 * index + channel] = UInt8(
          number(tableStart + entrySize * index + 2 - channel, 1))
      }
    }
    return [UInt8](unsafeUninitializedCapacity: 3 * indices.count) { target, count in
      for index in indices {
        for channel in 0..<3 {
          target.initializeElement(at: count, to: palette[3 * Int(index) + channel])
          count += 1
        }
      }
    }
  }

  /// The row of the file that a row of the image is in.
  private func storedRow(_ row: Int) -> Int { isTopDown ? row : height - 1 - row }

  /// The length of a row in bytes, which is padded to 32 bits.
  private var stride: Int { (width * bits + 31) / 32 * 4 }

  private func requirePixels() throws(DataError) {
    let end = pixelStart + stride * height
    guard end <= bytes.count else {
      throw .truncated(path: name, expectedBytes: end, foundBytes: bytes.count)
    }
  }

  private func indices() throws(DataError) -> [UInt8] {
    try requirePixels()
    let (perByte, mask) = (8 / bits, UInt8((1 << bits) - 1))
    return (0..<height).flatMap { row in
      let start = pixelStart + stride * storedRow(row)
      return (0..<width).map { column in
        bytes[start + column / perByte] >> UInt8(bits * (perByte - 1 - column % perByte)) & mask
      }
    }
  }

  // MARK: Run lengths

  /// Decodes runs; pixels that are skipped have index 0.
  private func runs() throws(DataError) -> [UInt8] {
    var indices = [UInt8](repeating: 0, count: width * height)
    var (row, column, position) = (0, 0, pixelStart)
    func damage(_ reason: String) -> DataError {
      .undecodable(path: name, format: "BMP", reason: reason)
    }
    func store(_ index: UInt8) {
      if row < height, column < width { indices[storedRow(row) * width + column] = index }
      column += 1
    }
    while row < height {
      guard position + 2 <= bytes.count else {
        throw damage("it ends in row \(row + 1) of \(height)")
      }
      let (count, value) = (Int(bytes[position]), bytes[position + 1])
      position += 2
      switch (count, value) {
      case (0, 0): (row, column) = (row + 1, 0)
      case (0, 1):
        guard row == height - 1 else {
          throw damage("its pixels end in row \(row + 1) of \(height)")
        }
        row = height
      case (0, 2):
        guard position + 2 <= bytes.count else { throw damage("it ends within a command") }
        (row, column) = (row + Int(bytes[position + 1]), column + Int(bytes[position]))
        position += 2
      case (0, _):
        let length = compression == .runs4 ? (Int(value) + 1) / 2 : Int(value)
        guard position + length <= bytes.count else { throw damage("it ends within a run") }
        for offset in 0..<Int(value) {
          store(index(in: bytes[position + (compression == .runs4 ? offset / 2 : offset)], offset))
        }
        // Runs begin at even positions.
        position += length + (length % 2)
      case (_, _):
        for offset in 0..<count { store(index(in: value, offset)) }
      }
      // A last row need not be ended.
      if row == height - 1, column >= width { row = height }
    }
    return indices
  }

  /// The index at an offset of a run: the byte, or one half of it after the other.
  private func index(in byte: UInt8, _ offset: Int) -> UInt8 {
    compression == .runs8 ? byte : offset % 2 == 0 ? byte >> 4 : byte & 15
  }

  // MARK: Masks

  /// The bits of red, green and blue in a pixel.
  private var masks: [Int] {
    let usual = bits == 16 ? [0x7C00, 0x3E0, 0x1F] : [0xFF_0000, 0xFF00, 0xFF]
    guard compression == .masks else { return usual }
    let stated = (0..<3).map { number(54 + 4 * $0, 4) }
    return stated.allSatisfy { $0 == 0 } ? usual : stated
  }

  private func maskedPixels() throws(DataError) -> [UInt8] {
    try requirePixels()
    let fields = masks.map { (shift: $0.trailingZeroBitCount, mask: $0) }
    for (shift, mask) in fields {
      // The bits of a mask are adjacent if adding the lowest clears them all.
      guard mask > 0, mask >> shift & (mask >> shift + 1) == 0, mask < 1 << bits else {
        throw .undecodable(path: name, format: "BMP", reason: "its masks of colors are not read")
      }
    }
    let size = bits / 8
    return [UInt8](unsafeUninitializedCapacity: 3 * width * height) { target, count in
      for row in 0..<height {
        var position = pixelStart + stride * storedRow(row)
        for _ in 0..<width {
          var pixel = 0
          for offset in 0..<size { pixel |= Int(bytes[position + offset]) << (8 * offset) }
          position += size
          for (shift, mask) in fields {
            let sample = UInt8((pixel & mask) >> shift * 255 / (mask >> shift))
            target.initializeElement(at: count, to: sample)
            count += 1
          }
        }
      }
    }
  }
}

extension DecodedImage {
  /// Throws if a size is outside of what is read.
  static func requireSize(
    width: Int, height: Int, format: ImageFormat, name: String
  ) throws(DataError) {
    var message = [CChar](repeating: 0, count: Int(GEED_MESSAGE_SIZE))
    guard geed_check_size(UInt64(width), UInt64(height), &message) else {
      throw .undecodable(path: name, format: format.rawValue, reason: text(of: message))
    }
  }
}
