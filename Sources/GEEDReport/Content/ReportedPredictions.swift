// SPDX-License-Identifier: MIT

import GEED
import GEEDStore

/// The classes that classifiers predicted for examples under every element of the group.
package struct ReportedPredictions: Sendable {
  private struct Key: Hashable {
    let probe: Int
    let example: Int
  }

  private var classes: [Key: [Int?]] = [:]
  /// The numbers of predictions that equal the label, by probe and then by element.
  private var agreements: [Int: [Int]] = [:]
  private var positions: [Key: Int] = [:]

  package init() {}

  /// The classes by element of the group, by the position of the probe in
  /// ``ReportedMeasurement/results`` and the number of the example in its data set; empty if they
  /// are not known.
  package subscript(probe: Int, example: Int) -> [Int?] {
    get { classes[Key(probe: probe, example: example)] ?? [] }
    set { classes[Key(probe: probe, example: example)] = newValue }
  }

  /// Adds the prediction of an observation; those of one example come in the order of elements.
  mutating func add(_ observation: Observation, probe: Int, isShown: Bool) {
    let key = Key(probe: probe, example: observation.example)
    let element = positions[key, default: 0]
    positions[key] = element + 1
    if isShown { classes[key, default: []].append(observation.prediction) }
    guard let prediction = observation.prediction else { return }
    var counts = agreements[probe] ?? []
    while counts.count <= element { counts.append(0) }
    if prediction == observation.label { counts[element] += 1 }
    agreements[probe] = counts
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
