// SPDX-License-Identifier: MIT
// The manual pages pbm(5), pgm(5) and ppm(5) of Netpbm.

/// A PBM, PGM or PPM file, with samples as text or as bytes. Bitmaps and grey maps are grey; samples
/// with more than 255 levels become 16 bits.
struct PNMDecoder {
  private let bytes: [UInt8]
  private let name: String
  /// 1 to 6: a bitmap, a grey map or a color map as text, then the same as bytes.
  private let kind: Int
  private let width: Int
  private let height: Int
  /// The white sample.
  private let top: Int
  /// The offset of the samples.
  private let start: Int

  private var isBitmap: Bool { kind == 1 || kind == 4 }
  private var channels: Int { kind == 3 || kind == 6 ? 3 : 1 }
  private var sampleCount: Int { width * height * channels }

  /// Whether bytes begin with the mark of a kind and, after blanks and comments, a digit.
  static func hasHeader(_ bytes: [UInt8]) -> Bool {
    guard bytes.count > 3, bytes[0] == UInt8(ascii: "P"), (0x31...0x36).contains(bytes[1]) else {
      return false
    }
    var position = 2
    skipBlanks(in: bytes, at: &position)
    guard position > 2 else { return false }
    // A long comment may hide the digit.
    return position < bytes.count ? isDigit(bytes[position]) : bytes.contains(UInt8(ascii: "#"))
  }

  /// Reads the header of a file that ``hasHeader(_:)``.
  init(_ bytes: [UInt8], name: String) throws(DataError) {
    self.bytes = bytes
    self.name = name
    kind = Int(bytes[1]) - 0x30
    var position = 2
    func next(_ what: String) throws(DataError) -> Int {
      Self.skipBlanks(in: bytes, at: &position)
      guard let number = Self.number(in: bytes, at: &position) else {
        throw .undecodable(path: name, format: "PNM", reason: "its header states no \(what)")
      }
      return number
    }
    width = try next("width")
    height = try next("height")
    top = kind == 1 || kind == 4 ? 1 : try next("white")
    // One blank ends the header.
    start = position + 1
    guard (1...65_535).contains(top) else {
      throw .undecodable(path: name, format: "PNM", reason: "its white is \(top), not 1 to 65535")
    }
    try DecodedImage.requireSize(width: width, height: height, format: .pnm, name: name)
  }

  func image() throws(DataError) -> DecodedImage {
    if kind >= 5, top == 255 {
      try requireBytes(sampleCount)
      return DecodedImage(
        width: width, height: height, channels: channels,
        samples: .bytes(Array(bytes[start..<start + sampleCount])))
    }
    let samples: [UInt16] =
      switch kind {
      case 1: try bitsOfText()
      case 2, 3: try samplesOfText()
      case 4: try bitsOfBytes()
      default: try samplesOfBytes()
      }
    return DecodedImage(
      width: width, height: height, channels: channels,
      samples: top > 255
        ? .words(samples.map { scaled($0, to: 65_535) })
        : .bytes(samples.map { UInt8(scaled($0, to: 255)) }))
  }

  /// A sample as a part of white, with halves rounded to even as by Python; samples above white are
  /// white.
  private func scaled(_ sample: UInt16, to white: Double) -> UInt16 {
    UInt16(min((Double(sample) / Double(top) * white).rounded(.toNearestOrEven), white))
  }

  // MARK: Bytes

  /// Throws unless there are `count` bytes of samples.
  private func requireBytes(_ count: Int) throws(DataError) {
    guard bytes.count - start >= count else {
      throw .truncated(path: name, expectedBytes: start + count, foundBytes: bytes.count)
    }
  }

  /// Ones are black; rows are padded to whole bytes.
  private func bitsOfBytes() throws(DataError) -> [UInt16] {
    let stride = (width + 7) / 8
    try requireBytes(stride * height)
    return (0..<height).flatMap { row in
      (0..<width).map { column in
        1 - UInt16(bytes[start + row * stride + column / 8] >> UInt8(7 - column % 8) & 1)
      }
    }
  }

  private func samplesOfBytes() throws(DataError) -> [UInt16] {
    guard top > 255 else {
      try requireBytes(sampleCount)
      return bytes[start..<start + sampleCount].map { UInt16($0) }
    }
    try requireBytes(2 * sampleCount)
    return (0..<sampleCount).map {
      UInt16(bytes[start + 2 * $0]) << 8 | UInt16(bytes[start + 2 * $0 + 1])
    }
  }

  // MARK: Text

  private func bitsOfText() throws(DataError) -> [UInt16] {
    try samples { position in
      guard position < bytes.count, [0x30, 0x31].contains(bytes[position]) else { return nil }
      position += 1
      return 0x31 - UInt16(bytes[position - 1])
    }
  }

  private func samplesOfText() throws(DataError) -> [UInt16] {
    try samples { position in
      Self.number(in: bytes, at: &position).flatMap { $0 <= top ? UInt16($0) : nil }
    }
  }

  /// Reads samples between blanks and comments; `next` returns `nil` if there is none.
  private func samples(_ next: (inout Int) -> UInt16?) throws(DataError) -> [UInt16] {
    // The shortest sample is a digit, so a short file cannot ask for much memory.
    try requireBytes(isBitmap ? sampleCount : 2 * sampleCount - 1)
    var samples: [UInt16] = []
    samples.reserveCapacity(sampleCount)
    var position = start - 1
    while samples.count < sampleCount {
      Self.skipBlanks(in: bytes, at: &position)
      guard let sample = next(&position) else {
        throw .undecodable(
          path: name, format: "PNM",
          reason: "sample \(samples.count + 1) of \(sampleCount) is missing or not of 0 to \(top)")
      }
      samples.append(sample)
    }
    return samples
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func skipBlanks(in bytes: [UInt8], at position: inout Int) {
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "#") {
        while position < bytes.count, bytes[position] != 10, bytes[position] != 13 { position += 1 }
      } else if bytes[position] != 32, !(9...13).contains(bytes[position]) {
        return
      } else {
        position += 1
      }
    }
  }

  /// A decimal number of at most ten digits; `nil` if there is none, or a longer one.
  private static func number(in bytes: [UInt8], at position: inout Int) -> Int? {
    let start = position
    var number = 0
    while position < bytes.count, isDigit(bytes[position]) {
      guard position - start < 10 else { return nil }
      number = 10 * number + Int(bytes[position] - 0x30)
      position += 1
    }
    return position > start ? number : nil
  }
}
