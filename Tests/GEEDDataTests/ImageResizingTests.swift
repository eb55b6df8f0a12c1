// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDData

private struct Case: Decodable {
  let source: String
  let width: Int
  let height: Int
  let file: String
}

@Suite struct ImageResizingTests {
  @Test("Pixels equal Pillow's, up and down and at odd ratios")
  func pillow() throws {
    let cases = try Fixture.json("resized.json", as: [Case].self)
    #expect(cases.count == 16)
    for one in cases {
      let resized = try Fixture.image(one.source).resized(width: one.width, height: one.height)
      let expected = try Fixture.bytes(one.file)
      #expect(resized.pixels.count == expected.count)
      // The arithmetic is the same. But Pillow 13 scales columns first where the height shrinks
      // much more than the width, and the rounding between the passes is then another.
      let tolerance = one.file.contains("53x20") ? 1 : 0
      let differences = zip(resized.pixels, expected).map { abs(Int($0) - Int($1)) }
      #expect((differences.max() ?? .max) <= tolerance, "\(one.file)")
    }
  }

  @Test("An image of one colour keeps it", arguments: [0, 1, 127, 254, 255] as [UInt8])
  func constant(value: UInt8) {
    let image = Image(
      width: 13, height: 7, channels: 1, pixels: Array(repeating: value, count: 91))
    for size in [1, 2, 6, 7, 8, 20, 91] {
      let resized = image.resized(width: size, height: size)
      #expect(resized.pixels.allSatisfy { $0 == value })
    }
  }

  @Test("Scaling commutes with flipping left and right", arguments: 0..<8 as Range<UInt64>)
  func flip(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let width = 3 + generator.next(below: 20)
    let pixels = (0..<width * 3).map { _ in UInt8(generator.next(below: 256)) }
    let newWidth = 1 + generator.next(below: 30)
    func resize(_ pixels: [UInt8]) -> [UInt8] {
      Image(width: width, height: 3, channels: 1, pixels: pixels)
        .resized(width: newWidth, height: 5).pixels
    }
    func flip(_ pixels: [UInt8], _ width: Int) -> [UInt8] {
      pixels.chunks(of: width).flatMap { $0.reversed() }
    }
    let pairs = zip(resize(flip(pixels, width)), flip(resize(pixels), newWidth))
    // Window edges are rounded the same way on both sides but for a pixel of weight almost 0.
    #expect(pairs.allSatisfy { abs(Int($0) - Int($1)) <= 1 })
  }

  @Test("Averaging four pixels, by hand")
  func byHand() {
    // From 2 to 1 the triangle reaches one new pixel, so both old ones weigh a half: 15, rounded
    // from 14.5 upwards, and 30; then (15 + 30) / 2 = 22.5 becomes 23.
    let image = Image(width: 2, height: 2, channels: 1, pixels: [10, 19, 20, 40])
    #expect(image.resized(width: 1, height: 1).pixels == [23])
  }

  @Test(
    "The shortest side sets the size, the longest is rounded down",
    arguments: [
      (37, 29, 24, 30, 24), (29, 37, 24, 24, 30), (500, 375, 256, 341, 256),
      (375, 500, 256, 256, 341), (7, 7, 3, 3, 3),
    ])
  func shortestSide(width: Int, height: Int, side: Int, newWidth: Int, newHeight: Int) {
    #expect(Image.size(of: width, height, forShortestSide: side) == (newWidth, newHeight))
  }

  @Test(
    "The middle begins where Python's round says",
    arguments: [(1, 0), (2, 1), (3, 2), (5, 2), (7, 4)])
  func cropOffset(rest: Int, offset: Int) {
    #expect(centerCropOffset(of: 10, in: 10 + rest) == offset)
  }

  @Test("Grey is repeated, colour is weighed")
  func channels() {
    let grey = Image(width: 2, height: 1, channels: 1, pixels: [3, 200])
    #expect(grey.converted(toChannels: 3).pixels == [3, 3, 3, 200, 200, 200])
    #expect(grey.converted(toChannels: 3).converted(toChannels: 1) == grey)
    // 0.299 * 255 = 76.2, 0.587 * 255 = 149.7, 0.114 * 255 = 29.1.
    let colors = Image(
      width: 3, height: 1, channels: 3, pixels: [255, 0, 0, 0, 255, 0, 0, 0, 255])
    #expect(colors.converted(toChannels: 1).pixels == [76, 150, 29])
  }
}
