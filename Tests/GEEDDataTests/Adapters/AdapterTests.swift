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
    let grey = try base.grey()
    #expect(grey.exampleShape == [1, 1, 4])
    #expect(
      try grey.example(at: 0).scalars
        == [19_595, 38_470, 7_471, 32_768].map { Float($0) / 65_536 })
  }

  @Test("Rounded to bytes it is what Pillow makes of every image of the fixtures")
  func likeImage() throws {
    for name in ["rgb.png", "rgb.jpg", "palette.png"] {
      let image = try Fixture.image(name)
      let expected = image.converted(toChannels: 1).pixels
      let base = ArrayDataset([try Preprocessing().tensor(of: image)])
      let found = try base.grey().example(at: 0).scalars
      #expect(found.map { UInt8(($0 * 255).rounded()) } == expected, "\(name)")
    }
  }

  @Test func greyStays() throws {
    let base = try Glyphs(count: 2)
    #expect(try base.grey().example(at: 1) == base.example(at: 1))
    #expect(try base.grey().label(at: 1) == 1)
  }

  @Test func vectorsAreNoImages() throws {
    let base = ArrayDataset([Tensor(repeating: 0, shape: [5])], name: "vectors")
    let error = try dataError { _ = try base.grey() }
    #expect(error.description.contains("[5]"))
  }
}

@Suite struct InvertedDatasetTests {
  @Test("Twice is once less twice: the image again")
  func twice() throws {
    let base = ArrayDataset([Tensor(shape: [1, 1, 3], scalars: [0, 0.25, 1])], labels: [4])
    let inverted = base.inverted()
    #expect(try inverted.example(at: 0).scalars == [1, 0.75, 0])
    #expect(try inverted.inverted().example(at: 0) == base.example(at: 0))
    #expect(inverted.label(at: 0) == 4)
  }
}
