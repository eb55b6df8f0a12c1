// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import Testing

@Suite struct RotatedDatasetTests {
  @Test("An image's angle depends on the seed and its number alone")
  func repeatable() throws {
    let many = try Glyphs(count: 8).rotated(seed: 4)
    let fewer = try Glyphs(count: 5).rotated(seed: 4)
    let other = try Glyphs(count: 5).rotated(seed: 5)
    for index in 0..<5 {
      #expect(try many.example(at: index) == fewer.example(at: index))
      #expect(try many.example(at: index) != other.example(at: index))
    }
  }

  @Test("Equal images are turned by different angles")
  func angles() throws {
    let glyph = try Glyphs(count: 1).example(at: 0)
    let rotated = try ArrayDataset([glyph, glyph], name: "twins").rotated(seed: 0)
    #expect(try rotated.example(at: 0) != (try rotated.example(at: 1)))
  }

  @Test func labelsAreThoseOfTheBase() throws {
    let glyphs = try Glyphs(count: 20)
    let rotated = try glyphs.rotated(seed: 0)
    #expect((0..<20).map { rotated.label(at: $0) } == (0..<20).map { glyphs.label(at: $0) })
    #expect(rotated.exampleShape == glyphs.exampleShape)
  }

  @Test func otherThanSquareIsAnError() throws {
    let oblong = ArrayDataset([Tensor(repeating: 0, shape: [1, 4, 6])], name: "oblong")
    let error = try #require(throws: DataError.self) { try oblong.rotated(seed: 0) }
    #expect(error.description.contains("[1, 4, 6]"))
  }

  @Test("Rotated MNIST has no nines", .enabled(if: realData != nil))
  func digits() throws {
    let folder = try #require(realData)
    var adaptation = Adaptation()
    (adaptation.classes, adaptation.isRotated) = (9, true)
    let train = try adaptation.open("\(folder)/mnist", split: .train)
    let test = try adaptation.open("\(folder)/mnist", split: .test)
    // 60,000 and 10,000 images, of which 5,949 and 1,009 are nines.
    #expect(train.count == 54_051)
    #expect(test.count == 8_991)
    #expect(Set((0..<2_000).compactMap { test.label(at: $0) }) == Set(0...8))
  }
}
