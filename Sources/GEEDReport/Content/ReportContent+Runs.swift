// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData
import GEEDStore

extension ReportedMeasurement {
  /// Creates the content of a measured run, with the observations of examples if it is in a store.
  ///
  /// - Throws: ``StoreError`` if the store cannot be read.
  package init(_ run: MeasuredRun) throws(StoreError) {
    self.init(run.document)
    guard !FileManager.default.fileExists(atPath: run.path),
      let mark = run.path.lastIndex(of: "#"),
      let id = Int64(run.path[run.path.index(after: mark)...])
    else { return }
    try readObservations(ofRun: id, in: RunStore(opening: String(run.path[..<mark])))
  }

  /// Creates the content of a document, which has no observations.
  package init(_ document: MeasurementDocument) {
    self.init(
      model: document.model.path, data: document.data.path, group: document.group,
      results: document.results)
    modelSHA256 = document.model.sha256
    seed = document.seed
    exampleCount = document.results.map(\.exampleCount).max() ?? 0
    confidenceLevel = document.confidenceLevel
    depths = document.model.depths ?? [:]
    twinResults = document.control?.results ?? []
    command = document.commandLine ?? []
    provenance = Self.provenance(of: document)
  }

  /// Reads the observations of a run with the results of this measurement, with the classes, the
  /// images and the predictions of its examples.
  package mutating func readObservations(
    ofRun id: Int64, in store: RunStore
  ) throws(StoreError) {
    let probes = Dictionary(
      results.enumerated().map { (ProbeKey($1.metric, $1.tensor), $0) }, uniquingKeysWith: { $1 })
    let elements = results.map { result in
      Dictionary(
        result.perElement.enumerated().map { ($1.element, $0) }, uniquingKeysWith: { $1 })
    }
    let scales = results.map { $0.scale ?? 1 }
    thumbnails = try store.thumbnails(ofRun: id)
    let shown = Set(thumbnails.map(\.example))
    elementNames = try store.elementNames(ofRun: id)
    var (columns, labels) = (observations, labels)
    var predictions = ReportedPredictions(elementCount: elementNames.count)
    var undefinedCount = 0
    try store.forEachObservation(ofRun: id) { observation in
      guard let probe = probes[ProbeKey(observation.metric, observation.tensor)] else { return }
      predictions.add(observation, probe: probe, isShown: shown.contains(observation.example))
      guard let element = elements[probe][observation.element] else { return }
      guard observation.value.isFinite else {
        undefinedCount += 1
        return
      }
      columns.probes.append(probe)
      columns.examples.append(observation.example)
      columns.elements.append(element)
      columns.values.append(observation.value / scales[probe])
      if let label = observation.label { labels[observation.example] = "class \(label)" }
    }
    if !predictions.areNumberedLikeLabels(results) {
      labels = labels.mapValues { "\($0) of the data" }
    }
    (observations, self.labels, self.predictions) = (columns, labels, predictions)
    if undefinedCount > 0 {
      provenance.append(
        ("observations left out", "\(undefinedCount), which are not finite numbers"))
    }
  }

  private static func provenance(
    of document: MeasurementDocument
  ) -> [(name: String, value: String)] {
    let plan = document.plan
    func count(_ count: Int?) -> String { count.map { "\($0)" } ?? "all" }
    let entries: [(name: String, value: String?)] = [
      ("model", document.model.path),
      ("model’s SHA-256", document.model.sha256),
      ("input", document.model.layout),
      (
        "computed by",
        document.model.provider.map { provider in
          provider + (document.model.arithmetic.map { " in \($0)" } ?? "")
        }
      ),
      ("data", document.data.path),
      ("examples in the data", "\(document.data.exampleCount)"),
      ("preprocessing", document.data.preprocessing.flatMap { try? $0.json() }),
      ("group", document.group),
      ("interpolation", document.interpolation?.rawValue),
      ("composition defect of the action", document.action?.compositionDefect.shown),
      (
        "examples",
        plan.map { "\(count($0.exampleCount)) for E, \(count($0.scaleExampleCount)) for M" }
      ),
      ("seed", "\(document.seed)"),
      ("examples’ SHA-256", document.examples?.sha256),
      ("confidence level", document.confidenceLevel.percentText),
      (
        "versions",
        document.versions?.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
          .joined(separator: "; ")
      ),
    ]
    return entries.compactMap { entry in entry.value.map { (entry.name, $0) } }
  }
}

/// The metric and the tensor of a probe.
struct ProbeKey: Hashable {
  let metric: Metric
  let tensor: String

  init(_ metric: Metric, _ tensor: String) { (self.metric, self.tensor) = (metric, tensor) }
}

extension ReportedTraining {
  /// Creates the content of trainings of networks of one kind, which are runs of stores.
  ///
  /// - Throws: ``StoreError`` if a store cannot be read, or has no such run.
  package init(name: String, runs: [(store: RunStore, id: Int64)]) throws(StoreError) {
    self.init(name: name, networks: [])
    for (store, id) in runs { networks.append(try Self.points(ofRun: id, in: store)) }
  }

  private static func points(
    ofRun id: Int64, in store: RunStore
  ) throws(StoreError) -> [Point] {
    var points: [Int: Point] = [:]
    let hasLinearProbe = try store.run(id).hasLinearProbe
    for step in try store.steps(ofRun: id) where step.testAccuracy != nil {
      points[step.iteration] = Point(
        iteration: step.iteration, testAccuracy: step.testAccuracy, hasLinearProbe: hasLinearProbe)
    }
    for (iteration, result) in try store.results(ofRun: id) {
      var point = points[iteration] ?? Point(iteration: iteration)
      if let value = result.value {
        point.deviations.append((result.metric, result.tensor, value))
      }
      for (kind, subgroup) in result.subgroupsByKind {
        point.deviations.append((result.metric, "\(result.tensor), \(kind)", subgroup.value))
      }
      if result.metric.scaleMeasure != nil, let value = result.unnormalized {
        point.unnormalized.append((result.metric, result.tensor, value))
      }
      points[iteration] = point
    }
    return points.values.sorted { $0.iteration < $1.iteration }
  }
}
