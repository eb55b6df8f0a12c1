// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// The preprocessing that a file beside a model's weights describes: `config.json` of timm, or
/// `preprocessor_config.json` of Hugging Face's transformers.
///
/// Settings that would change pixels in a way that ``Preprocessing`` does not know are errors; those
/// that do not change pixels, such as the number of classes, are ignored.
package struct PresetFile: Sendable, Hashable {
  package let preprocessing: Preprocessing

  /// The path, the kind of file, and the settings read from it, in one line.
  package let summary: String

  /// Reads a file of at most 16 MiB.
  package init(path: String) throws(DataError) {
    let expected = "a config.json of timm or a preprocessor_config.json of transformers"
    let file = try DataFile(opening: path, expected: expected)
    let bytes = try file.bytes(atMost: 1 << 24, of: expected)
    let content: JSONValue
    do {
      content = try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    } catch {
      throw .invalid(path: path, expected: expected, found: "something that is no JSON")
    }
    guard case .object(let members) = content else {
      throw .invalid(path: path, expected: expected, found: "no object of JSON")
    }
    let settings = PresetSettings(path: path, values: members)
    let kind: String
    var unused = ""
    if case .object(let values)? = members["pretrained_cfg"]
      ?? (members["input_size"] == nil ? nil : content)
    {
      (kind, preprocessing) = (
        "timm", try Preprocessing(timm: PresetSettings(path: path, values: values))
      )
      if let size = values["test_input_size"], size != .null, size != values["input_size"] {
        unused = "; its test_input_size \(size.shown) is not used"
      }
    } else if Self.processorKeys.contains(where: { members[$0] != nil }) {
      (kind, preprocessing) = ("transformers", try Preprocessing(imageProcessor: settings))
    } else if members["model_type"] != nil {
      throw .invalid(
        path: path, expected: expected,
        found: "the settings of a model; those of its images are in preprocessor_config.json")
    } else {
      throw .invalid(path: path, expected: expected, found: "other settings")
    }
    summary = "\(path) (\(kind)): \(preprocessing.summary)\(unused)"
  }

  private static let processorKeys = [
    "image_processor_type", "feature_extractor_type", "do_resize", "do_normalize", "image_mean",
  ]
}

extension Preprocessing {
  /// The settings in one line, such as "shortest side 256 by bicubic, crop 224, RGB, …".
  package var summary: String {
    var parts: [String] = []
    switch resize {
    case .shortestSide(let side): parts.append("shortest side \(side) by \(resizeFilter.rawValue)")
    case .exact(let width, let height):
      parts.append("\(width) x \(height) by \(resizeFilter.rawValue)")
    case nil: parts.append("no resize")
    }
    if let crop { parts.append("crop \(crop)") }
    if let channels { parts.append(channels == 1 ? "grey" : "RGB") }
    parts.append("white is \(pixelMax)")
    if !mean.isEmpty { parts.append("mean \(mean.map { "\($0)" }.joined(separator: ","))") }
    if !standardDeviation.isEmpty {
      parts.append("std \(standardDeviation.map { "\($0)" }.joined(separator: ","))")
    }
    return parts.joined(separator: ", ")
  }
}
