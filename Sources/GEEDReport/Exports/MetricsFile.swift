// SPDX-License-Identifier: MIT

import GEED

/// The results of a measurement as metrics of DVC: numbers in a tree, which `dvc metrics show` and
/// `dvc metrics diff` compare between revisions.
package struct MetricsFile: Encodable {
  /// The numbers of one result; those that do not exist are left out.
  package struct Numbers: Encodable {
    let value: Double?
    let low: Double?
    let high: Double?
    let floor: Double?
    let examples: Int
  }

  private let numbers: [String: [String: [String: Numbers]]]

  /// Creates the metrics of a measurement, by group, metric and tensor.
  package init(_ document: MeasurementDocument) {
    var metrics: [String: [String: Numbers]] = [:]
    for result in document.results {
      metrics[result.metric.rawValue, default: [:]][result.tensor] = Numbers(
        value: result.value, low: result.confidenceInterval?.lowerBound,
        high: result.confidenceInterval?.upperBound, floor: result.floor,
        examples: result.exampleCount)
    }
    numbers = [document.group: metrics]
  }

  package func encode(to encoder: any Encoder) throws { try numbers.encode(to: encoder) }
}
