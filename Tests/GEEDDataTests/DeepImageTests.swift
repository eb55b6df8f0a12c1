// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDData

/// Images of 16 bits and of floating-point numbers; Scripts/fixtures/picture_golden.py made them.
@Suite struct DeepImageTests {
  private static let names = [
    "rgb16.png", "grey16.png", "rgb16.tif", "float.tif", "greyfloat64.tif",
  ]
  private static let sizes = [(37, 29), (10, 29), (18, 14), (53, 20)]

  /// Floating-point numbers reach to some hundreds here; the weights are rounded to 2⁻²², the results to
  /// 24 bits, so they agree to about 1e-6 of the largest number.
  private func tolerance(_ name: String) -> Float { name.contains("float") ? 1e-3 : 2e-6 }

  @Test("All bits stay, also through a resize: Pillow's mode F is the reference", arguments: names)
  func values(name: String) throws {
    for (width, height) in Self.sizes {
      let preprocessing = Preprocessing(resize: .exact(width: width, height: height))
      let tensor = try read(name, preprocessing)
      let expected = try Fixture.floats("deep/\(name)-\(width)x\(height).bin")
      #expect(tensor.shape == [name.contains("grey") ? 1 : 3, height, width])
      #expect(tensor.scalars.count == expected.count)
      let difference = zip(tensor.scalars, expected).map { abs($0 - $1) }.max() ?? .infinity
      #expect(difference <= tolerance(name), "\(width) x \(height)")
    }
  }

  @Test("Words differ from their upper bytes by less than one grey level")
  func nearBytes() throws {
    let deep = try read("rgb16.png", Preprocessing())
    let bytes = try Image(contentsOf: Fixture.path("deep/rgb16.png"))
    let shallow = try Preprocessing().tensor(of: bytes)
    let difference = zip(deep.scalars, shallow.scalars).map { abs($0 - $1) }.max() ?? 1
    #expect(difference > 0 && difference <= 1 / 255)
  }

  @Test("White pixel, mean, deviation, crop and channels apply to words as to bytes")
  func normalized() throws {
    let plain = try read("rgb16.tif", Preprocessing(crop: 20))
    let changed = try read(
      "rgb16.tif",
      Preprocessing(
        crop: 20, pixelMax: 255, mean: [1, 2, 3], standardDeviation: [4, 5, 6]))
    let area = 400
    for position in plain.scalars.indices {
      let channel = Float(position / area)
      let expected = (plain.scalars[position] * 255 - (channel + 1)) / (channel + 4)
      // Two roundings of numbers up to 64.
      #expect(abs(changed.scalars[position] - expected) <= 1e-5)
    }
    let grey = try read("rgb16.tif", Preprocessing(crop: 20, channels: 1))
    let luma =
      (19_595 * plain.scalars[0] + 38_470 * plain.scalars[area] + 7_471 * plain.scalars[2 * area])
      / 65_536
    #expect(grey.shape == [1, 20, 20] && abs(grey.scalars[0] - luma) <= 1e-6)
    let colour = try read("grey16.png", Preprocessing(channels: 3))
    #expect(colour.shape == [3, 29, 37])
    #expect(colour.scalars.prefix(1_073) == colour.scalars.suffix(1_073))
  }

  @Test("Floating-point numbers are used as they are, and cannot be scaled or be bytes")
  func floats() throws {
    let scaled = try dataError { _ = try read("float.tif", Preprocessing(pixelMax: 255)) }
    #expect(scaled.description.contains("floating-point numbers, which are used as they are"))
    let bytes = try dataError { _ = try Image(contentsOf: Fixture.path("deep/float.tif")) }
    #expect(bytes.description.contains("found floating-point numbers"))
  }

  @Test("A number that is none is named")
  func notFinite() throws {
    var file = try Fixture.bytes("deep/float.tif")
    file.replaceSubrange(8..<12, with: [0, 0, 0xC0, 0x7F])
    let error = try dataError {
      _ = try DecodedImage(decoding: file, name: "a.tif", orientation: .apply)
    }
    #expect(error.description == "'a.tif': expected finite numbers, but found nan.")
  }

  @Test(
    "Every beginning and every damage is an error or an image, never a crash", arguments: names)
  func damage(name: String) throws {
    let bytes = try Fixture.bytes("deep/\(name)")
    for count in stride(from: 0, to: bytes.count, by: 97) {
      _ = try? DecodedImage(
        decoding: Array(bytes.prefix(count)), name: "a", orientation: .apply)
      var damaged = bytes
      damaged[count] ^= 0x5A
      _ = try? DecodedImage(decoding: damaged, name: "a", orientation: .apply)
    }
  }

  private func read(_ name: String, _ preprocessing: Preprocessing) throws -> Tensor {
    let image = try DecodedImage(
      decoding: Fixture.bytes("deep/\(name)"), name: name, orientation: .apply)
    return try preprocessing.tensor(of: image, from: name)
  }
}
