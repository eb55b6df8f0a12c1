// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDStore

/// The results of a run as arrays for NumPy: one axis for probes, elements, examples, and in a
/// training for iterations. Numbers that do not exist are NaN.
package struct ResultArrays {
  /// The arrays with their names, which stay.
  package private(set) var arrays: [(name: String, array: NumPyArray)] = []

  /// The results by iteration and probe; those that do not exist are `nil`.
  private let results: [[ProbeResult?]]

  /// The lengths of the axes of iterations and probes; that of iterations only in a training.
  private let shape: [Int]

  /// Creates the arrays of a measurement.
  package init(_ document: MeasurementDocument) {
    results = [document.results]
    shape = [document.results.count]
    add("model", document.model.path)
    add("data", document.data.path)
    add("group", document.group)
    arrays.append(("confidence_level", NumPyArray([document.confidenceLevel], shape: [])))
    addResults(probes: document.results.map { ($0.metric, $0.tensor) })
  }

  /// Creates the arrays of a training, with its course.
  ///
  /// - Throws: ``StoreError`` if the run cannot be read.
  package init(training run: RunSummary, in store: RunStore) throws(StoreError) {
    let found = try store.results(ofRun: run.id)
    let steps = try store.steps(ofRun: run.id)
    let iterations = found.map(\.iteration).uniqued
    let probes = found.map { ProbeKey($0.result.metric, $0.result.tensor) }.uniqued
    results = iterations.map { iteration in
      let own = found.filter { $0.iteration == iteration }.map(\.result)
      return probes.map { probe in
        own.first { $0.metric == probe.metric && $0.tensor == probe.tensor }
      }
    }
    shape = [iterations.count, probes.count]
    add("model", run.model)
    add("data", run.data)
    add("group", run.group)
    arrays.append(("iteration", NumPyArray(iterations, shape: [iterations.count])))
    addResults(probes: probes.map { ($0.metric, $0.tensor) })
    arrays.append(("step", NumPyArray(steps.map(\.iteration), shape: [steps.count])))
    let columns: [(String, KeyPath<StoredStep, Double?>)] = [
      ("loss", \.loss), ("accuracy", \.accuracy), ("test_loss", \.testLoss),
      ("test_accuracy", \.testAccuracy), ("learning_rate", \.learningRate),
    ]
    for (name, column) in columns {
      arrays.append(
        (name, NumPyArray(steps.map { $0[keyPath: column] ?? .nan }, shape: [steps.count])))
    }
  }

  private mutating func add(_ name: String, _ text: String) {
    arrays.append((name, NumPyArray([text], shape: [])))
  }

  private mutating func addResults(probes: [(metric: Metric, tensor: String)]) {
    arrays.append(("metric", NumPyArray(probes.map(\.metric.rawValue), shape: [probes.count])))
    arrays.append(("tensor", NumPyArray(probes.map(\.tensor), shape: [probes.count])))
    for (name, text) in [("action", \ProbeResult.action), ("distance", \ProbeResult.distance)] {
      let texts = all.prefix(probes.count).map { $0?[keyPath: text] ?? "" }
      guard texts.contains(where: { !$0.isEmpty }) else { continue }
      arrays.append((name, NumPyArray(texts, shape: [probes.count])))
    }
    add("value") { $0.value }
    add("low") { $0.confidenceInterval?.lowerBound }
    add("high") { $0.confidenceInterval?.upperBound }
    add("unnormalized") { $0.unnormalized }
    add("scale") { $0.scale }
    add("floor") { $0.floor }
    arrays.append(
      ("example_count", NumPyArray(all.map { $0?.exampleCount ?? 0 }, shape: shape)))

    // Several elements of a sample may have the same name.
    let elements = all.flatMap { Occurrence.all($0?.perElement.map(\.element) ?? []) }.uniqued
    arrays.append(("element", NumPyArray(elements.map(\.name), shape: [elements.count])))
    add("per_element", elements) {
      zip(Occurrence.all($0.perElement.map(\.element)), $0.perElement.map(\.value)).map { ($0, $1) }
    }

    let examples = all.flatMap { $0?.perExample ?? [] }
    let indices = examples.map(\.index).uniqued
    let names = Dictionary(examples.map { ($0.index, $0.name ?? "") }) { first, _ in first }
    arrays.append(("example", NumPyArray(indices, shape: [indices.count])))
    arrays.append(
      ("example_name", NumPyArray(indices.map { names[$0] ?? "" }, shape: [indices.count])))
    add("per_example", indices) { $0.perExample.map { ($0.index, $0.value) } }
  }

  private var all: [ProbeResult?] { results.flatMap(\.self) }

  private mutating func add(_ name: String, _ number: (ProbeResult) -> Double?) {
    arrays.append((name, NumPyArray(all.map { $0.flatMap(number) ?? .nan }, shape: shape)))
  }

  /// Adds an array with one more axis.
  private mutating func add<Key: Hashable>(
    _ name: String, _ axis: [Key], _ numbers: (ProbeResult) -> [(Key, Double)]
  ) {
    let values = all.flatMap { result in
      let own = Dictionary(result.map(numbers) ?? []) { first, _ in first }
      return axis.map { own[$0] ?? .nan }
    }
    arrays.append((name, NumPyArray(values, shape: shape + [axis.count])))
  }
}

/// One of several elements of the same name.
private struct Occurrence: Hashable {
  let name: String
  let number: Int

  static func all(_ names: [String]) -> [Occurrence] {
    var counts: [String: Int] = [:]
    return names.map { name in
      counts[name, default: 0] += 1
      return Occurrence(name: name, number: counts[name] ?? 1)
    }
  }
}
