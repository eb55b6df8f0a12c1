// SPDX-License-Identifier: MIT

import Foundation
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
}
