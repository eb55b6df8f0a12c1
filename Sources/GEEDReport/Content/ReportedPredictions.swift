// SPDX-License-Identifier: MIT

import GEED
import GEEDStore

/// The classes that classifiers predicted for examples under every element of the group.
package struct ReportedPredictions: Sendable {
  private struct Key: Hashable {
    let probe: Int
    let example: Int
  }

  /// The number of elements of the group.
  private let elementCount: Int
  private var classes: [Key: [Int?]] = [:]
  /// The numbers of predictions that equal the label, by probe and then by element.
  private var agreements: [Int: [Int]] = [:]

  package init(elementCount: Int = 0) { self.elementCount = elementCount }

  /// The classes by element of the group, by the position of the probe in
  /// ``ReportedMeasurement/results`` and the number of the example in its data set; empty if they
  /// are not known.
  package subscript(probe: Int, example: Int) -> [Int?] {
    get { classes[Key(probe: probe, example: example)] ?? [] }
    set { classes[Key(probe: probe, example: example)] = newValue }
  }

  /// Adds the prediction of an observation, if there is one.
  mutating func add(_ observation: Observation, probe: Int, isShown: Bool) {
    let element = observation.elementNumber
    guard let prediction = observation.prediction, element < elementCount else { return }
    if isShown {
      let key = Key(probe: probe, example: observation.example)
      classes[key, default: Array(repeating: nil, count: elementCount)][element] = prediction
    }
    let isLabel = prediction == observation.label
    agreements[probe, default: Array(repeating: 0, count: elementCount)][element] += isLabel ? 1 : 0
  }

  /// Whether labels are the numbers of the model's classes: the shares of predictions that equal the
  /// label are the accuracies of the results, and not all 0.
  func areNumberedLikeLabels(_ results: [ProbeResult]) -> Bool {
    agreements.allSatisfy { probe, counts in
      guard let accuracy = results[probe].predictions?.accuracy, accuracy.count == counts.count
      else { return false }
      let total = Double(results[probe].exampleCount)
      return counts.contains { $0 > 0 }
        && zip(accuracy, counts).allSatisfy { abs($0.value * total - Double($1)) < 0.5 }
    }
  }
}
