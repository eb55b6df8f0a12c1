// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDData

@Suite struct GlyphsTests {
  /// FNV-1a over the pixels of the first examples.
  private func hash(_ split: DataSplit) -> UInt64 {
    (0..<100).flatMap { Glyphs.image(at: $0, split: split).pixels }
      .reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  @Test("The pixels are the same on every machine and for good")
  func pinned() {
    #expect(hash(.test) == 15_692_852_764_570_002_644)
    #expect(hash(.train) == 8_373_872_305_954_902_909)
  }

  @Test("Values in 0...1, ten classes in turn")
  func dataset() throws {
    let glyphs = try Glyphs()
    #expect(glyphs.count == 10_000)
    #expect(glyphs.exampleShape == [1, 28, 28])
    #expect(Glyphs.classNames.count == 10)
    for index in [0, 1, 17, 9_999] {
      let example = try glyphs.example(at: index)
      #expect(example.scalars.allSatisfy { (0...1).contains($0) })
      #expect((example.scalars.max() ?? 0) > 0.75)
      #expect(glyphs.label(at: index) == index % 10)
    }
    #expect(
      try Glyphs(preprocessing: Preprocessing(resize: .shortestSide(32), channels: 3)).exampleShape
        == [3, 32, 32])
  }

  @Test("Every example differs from every other")
  func different() {
    let test = (0..<500).map { Glyphs.image(at: $0, split: .test) }
    let train = (0..<500).map { Glyphs.image(at: $0, split: .train) }
    #expect(Set(test + train).count == 1_000)
  }

  @Test("The ink stays where a rotation about the centre keeps it")
  func insideCircle() {
    for index in 0..<1_000 {
      let pixels = Glyphs.image(at: index, split: .test).pixels
      let total = pixels.reduce(0) { $0 + Int($1) }
      var outside = 0
      for row in 0..<28 {
        for column in 0..<28 {
          let (y, x) = (Double(row) - 13.5, Double(column) - 13.5)
          if x * x + y * y > 14 * 14 { outside += Int(pixels[row * 28 + column]) }
        }
      }
      // A tip of a stroke may touch the edge; a hundredth of the ink is one pixel or so.
      #expect(outside * 100 <= total, "example \(index)")
    }
  }

  @Test("The sketched style has the same classes, other pixels, and is pinned as well")
  func sketched() throws {
    let plain = try Glyphs(count: 40)
    let sketched = try #require(
      try DatasetLocation.open("glyphs-sketched", split: .test) as? Glyphs)
    #expect(sketched.name == "glyphs-sketched (test)")
    #expect(sketched.exampleShape == plain.exampleShape)
    #expect((0..<40).allSatisfy { sketched.label(at: $0) == plain.label(at: $0) })
    let pixels = (0..<100).flatMap { Glyphs.image(at: $0, split: .test, style: .sketched).pixels }
    let hash = pixels.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    #expect(hash == 8_297_663_206_023_161_368)
    // Hollow strokes cover more than plain ones, and the paper is not black.
    let mean = pixels.reduce(0.0) { $0 + Double($1) } / Double(pixels.count)
    let plainPixels = (0..<100).flatMap { Glyphs.image(at: $0, split: .test).pixels }
    #expect(mean > 1.2 * plainPixels.reduce(0.0) { $0 + Double($1) } / Double(plainPixels.count))
  }
}
