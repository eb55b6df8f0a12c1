// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData
import GEEDOnnx
import GEEDStore

/// All settings that determine the numbers of a measurement.
struct RunSettings: Codable, Hashable {
  struct Model: Codable, Hashable {
    let files: ModelFingerprint
    let layout: String
    let provider: String
    /// Omitted if it is not known.
    var arithmetic: String?
    let threads: Int?
    let constants: [String: Double]
    /// Omitted if there are none.
    let copies: [String]?
    let runtime: String
  }

  /// The properties of a data set without its examples.
  struct Examples: Codable, Hashable {
    let count: Int
    let shape: [Int]
    let classes: ClassCounts?
    /// The SHA-256 of each of the first drawn examples, after preprocessing.
    let drawn: [String]
    /// The SHA-256 of the names and classes of all examples that are drawn for E.
    let names: String
  }

  let version: String
  let model: Model
  private(set) var data: Examples
  private(set) var scaleData: Examples?
  let plan: MeasurementPlan

  init(_ session: MeasurementSession) throws {
    version = Geed.version
    model = try session.engine.settings(session.options.model)
    plan = session.plan
    data = try Examples(
      session.measurement.dataset, count: plan.exampleCount, seed: plan.seed)
    scaleData = try session.measurement.scaleDataset.map { [plan] in
      try Examples($0, count: plan.scaleExampleCount, seed: plan.seed)
    }
  }
}

extension RunSettings.Examples {
  /// The number of examples that identify a data set.
  private static let fingerprintCount = 8

  init(_ dataset: any Dataset, count drawnCount: Int?, seed: UInt64) throws {
    count = dataset.count
    shape = dataset.exampleShape
    classes = dataset.classes
    let wanted = max(drawnCount ?? count, Self.fingerprintCount)
    let chosen = randomExamples(min(wanted, count), of: count, seed: seed)
    drawn = try chosen.prefix(Self.fingerprintCount).map {
      try dataset.example(at: $0).sha256.hexadecimal
    }
    var hash = SHA256()
    for index in chosen.prefix(drawnCount ?? count) {
      hash.add(dataset.exampleName(at: index))
      hash.add(dataset.label(at: index).map(String.init))
    }
    names = hash.finish().hexadecimal
  }

  /// Returns whether settings are of the same data set: of equal size, and with a common example.
  fileprivate func isSameData(as other: RunSettings.Examples) -> Bool {
    count == other.count && shape == other.shape && zip(drawn, other.drawn).contains(where: ==)
  }
}

extension RunSettings {
  /// Creates the settings of a run; `nil` if another version has written them.
  init?(of run: RunSummary) {
    guard let own = try? JSONDecoder().decode(Self.self, from: Data(run.settings.utf8)) else {
      return nil
    }
    self = own
  }

  /// Throws if a run was made with these settings on data that have partly changed since.
  func requireSameExamples(
    as run: RunSummary, in store: RunStore, measurement: DeviationMeasurement
  ) throws {
    guard let other = RunSettings(of: run) else { return }
    var rest = other
    rest.data = data
    rest.scaleData = scaleData
    guard rest == self else { return }
    let pairs: [(Examples?, Examples?, (any Dataset)?)] = [
      (data, other.data, measurement.dataset),
      (scaleData, other.scaleData, measurement.scaleDataset),
    ]
    for case (let own?, let before?, let dataset?) in pairs {
      guard own.isSameData(as: before) else { return }
      let place = zip(own.drawn, before.drawn).enumerated().first { $1.0 != $1.1 }?.offset
      if let place { throw changedExample(at: place, of: dataset) }
    }
    guard self != other else { return }
    // Names or classes differ; the records identify the examples.
    _ = try measurement.start(resuming: try store.records(ofRun: run.id))
    throw ChangedExamples(store: store.path, run: run.id)
  }

  private func changedExample(at place: Int, of dataset: any Dataset) -> MeasurementError {
    let chosen = randomExamples(place + 1, of: dataset.count, seed: plan.seed)
    return .changedExample(
      dataset: dataset.name, example: chosen[place], name: dataset.exampleName(at: chosen[place]),
      difference: "its values are others")
  }
}

/// The error for examples whose names or classes differ from those of a run, in otherwise equal data.
struct ChangedExamples: Error, CustomStringConvertible {
  let store: String
  let run: Int64

  var description: String {
    "The names or classes of examples have changed since run \(run) of '\(store)' began; restore "
      + "them, or measure all of the data again."
  }
}

extension StoreOptions {
  /// Opens the store, if one is given, and restricts the session to the requested shard.
  func begin(_ session: inout MeasurementSession) throws -> MeasurementRecording? {
    guard let path = store else { return nil }
    let settings = try RunSettings(session)
    session.measurement.shard = try resolvedShard()
    let measurement = session.measurement
    let description = try RunDescription(
      settings: settings, model: session.graph.path, modelSHA256: session.files.sha256,
      data: session.options.source.location, group: measurement.inputAction.transformations.name,
      seed: session.plan.seed, versions: session.versions, shard: measurement.shard)
    let store = try RunStore(creating: path)
    if resume { try logWhatIsResumed(description, settings: settings, of: measurement, in: store) }
    return try store.beginMeasurement(description, of: measurement, resuming: resume)
  }

  /// Reports whether there is a run to resume; throws if there is one on data that have changed.
  private func logWhatIsResumed(
    _ description: RunDescription, settings: RunSettings, of measurement: DeviationMeasurement,
    in store: RunStore
  ) throws {
    if let run = try store.latestRun(of: .measure, like: description) {
      return StandardError.log(
        "Continuing run \(run.id) of \(store.path), begun \(run.created).")
    }
    let others = try store.runs(kind: .measure).filter { $0.shard == description.shard }
    for run in others.reversed() {
      try settings.requireSameExamples(as: run, in: store, measurement: measurement)
    }
    let isOld = others.contains { $0.status != .finished && !$0.hasChecksums }
    StandardError.log(
      "\(store.path) has no run of these settings; beginning one."
        + (isOld
          ? " An earlier version's unfinished run has no checksums and is not continued." : ""))
  }
}

/// The identity of a network, independent of the name of its file.
struct ModelFingerprint: Codable, Hashable {
  let sha256: String
  /// The SHA-256 of every file with external weights, by name; `nil` if there are none.
  let weights: [String: String]?

  init(sha256: String, weights: [String: String]?) {
    self.sha256 = sha256
    self.weights = weights
  }

  init(_ graph: OnnxGraph) throws {
    try graph.requireWeightFiles()
    sha256 = try Digest.hex(ofFile: graph.path, by: .sha256)
    var hashes: [String: String] = [:]
    for (name, path) in graph.weightFiles {
      hashes[name] = try Digest.hex(ofFile: path, by: .sha256)
    }
    weights = hashes.isEmpty ? nil : hashes
  }
}
