// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDData

@Suite struct ImageWritingTests {
  @Test("What is written is read again", arguments: ["rgb.png", "grey.png"])
  func roundTrip(name: String) throws {
    let image = try Fixture.image(name)
    try withTemporaryFolder { folder in
      let path = "\(folder)/out.png"
      try write([1, 2, 3], to: path)
      try image.writePNG(to: path)
      #expect(try Image(contentsOf: path) == image)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["out.png"])
    }
  }

  @Test("A folder that is not there is named")
  func missingFolder() throws {
    let image = Image(width: 1, height: 1, channels: 1, pixels: [0])
    let error = try dataError { try image.writePNG(to: "/nowhere/at/all.png") }
    #expect(error == .missing(path: "/nowhere/at", expected: "a folder to write to"))
  }

  @Test("A failure leaves no temporary file behind")
  func noRest() throws {
    try withTemporaryFolder { folder in
      let image = Image(width: 1, height: 1, channels: 1, pixels: [0])
      // The target is a folder, so the last step, the renaming, fails.
      try write([0], to: "\(folder)/target/file")
      let error = try dataError { try image.writePNG(to: "\(folder)/target") }
      #expect(error.description.hasPrefix("Could not write '\(folder)/target'"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["target"])
    }
  }

  @Test("Values outside of the range are clamped, and a value that is not a number is black")
  func strangeValues() {
    let array = Tensor(shape: [1, 1, 4], scalars: [-.infinity, .nan, 0.5, 7])
    let image = Image(array, undoing: Preprocessing(), range: 0...1)
    #expect(image.pixels == [0, 0, 128, 255])
    let wide = Image(array, undoing: Preprocessing(mean: [1], standardDeviation: [2]), range: 0...4)
    #expect(wide.pixels == [0, 0, 128, 255])
  }

  @Test("Cells are in rows, with gaps around them; enlarged pixels are squares")
  func cells() {
    let cells = [1, 2, 3].map { Image(width: 1, height: 1, channels: 1, pixels: [$0]) }
    let sheet = Image(cells: cells, columns: 2, gap: 1)
    #expect((sheet.width, sheet.height) == (5, 5))
    let w: UInt8 = 255
    #expect(
      sheet.pixels == [w, w, w, w, w, w, 1, w, 2, w, w, w, w, w, w, w, 3, w, w, w, w, w, w, w, w])
    let strip = Image(cells: cells, columns: 3, gap: 0).enlarged(by: 2)
    #expect(strip.pixels == [1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3])
  }
}
