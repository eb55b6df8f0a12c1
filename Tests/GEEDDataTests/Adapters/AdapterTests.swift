// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDData

@Suite struct GreyDatasetTests {
  /// Pure colours give the weights, and a grey pixel keeps its value: they sum to 1.
  @Test func luma() throws {
    let base = ArrayDataset([
      Tensor(shape: [3, 1, 4], scalars: [1, 0, 0, 0.5, 0, 1, 0, 0.5, 0, 0, 1, 0.5])
    ])
    let grey = try GreyDataset(base)
    #expect(grey.exampleShape == [1, 1, 4])
    #expect(
      try grey.example(at: 0).scalars
        == [19_595, 38_470, 7_471, 32_768].map { Float($0) / 65_536 })
  }

  @Test("Rounded to bytes it is what Pillow makes of every picture of the fixtures")
  func likePicture() throws {
    for name in ["rgb.png", "rgb.jpg", "palette.png"] {
      let picture = try Fixture.picture(name)
      let expected = picture.converted(toChannels: 1).pixels
      let base = ArrayDataset([try Preprocessing().tensor(of: picture)])
      let found = try GreyDataset(base).example(at: 0).scalars
      #expect(found.map { UInt8(($0 * 255).rounded()) } == expected, "\(name)")
    }
  }

  @Test func greyStays() throws {
    let base = try Glyphs(count: 2)
    #expect(try GreyDataset(base).example(at: 1) == base.example(at: 1))
    #expect(try GreyDataset(base).label(at: 1) == 1)
  }

  @Test func vectorsAreNoPictures() throws {
    let base = ArrayDataset([Tensor(repeating: 0, shape: [5])], name: "vectors")
    let error = try dataError { _ = try GreyDataset(base) }
    #expect(error.description.contains("[5]"))
  }
}

@Suite struct ResizedDatasetTests {
  @Test("Within one grey level of what bytes become", arguments: [(7, 5), (28, 28), (40, 33)])
  func likePicture(width: Int, height: Int) throws {
    let picture = try Fixture.picture("rgb.png")
    let base = ArrayDataset([try Preprocessing().tensor(of: picture)])
    let resized = try ResizedDataset(base, width: width, height: height)
    let expected = try Preprocessing().tensor(of: picture.resized(width: width, height: height))
    #expect(resized.exampleShape == expected.shape)
    let gap = try zip(resized.example(at: 0).scalars, expected.scalars).map { abs($0 - $1) }.max()
    // Two roundings of half a level each, and Float's own.
    #expect(try #require(gap) <= 1.001 / 255)
  }

  /// Halving: the triangle over four old values around each new one, cut at the border.
  @Test func halvingByHand() throws {
    let base = ArrayDataset([Tensor(shape: [1, 1, 4], scalars: [8, 0, 0, -8])])
    let resized = try ResizedDataset(base, width: 2, height: 1)
    // Weights .75, .75, .25 of old positions 0, 1, 2 of which the sum is 1.75.
    let expected = Float(8 * 0.75 / 1.75)
    let found = try resized.example(at: 0).scalars
    // Weights are multiples of 2⁻²², which makes errors of 8 · 2⁻²².
    #expect(abs(found[0] - expected) < 4e-6 && abs(found[1] + expected) < 4e-6)
  }

  @Test("The size of the base changes nothing, and labels stay")
  func identity() throws {
    let base = try Glyphs(count: 12)
    let same = try ResizedDataset(base, width: 28, height: 28)
    #expect(try same.example(at: 11) == base.example(at: 11))
    #expect(same.label(at: 11) == 1)
    #expect(same.exampleName(at: 3) == "sail")
  }
}

@Suite struct InvertedDatasetTests {
  @Test("Twice is once less twice: the picture again")
  func twice() throws {
    let base = ArrayDataset([Tensor(shape: [1, 1, 3], scalars: [0, 0.25, 1])], labels: [4])
    let inverted = InvertedDataset(base)
    #expect(try inverted.example(at: 0).scalars == [1, 0.75, 0])
    #expect(try InvertedDataset(inverted).example(at: 0) == base.example(at: 0))
    #expect(inverted.label(at: 0) == 4)
  }
}
