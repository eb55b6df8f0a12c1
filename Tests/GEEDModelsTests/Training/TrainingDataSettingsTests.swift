// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDData
import GEEDModels
import Testing

@Suite struct TrainingDataSettingsTests {
  private func settings(_ json: String) throws -> TrainingDataSettings {
    try JSONDecoder().decode(TrainingDataSettings.self, from: Data(json.utf8))
  }

  @Test("Images are turned before the mean, so that what comes in from outside is black")
  func order() throws {
    let plain = try settings(#"{"source": "glyphs", "rotated": true}"#)
      .open(.train, seed: 7)
    let normalized = try settings(
      #"{"source": "glyphs", "rotated": true, "mean": [0.5], "std": [0.25]}"#
    ).open(.train, seed: 7)
    for index in 0..<5 {
      let black = try plain.example(at: index)
      let scaled = try normalized.example(at: index)
      for (value, other) in zip(black.scalars, scaled.scalars) {
        // A difference and a quotient by a power of two: one rounding each, of numbers up to 2.
        #expect(abs((value - 0.5) / 0.25 - other) <= 1e-6)
      }
    }
  }

  @Test("What the tool's options make of the same words")
  func adaptation() throws {
    var adaptation = Adaptation()
    (adaptation.classes, adaptation.isRotated, adaptation.seed) = (9, true, 3)
    adaptation.corruption = Corruption(parsing: "fog:3")
    let expected = try adaptation.open("glyphs", split: .test)
    let text = #"{"source": "glyphs", "rotated": true, "classes": 9, "corruption": "fog:3"}"#
    let found = try settings(text).open(.test, seed: 3)
    #expect(found.count == expected.count)
    #expect(try found.example(at: 2) == expected.example(at: 2))
    let seeded = try settings(text.dropLast() + #", "seed": 3, "count": 4}"#)
    #expect(try seeded.open(.test, seed: 0).example(at: 2) == expected.example(at: 2))
    #expect(try seeded.open(.test, seed: 0).count == expected.count)
    #expect(try seeded.open(.train, seed: 0).count == 4)
  }

  @Test("Settings are read as they were written")
  func coding() throws {
    let text = #"""
      {"source": "a", "resize": 29, "resize-filter": "lanczos", "mean": [0.5], "std": [0.25], "classes": 9, "rotated": true,
       "grey": true, "invert": true, "corruption": "zigzag:2", "count": 5, "seed": 8}
      """#
    let read = try settings(text)
    #expect(read.adaptation.classes == 9 && read.adaptation.isRotated)
    #expect(read.resizeFilter == .lanczos)
    #expect(read.adaptation.isGrey && read.adaptation.isInverted)
    #expect(try settings(String(decoding: JSONEncoder().encode(read), as: UTF8.self)) == read)
  }

  @Test("No class at all is refused")
  func mistake() {
    #expect(throws: (any Error).self) {
      try settings(#"{"source": "glyphs", "classes": 0}"#)
    }
  }
}
#endif
