// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDData

/// Pixels are those of Pillow; Scripts/fixtures/resize_golden.py made them.
@Suite struct ResizeFilterTests {
  private typealias Filter = Preprocessing.ResizeFilter

  private struct Index: Decodable {
    struct Case: Decodable {
      let source: String
      let width: Int
      let height: Int
    }

    let cases: [Case]
  }

  @Test("Pixels equal Pillow's, bit for bit", arguments: Preprocessing.ResizeFilter.allCases)
  func pillow(filter: Preprocessing.ResizeFilter) throws {
    let cases = try Fixture.json("filtered/index.json", as: Index.self).cases
    #expect(cases.count == 11)
    var expected = try Fixture.bytes("filtered/\(filter.rawValue).bin")[...]
    for one in cases {
      let resized = try Fixture.image(one.source)
        .resized(width: one.width, height: one.height, by: filter)
      let isEqual = resized.pixels.elementsEqual(expected.prefix(resized.pixels.count))
      #expect(isEqual, "\(one.source) \(one.width) x \(one.height)")
      expected = expected.dropFirst(resized.pixels.count)
    }
    #expect(expected.isEmpty)
  }

  /// Weights are rounded to 2⁻²², so sums of a few of them times 255 differ by less than 1e-3.
  @Test("Floating-point numbers are not rounded or clamped: Pillow's mode F is the reference")
  func numbers() throws {
    let grey = try Fixture.image("grey.png").pixels.map(Float.init)
    let sizes = [(10, 41), (53, 20)]
    let resized = sizes.flatMap { width, height in
      let rows = AxisFilter(.bicubic, from: 37, to: width).applied(to: grey, outer: 29, inner: 1)
      return AxisFilter(.bicubic, from: 29, to: height).applied(to: rows, outer: 1, inner: width)
    }
    let expected = try Fixture.floats("filtered/F-bicubic.bin")
    #expect(resized.count == expected.count)
    #expect(zip(resized, expected).allSatisfy { abs($0 - $1) <= 1e-3 })
    // The filter overshoots at an edge, which bytes cannot show.
    let edge = AxisFilter(.bicubic, from: 4, to: 8)
      .applied(to: [0, 0, 255, 255] as [Float], outer: 1, inner: 1)
    #expect(edge.contains { $0 < 0 } && edge.contains { $0 > 255 })
  }

  @Test("An image of one colour keeps it", arguments: Preprocessing.ResizeFilter.allCases)
  func constant(filter: Preprocessing.ResizeFilter) {
    for value in [0, 1, 127, 255] as [UInt8] {
      let image = Image(
        width: 13, height: 7, channels: 1, pixels: Array(repeating: value, count: 91))
      for size in [1, 2, 6, 7, 8, 20, 91] {
        let resized = image.resized(width: size, height: size, by: filter)
        #expect(resized.pixels.allSatisfy { $0 == value })
      }
    }
  }

  @Test("The nearest pixels of an enlargement by two are its pixels, twice")
  func doubled() {
    let image = Image(width: 2, height: 1, channels: 3, pixels: [1, 2, 3, 4, 5, 6])
    let doubled = image.resized(width: 4, height: 1, by: .nearest)
    #expect(doubled.pixels == [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6])
  }

  @Test("A filter belongs to the settings, and settings without one are bilinear")
  func coding() throws {
    let settings = Preprocessing(resize: .shortestSide(20), resizeFilter: .bicubic)
    let data = try JSONEncoder().encode(settings)
    #expect(try JSONDecoder().decode(Preprocessing.self, from: data) == settings)
    let old = #"{"pixelMax": 1, "mean": [], "standardDeviation": []}"#
    let read = try JSONDecoder().decode(Preprocessing.self, from: Data(old.utf8))
    #expect(read.resizeFilter == .bilinear)
    let image = try Fixture.image("rgb.png")
    let bilinear = Preprocessing(resize: .shortestSide(20))
    #expect(try settings.tensor(of: image) != bilinear.tensor(of: image))
  }
}
