// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDData

/// Colors that are not stored as red, green and blue; Scripts/fixtures/color_golden.py made them.
@Suite struct ColorConversionTests {
  private func differences(_ name: String, _ expected: String) throws -> [Int] {
    let image = try Image(decoding: Fixture.bytes("colors/\(name)"), name: name)
    let pixels = try Fixture.bytes("colors/\(expected)")
    #expect(image.pixels.count == pixels.count && image.channels == 3)
    return zip(image.pixels, pixels).map { abs(Int($0) - Int($1)) }
  }

  /// LittleCMS rounds a, b and XYZ on the way.
  @Test("CIE L*a*b* becomes sRGB as LittleCMS makes it", arguments: ["cielab.tif", "icclab.tif"])
  func lab(name: String) throws {
    #expect(try differences(name, "lab.bin").max() ?? 255 <= 1)
  }

  /// libyuv, which Pillow uses, computes with 6 bits of fractions, and about one pixel in fifty differs by
  /// more. Colors that are not interpolated differ by up to 47 levels here, and by 6 to 10
  /// on average.
  @Test(
    "Halved colors of AVIF are interpolated as Pillow does",
    arguments: ["420.avif", "422.avif", "even.avif"])
  func halvedColors(name: String) throws {
    do {
      let differences = try differences(name, "\(name).bin")
      #expect(differences.max() ?? 255 <= 12)
      #expect(differences.count { $0 > 3 } * 50 <= differences.count)
      #expect(2 * differences.reduce(0, +) <= differences.count)
    } catch let error as DataError {
      #expect(error.description.contains("libheif"), "\(error)")
    }
  }

  @Test(
    "Samples that are no colors of a screen are refused with the reason",
    arguments: [
      (4, "a transparency mask"), (5, "could not"), (10, "ITU L*a*b*"), (32_803, "raw values"),
      (34_892, "raw values"), (32_844, "logarithms of the luminance"), (32_845, "(LogLuv)"),
      (99, "could not"),
    ])
  func refused(photometric: Int, reason: String) throws {
    var file = try Fixture.bytes("colors/cielab.tif")
    let tag: [UInt8] = [6, 1, 3, 0, 1, 0, 0, 0]
    let place = try #require(file.indices.first { file[$0...].starts(with: tag) }) + tag.count
    (file[place], file[place + 1]) = (UInt8(photometric & 0xFF), UInt8(photometric >> 8))
    let error = try dataError { _ = try Image(decoding: file, name: "a.tif") }
    #expect(error.description.lowercased().contains(reason.lowercased()), "\(error)")
  }
}
