// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDData

@Suite struct AdaptationTests {
  @Test("The default is what the location opens")
  func plain() throws {
    let plain = try Adaptation().open("glyphs", preprocessing: .mnist, split: .train)
    let expected = try Glyphs(split: .train, preprocessing: .mnist)
    #expect(try plain.example(at: 5) == expected.example(at: 5))
    #expect(plain.name == expected.name)
  }

  /// A black pixel becomes white, 255 of a white pixel of 255, and (255 - 51) / 102 = 2.
  @Test("Changes come before the white pixel, the mean and the deviation")
  func order() throws {
    var adaptation = Adaptation()
    adaptation.isInverted = true
    let dataset = try adaptation.open(
      "glyphs", preprocessing: Preprocessing(pixelMax: 255, mean: [51], standardDeviation: [102]))
    let corner = try dataset.example(at: 0).scalars[0]
    // The order of scaling and subtracting differs from the formula's.
    #expect(abs(corner - 2) < 1e-6)
  }

  @Test("The white pixel alone")
  func white() throws {
    var adaptation = Adaptation()
    adaptation.isInverted = true
    let dataset = try adaptation.open("glyphs", preprocessing: Preprocessing(pixelMax: 255))
    // 1 divided by the rounded 1/255 is off by one rounding, at most 255 times 2^-24.
    #expect(abs(try dataset.example(at: 0).scalars[0] - 255) <= 255 * 0x1p-23)
  }

  @Test("Classes, rotation and corruption in one name")
  func together() throws {
    var adaptation = Adaptation()
    (adaptation.classes, adaptation.isRotated) = (9, true)
    adaptation.corruption = Corruption(.fog, severity: 3)
    let test = try adaptation.open("glyphs")
    #expect(test.name == "rotated glyphs (test), classes 0-8, fog 3")
    #expect(test.count == 9_000)
    let base = try ChosenExamples(of: Glyphs(), classes: 0..<9).rotated(seed: ~0)
    #expect(
      try test.example(at: 4)
        == base.corrupted(by: Corruption(.fog, severity: 3), seed: ~0).example(at: 4))
    adaptation.seed = 1
    #expect(try adaptation.open("glyphs").example(at: 4) != test.example(at: 4))
  }

  @Test("Colour is made grey before the mean of one channel")
  func grey() throws {
    try withTemporaryFolder { folder in
      let image = Image(width: 1, height: 1, channels: 3, pixels: [255, 0, 0])
      try image.writePNG(to: "\(folder)/red.png")
      var adaptation = Adaptation()
      adaptation.isGrey = true
      let dataset = try adaptation.open(
        folder, preprocessing: Preprocessing(mean: [0.25], standardDeviation: [0.5]))
      let expected = (Float(19_595) / 65_536 - 0.25) / 0.5
      #expect(try dataset.example(at: 0).scalars == [expected])
    }
  }
}
