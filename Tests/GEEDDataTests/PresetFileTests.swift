// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDData

/// Numbers are those of timm and transformers; Scripts/fixtures/preset_golden.py made them.
@Suite struct PresetFileTests {
  private struct Index: Decodable {
    let shapes: [String: [Int]]
  }

  private static let shapes =
    (try? Fixture.json("presets/index.json", as: Index.self).shapes) ?? [:]

  @Test(
    "Numbers equal those of timm and transformers, bit for bit", arguments: shapes.keys.sorted())
  func reference(name: String) throws {
    let file = try PresetFile(path: Fixture.path("presets/\(name).json"))
    let tensor = try file.preprocessing.tensor(of: Fixture.image("420.jpg"))
    #expect(tensor.shape == Self.shapes[name])
    let values = stride(from: 0, to: tensor.scalars.count, by: 5).map { tensor.scalars[$0] }
    #expect(try values == Fixture.floats("presets/\(name).bin"))
  }

  @Test func thereAreFixtures() {
    #expect(Self.shapes.count == 14)
  }

  @Test("One line says what was read, and what was not used")
  func summary() throws {
    let timm = try PresetFile(path: Fixture.path("presets/timm-model.json"))
    #expect(
      timm.summary.hasSuffix(
        "timm-model.json (timm): shortest side 21 by bicubic, crop 20, RGB, white is 1.0, "
          + "mean 0.485,0.456,0.406, std 0.229,0.224,0.225; its test_input_size [3, 24, 24] is not "
          + "used"))
    let old = try PresetFile(path: Fixture.path("presets/vit-old.json"))
    #expect(old.summary.contains("(transformers): 24 x 24 by bilinear, RGB,"))
  }

  @Test(
    "What would change pixels in an unknown way is refused, by name",
    arguments: [
      (#"{"do_normalize": false, "do_pad": true}"#, "'do_pad' to be absent"),
      (
        #"{"image_processor_type": "DetrImageProcessor", "do_resize": false}"#,
        "'image_processor_type' to be a class whose processing is known"
      ),
      (#"{"do_normalize": false, "size": 224, "resample": 2}"#, "one number may be either"),
      (#"{"do_normalize": false, "size": [4, 4]}"#, "'resample' to be the number of a filter"),
      (
        #"{"do_normalize": false, "resample": 2, "size": {"shortest_edge": 8, "longest_edge": 9}}"#,
        "'size' to be a shortest edge, or a height and a width"
      ),
      (#"{"do_resize": false}"#, "'image_mean' to be 3 numbers"),
      (#"{"do_resize": false, "image_mean": [1, 2]}"#, "'image_mean' to be 3 numbers"),
      (
        #"{"do_resize": false, "image_mean": 0.5, "image_std": [1, 0, 1]}"#,
        "Expected positive standard deviations"
      ),
      (#"{"do_resize": false, "do_normalize": "no"}"#, "'do_normalize' to be true or false"),
      (
        #"{"image_processor_type": "MobileViTImageProcessor", "do_normalize": false, "#
          + #""do_resize": false, "do_center_crop": false, "do_flip_channel_order": true}"#,
        "'do_flip_channel_order' to be absent"
      ),
      (
        #"{"image_processor_type": "ViTImageProcessor", "do_center_crop": true}"#,
        "'do_center_crop' to be false, as the class never crops"
      ),
      (#"{"input_size": [3, 224, 192]}"#, "'input_size' to be 1 or 3 channels of a square"),
      (#"{"input_size": [3, 1e99, 1]}"#, "sizes of 1 to 65535 pixels"),
      (#"{"input_size": [3, 8, 8], "crop_mode": "border"}"#, "'crop_mode' to be center or squash"),
      (#"{"input_size": [3, 8, 8], "crop_pct": 0}"#, "'crop_pct' to be a share of 0 to 1"),
      (#"{"input_size": [3, 8, 8], "interpolation": "random"}"#, "'interpolation' to be one of"),
      (#"{"model_type": "vit"}"#, "those of its images are in preprocessor_config.json"),
      (#"{"a": 1}"#, "found other settings"),
      (#"[1]"#, "found no object of JSON"),
      (#"{"input_size""#, "found something that is no JSON"),
    ])
  func refused(text: String, reason: String) throws {
    try withTemporaryFolder { folder in
      try write(Array(text.utf8), to: "\(folder)/a.json")
      let error = try dataError { _ = try PresetFile(path: "\(folder)/a.json") }
      #expect(error.description.hasPrefix("'\(folder)/a.json': expected "))
      #expect(error.description.contains(reason))
    }
  }

  @Test func missing() throws {
    let error = try dataError { _ = try PresetFile(path: "/nowhere/config.json") }
    #expect(error.isMissing)
  }

  @Test("An odd rest is divided as the library does it")
  func cropRounding() throws {
    let image = Image(width: 8, height: 5, channels: 1, pixels: Array(0..<40))
    let corner = { (rounding: Preprocessing.CropRounding) in
      try Preprocessing(crop: 5, cropRounding: rounding, pixelMax: 255).tensor(of: image).scalars[0]
    }
    #expect(try corner(.toEven) == 2)
    #expect(try corner(.down) == 1)
  }
}
