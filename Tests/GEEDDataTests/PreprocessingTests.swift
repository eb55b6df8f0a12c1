// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDData

private struct Case: Decodable {
  let source: String
  let resize: Int?
  let crop: Int?
  let channels: Int
  let mean: [Float]
  let standardDeviation: [Float]
  let step: Int
  let shape: [Int]

  var preprocessing: Preprocessing {
    Preprocessing(
      resize: resize.map { .shortestSide($0) }, crop: crop, channels: channels, mean: mean,
      standardDeviation: standardDeviation)
  }
}

@Suite struct PreprocessingTests {
  private static let cases =
    (try? Fixture.json("preprocessed.json", as: [String: Case].self)) ?? [:]

  @Test("Numbers equal torchvision's, bit for bit", arguments: cases.keys.sorted())
  func torchvision(name: String) throws {
    let one = try #require(Self.cases[name])
    let tensor = try one.preprocessing.tensor(of: Fixture.image(one.source))
    #expect(tensor.shape == one.shape)
    let values = stride(from: 0, to: tensor.scalars.count, by: one.step).map { tensor.scalars[$0] }
    #expect(try values == Fixture.floats("preprocessed/\(name).bin"))
  }

  @Test("Presets are the settings that the reference ran with")
  func presets() throws {
    #expect(Self.cases.count == 9)
    #expect(Self.cases["imagenet"]?.preprocessing == .imagenet)
    #expect(Self.cases["cifar10"]?.preprocessing == .cifar10)
    #expect(Self.cases["mnist"]?.preprocessing == .mnist)
    #expect(
      Preprocessing.presets.keys.sorted() == [
        "cifar10", "clip", "efficientnet-lite", "imagenet", "imagenet-bicubic",
        "imagenet-inception", "mnist",
      ])
    #expect(Preprocessing.presets.values.allSatisfy { $0.validationError == nil })
  }

  @Test("Black, grey and white by the formulas of the presets")
  func ranges() throws {
    let grey = Image(
      width: 300, height: 300, channels: 1, pixels: Array(repeating: 127, count: 90_000))
    let lite = try Preprocessing.efficientNetLite.tensor(of: grey)
    #expect(lite.shape == [3, 224, 224] && lite.scalars.allSatisfy { $0 == 0 })
    let white = Image(
      width: 300, height: 300, channels: 1, pixels: Array(repeating: 255, count: 90_000))
    #expect(try Preprocessing.efficientNetLite.tensor(of: white).scalars[0] == 1)
    #expect(try Preprocessing.imagenetInception.tensor(of: white).scalars[0] == 1)
    #expect(try Preprocessing.clip.tensor(of: white).shape == [3, 224, 224])
  }

  @Test("Bytes are kept exactly where white is 255")
  func pixelMax() throws {
    let bytes = Array(UInt8.min...UInt8.max)
    let image = Image(width: 16, height: 16, channels: 1, pixels: bytes)
    let kept = try Preprocessing(pixelMax: 255).tensor(of: image)
    #expect(kept.scalars == bytes.map(Float.init))
    let scaled = try Preprocessing().tensor(of: image)
    #expect(scaled.scalars == bytes.map { Float($0) / 255 })
  }

  @Test("Means that do not fit the channels: both numbers are named")
  func wrongMeanCount() throws {
    let image = Image(width: 1, height: 1, channels: 3, pixels: [1, 2, 3])
    let error = try dataError {
      _ = try Preprocessing(mean: [0.5], standardDeviation: [1]).tensor(of: image, from: "a.png")
    }
    #expect(
      error.description
        == "'a.png': expected 3 means, one for each channel, but found 1; "
        + "give one for each channel, or change the channels.")
  }

  @Test("A crop larger than the image is an error, not a black frame")
  func crop() throws {
    let image = Image(width: 4, height: 3, channels: 1, pixels: Array(repeating: 0, count: 12))
    let error = try dataError { _ = try Preprocessing(crop: 4).tensor(of: image) }
    #expect(error.description.contains("expected at least 4 x 4 pixels"))
    #expect(error.description.contains("found 4 x 3"))
  }

  @Test("A long thin image is not blown up beyond all memory")
  func hugeResize() throws {
    let line = Image(
      width: 60_000, height: 1, channels: 1, pixels: Array(repeating: 0, count: 60_000))
    let error = try dataError {
      _ = try Preprocessing(resize: .shortestSide(256)).tensor(of: line)
    }
    #expect(error.description.contains("15360000 x 256"))
  }

  @Test("Settings made impossible afterwards are found out")
  func flaws() throws {
    var preprocessing = Preprocessing()
    preprocessing.standardDeviation = [0]
    let image = Image(width: 1, height: 1, channels: 1, pixels: [0])
    let error = try dataError { _ = try preprocessing.tensor(of: image) }
    #expect(error.description.contains("Expected positive standard deviations, but got [0.0]"))
  }

  @Test func codable() throws {
    let data = try JSONEncoder().encode(Preprocessing.imagenet)
    #expect(try JSONDecoder().decode(Preprocessing.self, from: data) == .imagenet)
  }
}
