// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDData

/// Pixels are those of Pillow's `exif_transpose`; Scripts/fixtures/picture_golden.py made them.
@Suite struct OrientationTests {
  /// Both byte orders, and the types that a reader meets in the wild: SHORT and LONG.
  static let forms = [(true, 3), (false, 3), (true, 4), (false, 4)]

  @Test("JPEG and PNG are turned upright by their EXIF blocks", arguments: ["jpg", "png"], 1...8)
  func upright(kind: String, orientation: Int) throws {
    for (isLittleEndian, type) in Self.forms {
      let block = exifBlock(orientation: orientation, isLittleEndian: isLittleEndian, type: type)
      let image = try Image(decoding: file(kind, block: block))
      #expect(image == (try golden(kind, orientation)), "\(isLittleEndian) \(type)")
    }
  }

  @Test("Ignored, rows stay as they lie in the file", arguments: ["jpg", "png"])
  func ignored(kind: String) throws {
    let bytes = try file(kind, block: exifBlock(orientation: 6))
    let decoded = try DecodedImage(decoding: bytes, name: "a", orientation: .ignore)
    #expect(try decoded.samples.bytes == golden(kind, 1).pixels)
    #expect((decoded.width, decoded.height) == (13, 9))
  }

  @Test("An XMP packet counts where there is no EXIF block, as in Pillow")
  func packet() throws {
    let mark = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
    for text in ["<x tiff:Orientation=\"6\"/>", "<tiff:Orientation>6</tiff:Orientation>"] {
      let bytes = try withSegment(mark + Array(text.utf8))
      #expect(try Image(decoding: bytes) == golden("jpg", 6))
    }
  }

  @Test("The orientation of a TIFF file is tag 274, and can be ignored too")
  func tiff() throws {
    let bytes = try Fixture.bytes("pictures/orientation6.tif")
    let upright = try DecodedImage(decoding: bytes, name: "a", orientation: .apply)
    let stored = try DecodedImage(decoding: bytes, name: "a", orientation: .ignore)
    #expect((upright.width, upright.height) == (stored.height, stored.width))
  }

  @Test("Values that make no sense leave the image as it is", arguments: [0, 9, 255, 65_535])
  func nonsense(value: Int) throws {
    let bytes = try file("jpg", block: exifBlock(orientation: value))
    #expect(try Image(decoding: bytes) == golden("jpg", 1))
  }

  @Test("Of a tag that stands twice the last counts, and lists of values count not")
  func repeated() throws {
    let twice = exifBlock(entries: [(274, 3, 1, 3), (274, 3, 1, 6)])
    #expect(try Image(decoding: file("jpg", block: twice)) == golden("jpg", 6))
    let list = exifBlock(entries: [(274, 3, 2, 6)])
    #expect(try Image(decoding: file("jpg", block: list)) == golden("jpg", 1))
  }

  @Test("Every beginning of an EXIF block gives the image or what the block says, never a crash")
  func truncated() throws {
    let block = exifBlock(orientation: 6)
    let sides = try [golden("jpg", 1), golden("jpg", 6)]
    for count in 0...block.count {
      let image = try Image(decoding: file("jpg", block: Array(block.prefix(count))))
      #expect(sides.contains(image), "\(count) bytes")
    }
  }

  @Test("Hostile offsets and counts are harmless")
  func hostile() throws {
    let block = exifBlock(orientation: 6)
    var generator = SplitMix64(seed: 1)
    for position in block.indices {
      for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
        var damaged = block
        damaged[position] = value
        for kind in ["jpg", "png"] { _ = try Image(decoding: file(kind, block: damaged)) }
      }
    }
    for _ in 0..<500 {
      let noise = (0..<64).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
      _ = try Image(decoding: file("jpg", block: Array("II*\0\u{8}\0\0\0".utf8) + noise))
    }
    // A directory whose successor is itself, with 65535 entries promised.
    let loop: [UInt8] = [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0xFF, 0xFF, 0, 0, 0, 8]
    #expect(try Image(decoding: file("jpg", block: loop)) == golden("jpg", 1))
  }

  // MARK: Files

  private func golden(_ kind: String, _ orientation: Int) throws -> Image {
    let (width, height) = orientation >= 5 ? (9, 13) : (13, 9)
    return Image(
      width: width, height: height, channels: 3,
      pixels: try Fixture.bytes("oriented/\(kind)-\(orientation)-\(width)x\(height).bin"))
  }

  /// The scene with an EXIF block.
  private func file(_ kind: String, block: [UInt8]) throws -> [UInt8] {
    if kind == "jpg" { return try withSegment(Array("Exif\0\0".utf8) + block) }
    let scene = try Fixture.bytes("oriented/scene.png")
    let content = Array("eXIf".utf8) + block
    // Behind the header of 8 and the first chunk of 25 bytes.
    var result = Array(scene[..<33])
    result += [UInt8](bigEndian: block.count)
    result += content
    result += [UInt8](bigEndian: Int(checksum(of: content)))
    result += scene[33...]
    return result
  }

  private func withSegment(_ body: [UInt8]) throws -> [UInt8] {
    let scene = try Fixture.bytes("oriented/scene.jpg")
    let length = 2 + body.count
    var result = Array(scene[..<2])
    result += [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 0xFF)]
    result += body
    result += scene[2...]
    return result
  }
}

extension DecodedImage.Samples {
  /// The samples, if they are bytes.
  fileprivate var bytes: [UInt8]? {
    if case .bytes(let values) = self { values } else { nil }
  }
}

/// An EXIF block with one directory that holds the orientation.
func exifBlock(orientation: Int, isLittleEndian: Bool = true, type: Int = 3) -> [UInt8] {
  exifBlock(entries: [(274, type, 1, orientation)], isLittleEndian: isLittleEndian)
}

/// An EXIF block with one directory of entries: tag, type, count, value.
func exifBlock(
  entries: [(tag: Int, type: Int, count: Int, value: Int)], isLittleEndian: Bool = true
) -> [UInt8] {
  func number(_ value: Int, _ length: Int) -> [UInt8] {
    let little = (0..<length).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return isLittleEndian ? little : little.reversed()
  }
  var block = Array((isLittleEndian ? "II" : "MM").utf8) + number(42, 2) + number(8, 4)
  block += number(entries.count, 2)
  for entry in entries {
    // Values shorter than four bytes stand at the beginning of the field.
    let length = [1: 1, 3: 2, 4: 4][entry.type] ?? 4
    let value = number(entry.value, length)
    block += number(entry.tag, 2) + number(entry.type, 2) + number(entry.count, 4) + value
    block += Array(repeating: 0, count: 4 - length)
  }
  return block + number(0, 4)
}
