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

  /// The lines of the block; results without a value are left out.
  package var lines: [String] {
    let model = document.model.path.lastPathComponent.withoutExtension
    let data = document.data.path.lastPathComponent
    return [
      "model-index:",
      "- name: \(model.json)",
      "  results:",
      "  - task:",
      "      type: image-classification",
      "    dataset:",
      "      type: \(data.json)",
      "      name: \(document.data.path.json)",
      "    metrics:",
    ] + document.results.flatMap(metric)
  }

  private func metric(_ result: ProbeResult) -> [String] {
    guard let value = result.value else { return [] }
    let interval = result.confidenceInterval.map {
      ", \(Int((100 * document.confidenceLevel).rounded())) % interval [\($0.lowerBound), \($0.upperBound)]"
    }
    return [
      "    - type: \("geed-\(result.metric.rawValue)".json)",
      "      name: \("\(document.group)-EED, \(result.metric.rawValue) of \(result.tensor)\(interval ?? "")".json)",
      "      value: \(value)",
    ]
  }
}

extension String {
  fileprivate var lastPathComponent: String {
    split(separator: "/").last.map(String.init) ?? self
  }

  fileprivate var withoutExtension: String {
    guard let dot = lastIndex(of: "."), dot > startIndex else { return self }
    return String(self[..<dot])
  }
}
