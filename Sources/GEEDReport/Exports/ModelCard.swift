// SPDX-License-Identifier: MIT

import GEED

/// The results of a measurement as the `model-index` of a model card on Hugging Face.
///
/// A model card begins with YAML between two lines `---`; this block is a part of it. All strings
/// are written as JSON, which YAML contains.
package struct ModelCard {
  private let document: MeasurementDocument

  /// Creates the card of a measurement.
  package init(_ document: MeasurementDocument) { self.document = document }

  /// The lines of the block; results without a value are left out, and there are no lines if none
  /// has one.
  package var lines: [String] {
    let metrics = document.results.flatMap(metric)
    guard !metrics.isEmpty else { return [] }
    let model = document.model.path.lastPathComponent.withoutExtension
    let data = document.data.path.lastPathComponent
    let isClassifier = document.results.contains { $0.metric == .softmax }
    return [
      "model-index:",
      "- name: \(model.quoted)",
      "  results:",
      "  - task:",
      "      type: \(isClassifier ? "image-classification" : "image-feature-extraction")",
      "    dataset:",
      "      type: \(data.quoted)",
      "      name: \(document.data.path.quoted)",
      "    metrics:",
    ] + metrics
  }

  private func metric(_ result: ProbeResult) -> [String] {
    guard let value = result.value else { return [] }
    let interval = result.confidenceInterval.map {
      "\(document.confidenceLevel.percentText) interval \($0.lowerBound.short) to "
        + "\($0.upperBound.short), "
    }
    let quantity =
      document.quantity == .transformationDeviation
      ? "transformation deviation under \(document.group)" : "\(document.group)-EED"
    let action = result.action.map { " under \($0)" } ?? ""
    let distance = result.distance.map { ", \($0)" } ?? ""
    let name =
      "\(quantity), \(result.metric.rawValue) of \(result.tensor)\(action)\(distance) (\(interval ?? "")"
      + "\(result.exampleCount) examples)"
    return [
      "    - type: \("geed-\(result.metric.rawValue)".quoted)",
      "      name: \(name.quoted)",
      "      value: \(value)",
    ]
  }
}

extension String {
  /// The text as a JSON string, which is also one of YAML.
  fileprivate var quoted: String {
    var text = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\\(scalar)"
      case let scalar
      where scalar.value < 0x20 || scalar.value == 0x7F || scalar.value == 0x85
        || (0x2028...0x2029).contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return "\"\(text)\""
  }

  fileprivate var lastPathComponent: String {
    split(separator: "/").last.map(String.init) ?? self
  }

  fileprivate var withoutExtension: String {
    guard let dot = lastIndex(of: "."), dot > startIndex else { return self }
    return String(self[..<dot])
  }
}
