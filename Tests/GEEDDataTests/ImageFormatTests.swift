// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDData

/// Pixels are those of Pillow; Scripts/fixtures/format_golden.py made them.
@Suite struct ImageFormatTests {
  private struct Entry: Decodable {
    let width: Int
    let height: Int
    let channels: Int
    let bits: Int
  }

  private static let entries =
    (try? Fixture.json("formats/index.json", as: [String: Entry].self)) ?? [:]
  private static let names = entries.keys.sorted()
  private static let heifNames = names.filter { $0.hasSuffix(".heic") || $0.hasSuffix(".avif") }
  private static let plainNames = names.filter { !heifNames.contains($0) }

  @Test("Pixels equal Pillow's, bit for bit", arguments: plainNames)
  func pixels(name: String) throws {
    let entry = try #require(Self.entries[name])
    let image = try decoded(name)
    #expect((image.width, image.height) == (entry.width, entry.height))
    #expect(image.channels == entry.channels)
    let expected = try Fixture.bytes("formats/\(name).bin")
    switch image.samples {
    case .bytes(let bytes):
      #expect(entry.bits == 8 && bytes == expected)
    case .words(let words):
      #expect(entry.bits == 16)
      #expect(words.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } == expected)
    case .floats:
      Issue.record("\(name) has floating-point numbers.")
    }
  }

  /// The two libraries round the conversion from YCbCr in different ways.
  @Test("HEIC and AVIF are read where libheif is installed, and refused by its name elsewhere")
  func heif() throws {
    #expect(Self.heifNames.count == 5)
    for name in Self.heifNames {
      let entry = try #require(Self.entries[name])
      do throws(DataError) {
        let image = try Image(decoding: Fixture.readable("formats/\(name)"), name: name)
        #expect((image.width, image.height, image.channels) == (entry.width, entry.height, 3))
        let expected = try Fixture.readable("formats/\(name).bin")
        let differences = zip(image.pixels, expected).map { abs(Int($0) - Int($1)) }
        #expect(image.pixels.count == expected.count)
        #expect((differences.max() ?? 255) <= 2, "\(name)")
      } catch {
        #expect(error.description.contains("libheif"), "\(error)")
      }
    }
  }

  @Test func thereAreFixtures() {
    #expect(Self.plainNames.count == 69)
  }

  /// A GIF file of several frames may end after the first.
  @Test(
    "A truncated file is an error, never a crash",
    arguments: plainNames.filter { $0 != "frames.gif" })
  func truncation(name: String) throws {
    let bytes = try Fixture.bytes("formats/\(name)")
    // GIF, JPEG 2000 and BMP files have an end mark or padding, and text a line break, that holds no
    // pixels.
    for count in stride(from: 0, through: bytes.count - 16, by: 7) {
      #expect(throws: DataError.self, "the first \(count) bytes") {
        try DecodedImage(
          decoding: Array(bytes.prefix(count)), name: "a", orientation: .apply)
      }
    }
  }

  @Test("Damage gives an image or an error, never a crash", arguments: names)
  func damage(name: String) throws {
    let bytes = try Fixture.bytes("formats/\(name)")
    for position in stride(from: 0, to: bytes.count, by: 11) {
      var damaged = bytes
      damaged[position] ^= 0x55
      _ = try? DecodedImage(decoding: damaged, name: "a", orientation: .apply)
    }
  }

  @Test(
    "Sizes that no memory holds are refused before anything is allocated",
    arguments: [
      ("rgb.bmp", 18, [0xFF, 0xFF, 0xFF, 0x7F]), ("palette.gif", 6, [0xFF, 0xFF, 0xFF, 0xFF]),
      ("lossless.webp", 21, [0xFF, 0xFF, 0xFF, 0x0F]), ("rgb.j2k", 8, [0x7F, 0xFF, 0xFF, 0xFF]),
    ] as [(String, Int, [UInt8])])
  func absurdSize(name: String, place: Int, size: [UInt8]) throws {
    var bytes = try Fixture.bytes("formats/\(name)")
    bytes.replaceSubrange(place..<place + size.count, with: size)
    #expect(throws: DataError.self) { try Image(decoding: bytes) }
  }

  @Test("Errors are sentences that name the format and the reason")
  func errors() throws {
    func reason(_ text: String) throws -> String {
      try dataError { _ = try Image(decoding: Array(text.utf8), name: "a") }.description
    }
    #expect(
      try reason("P2 2 2 9\n1 2 3 x")
        == "Could not decode 'a' as PNM: sample 4 of 4 is missing or not of 0 to 9.")
    #expect(try reason("P5 2 2 0\n1234").contains("its white is 0, not 1 to 65535"))
    #expect(try reason("P6 99999 99999 255\n").contains("99999 x 99999 pixels"))
    #expect(
      try reason("P4 1000 1000\n") == "'a' is truncated: expected 125013 bytes, but found 13.")
    #expect(try reason("P1 99999999999 1 ").contains("its header states no width"))
  }

  private static let contents: [(name: String, content: Set<UnreadContent>)] = [
    ("alpha.webp", [.alpha]), ("alphalossless.webp", [.alpha]), ("frames.webp", [.pages]),
    ("alphaframes.webp", [.alpha, .pages]), ("lossy.webp", []), ("transparent.gif", [.alpha]),
    ("frames.gif", [.pages]), ("palette.gif", []), ("rgba.jp2", [.alpha]),
    ("greyalpha.jp2", [.alpha]), ("rgb.jp2", []), ("rgb.j2k", []), ("rgb.bmp", []),
    ("alpha.avif", [.alpha]), ("frames.avif", [.pages]), ("picture.avif", []),
    ("picture.heic", []),
  ]

  @Test("What is not used is known from the header", arguments: contents.map(\.name))
  func unread(name: String) throws {
    let bytes = try Fixture.bytes("formats/\(name)")
    let format = try #require(ImageFormat(of: bytes))
    let content = Self.contents.first { $0.name == name }?.content
    #expect(format.unread(of: bytes) == content)
    for count in 0..<bytes.count { _ = format.unread(of: Array(bytes.prefix(count))) }
  }

  @Test("A text that begins like a grey map is none")
  func text() {
    for text in ["P1 is the first point", "P5", "P6\n\n", "P7 4 4", "P2 # P2"] {
      #expect(ImageFormat(of: Array(text.utf8)) == (text == "P2 # P2" ? .pnm : nil), "\(text)")
    }
  }

  @Test("Kinds that cannot be read are named")
  func kinds() {
    let dicom = Array(repeating: 0 as UInt8, count: 128) + Array("DICM".utf8)
    #expect(FileKind(of: dicom)?.name == "DICOM")
    #expect(FileKind(of: [0xFF, 0x0A, 0])?.name == "JPEG XL")
    #expect(FileKind(of: [0x76, 0x2F, 0x31, 0x01])?.name == "OpenEXR")
    #expect(FileKind(of: Array("\0\0\0\u{18}ftypmp42".utf8))?.name == "MP4")
  }

  private func decoded(_ name: String) throws -> DecodedImage {
    try DecodedImage(
      decoding: Fixture.bytes("formats/\(name)"), name: name, orientation: .apply)
  }
}

extension Fixture {
  /// The bytes of a fixture, as an error of data if there are none.
  fileprivate static func readable(_ name: String) throws(DataError) -> [UInt8] {
    try DataFile(opening: path(name), expected: "a fixture").imageBytes()
  }
}
