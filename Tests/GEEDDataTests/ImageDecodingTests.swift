// SPDX-License-Identifier: MIT

import Testing

@testable import GEEDData

private struct Size: Decodable {
  let width: Int
  let height: Int
  let channels: Int
}

@Suite struct ImageDecodingTests {
  private static let names =
    (try? Fixture.json("pixels.json", as: [String: Size].self).keys.sorted()) ?? []

  /// Pillow is the reference; where it clips 16-bit grey, the upper eight bits are.
  @Test("Pixels equal the reference's, bit for bit", arguments: names)
  func pixels(name: String) throws {
    let size = try #require(Fixture.json("pixels.json", as: [String: Size].self)[name])
    let image = try Fixture.image(name)
    #expect(image.width == size.width)
    #expect(image.height == size.height)
    #expect(image.channels == size.channels)
    let expected = try Fixture.bytes("pixels/\(name).bin")
    let differences = zip(image.pixels, expected).map { abs(Int($0) - Int($1)) }
    #expect(image.pixels.count == expected.count)
    #expect(differences.max() == 0)
  }

  @Test func thereAreFixtures() {
    #expect(Self.names.count == 41)
  }

  @Test("Every beginning of a file is an error, never a crash", arguments: names)
  func truncation(name: String) throws {
    let bytes = try Fixture.bytes("pictures/\(name)")
    // TIFF puts its directory last here, or leaves padding after it; the other two end with a mark.
    let ending = name.hasSuffix(".tif") ? 16 : 1
    for count in stride(from: 0, through: bytes.count - ending, by: 17) {
      #expect(throws: DataError.self, "the first \(count) bytes") {
        try Image(decoding: Array(bytes.prefix(count)))
      }
    }
  }

  @Test("Damage gives an image or an error, never a crash", arguments: names)
  func damage(name: String) throws {
    let bytes = try Fixture.bytes("pictures/\(name)")
    for position in stride(from: 0, to: bytes.count, by: 37) {
      var damaged = bytes
      damaged[position] ^= 0x55
      _ = try? Image(decoding: damaged)
    }
  }

  @Test("An error carries the decoder's own words")
  func messages() throws {
    let jpeg = try Fixture.bytes("pictures/420.jpg")
    let error = try dataError { _ = try Image(decoding: jpeg.dropLast(40) + [], name: "a.jpg") }
    #expect(error.description == "Could not decode 'a.jpg' as JPEG: Premature end of JPEG file.")
    #expect(!error.isMissing)
    var png = try Fixture.bytes("pictures/rgb.png")
    png[png.count - 13] ^= 1  // the last byte of the checksum before the 12 bytes of IEND
    let other = try dataError { _ = try Image(decoding: png, name: "a.png") }
    #expect(other.description == "Could not decode 'a.png' as PNG: IDAT: CRC error.")
  }

  @Test("A size that no memory holds is refused before anything is allocated")
  func absurdSize() throws {
    var jpeg = try Fixture.bytes("pictures/420.jpg")
    let frame = try #require(jpeg.firstRange(of: [0xFF, 0xC0])?.lowerBound)
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xDC, 0xFF, 0xDC])
    let error = try dataError { _ = try Image(decoding: jpeg) }
    #expect(error.description.contains("65500 x 65500"))
  }

  @Test func missingFile() throws {
    let error = try dataError { _ = try Image(contentsOf: "/nowhere/a.png") }
    #expect(error == .missing(path: "/nowhere/a.png", expected: "an image"))
    #expect(error.isMissing)
  }

  @Test("The kind is told by the first bytes, not by the name")
  func misnamed() throws {
    try withTemporaryFolder { folder in
      try write(Fixture.bytes("pictures/rgb.png"), to: "\(folder)/a.jpg")
      #expect(try Image(contentsOf: "\(folder)/a.jpg") == Fixture.image("rgb.png"))
    }
    let error = try dataError { _ = try Image(decoding: Array("%s%n GIF89b".utf8)) }
    #expect(error.description.contains("expected an image of JPEG, PNG, TIFF"))
  }

  @Test("A folder is not read as an image")
  func folder() throws {
    let error = try dataError { _ = try Image(contentsOf: Fixture.path("pictures")) }
    #expect(error.description.contains("expected a file, but found a folder"))
  }
}
