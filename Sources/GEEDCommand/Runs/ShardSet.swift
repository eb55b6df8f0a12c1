// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDStore

/// The shards of one measurement, all of them and each once.
struct ShardSet {
  /// A shard and where it is.
  struct Part {
    let store: RunStore
    let run: RunSummary

    /// `run 1 of 'a.sqlite', shard 2/8`.
    var name: String { "run \(run.id) of '\(store.path)', shard \(run.shard.text)" }
  }

  /// In order.
  let shards: [Part]

  /// What all of them have measured.
  let settings: RunSettings

  /// Finds the shards that stores hold.
  ///
  /// - Throws: ``MergeError`` if they are not those of one measurement, or some are missing, double or
  ///   not finished.
  init(stores: [RunStore]) throws {
    var parts: [Part] = []
    for store in stores {
      let own = try store.runs(kind: .measure).filter { !$0.shard.isWhole }.map {
        Part(store: store, run: $0)
      }
      guard !own.isEmpty else { throw MergeError.noShard(path: store.path) }
      parts += Self.withoutFailedAttempts(own)
    }
    try Self.requireOneMeasurement(parts)
    if let part = parts.first(where: { $0.run.status != .finished }) {
      throw MergeError.unfinished(part.name)
    }
    shards = parts.sorted { $0.run.shard.index < $1.run.shard.index }
    try Self.requireEachOnce(shards)
    settings = try JSONDecoder().decode(RunSettings.self, from: Data(shards[0].run.settings.utf8))
  }

  /// Leaves out unfinished runs of a shard that a later run of the same store has finished.
  private static func withoutFailedAttempts(_ parts: [Part]) -> [Part] {
    parts.filter { part in
      part.run.status == .finished
        || !parts.contains {
          $0.run.status == .finished && $0.run.shard == part.run.shard
            && $0.run.settings == part.run.settings
        }
    }
  }

  private static func requireOneMeasurement(_ parts: [Part]) throws {
    for part in parts.dropFirst() {
      let first = parts[0]
      guard part.run.settings == first.run.settings,
        part.run.shard.count == first.run.shard.count
      else {
        throw MergeError.different(
          first.name, part.name, what: first.run.difference(from: part.run))
      }
    }
  }

  /// Throws unless there is each shard once, of parts that are sorted.
  private static func requireEachOnce(_ parts: [Part]) throws {
    for (part, next) in zip(parts, parts.dropFirst())
    where part.run.shard == next.run.shard {
      throw MergeError.double(part.name, next.name)
    }
    let count = parts[0].run.shard.count
    let found = Set(parts.map(\.run.shard.index))
    let missing = (0..<count).filter { !found.contains($0) }
    guard missing.isEmpty else {
      throw MergeError.missing(missing.map { Shard(index: $0, of: count).text })
    }
  }

  /// All records, in the order of the plan.
  func records() throws -> [MeasurementRecord] {
    try shards.flatMap { try $0.store.records(ofRun: $0.run.id) }
      .sorted { $0.position < $1.position }
  }

  /// The whole measurement, of a model that is not there and examples that are known by name alone;
  /// and what stands in its document besides the results.
  func measurement() throws -> (DeviationMeasurement, MeasurementFrame) {
    let document = try shards[0].store.finishedDocument(ofRun: shards[0].run.id)
    let frame = try JSONDecoder().decode(MeasurementFrame.self, from: Data(document.utf8))
    var dataset = settings.data.stored(name: frame.data.path)
    for part in shards { try dataset.addExamples(ofRun: part.run.id, in: part.store) }
    let model = ClosureModel { _ in [:] }
    return (
      try settings.recipe.measurement(
        of: model, on: dataset,
        scaleDataset: settings.scaleData?.stored(name: "the examples of M")),
      frame
    )
  }
}

extension RunSettings.Examples {
  fileprivate func stored(name: String) -> StoredDataset {
    StoredDataset(name: name, count: count, exampleShape: shape, classes: classes)
  }
}

extension RunSummary {
  /// What is different in another run, for people.
  fileprivate func difference(from other: RunSummary) -> String {
    if shard.count != other.shard.count { return "the number of shards" }
    if modelSHA256 != other.modelSHA256 { return "the model" }
    if group != other.group { return "the group (\(group) and \(other.group))" }
    if seed != other.seed { return "the seed (\(seed) and \(other.seed))" }
    if data != other.data { return "the data (\(data) and \(other.data))" }
    return "the settings"
  }
}

extension Shard {
  /// `2/8`, numbered from 1 on.
  var text: String { "\(index + 1)/\(count)" }
}

/// Why shards make no whole.
enum MergeError: Error, CustomStringConvertible {
  case noShard(path: String)
  case different(String, String, what: String)
  case unfinished(String)
  case double(String, String)
  case missing([String])

  var description: String {
    switch self {
    case .noShard(let path):
      "'\(path)' has no run that 'geed measure --shard' has made."
    case .different(let first, let second, let what):
      "\(first), and \(second), are of different measurements: they differ in \(what)."
    case .unfinished(let name):
      "\(name), is not finished; 'geed measure' with '--resume' finishes it."
    case .double(let first, let second):
      "\(first), and \(second), are the same shard; leave one out."
    case .missing(let shards):
      "Shard \(shards.joined(separator: ", ")) \(shards.count == 1 ? "is" : "are") missing."
    }
  }
}
