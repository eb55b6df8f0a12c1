// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDReport
import GEEDStore

struct ShardSet {
  struct Part {
    let store: RunStore
    let run: RunSummary

    /// `run 1 of 'a.sqlite', shard 2/8`.
    var name: String { "run \(run.id) of '\(store.path)', shard \(run.shard.text)" }

    func damaged(_ reason: String) -> StoreError {
      .damaged(path: store.path, run: run.id, reason: reason)
    }
  }

  let shards: [Part]

  let settings: RunSettings

  /// Finds the shards in stores; throws unless they are those of one measurement, each finished once.
  init(stores: [RunStore]) throws {
    var parts: [Part] = []
    for store in stores {
      let own = try store.runs(kind: .measure).filter { !$0.shard.isWhole }.map {
        Part(store: store, run: $0)
      }
      guard !own.isEmpty else { throw MergeError.noShard(path: store.path) }
      // Unfinished runs of a shard that a later run of the same store has finished do not count.
      parts += own.filter { part in
        part.run.status == .finished
          || !own.contains {
            $0.run.status == .finished && $0.run.shard == part.run.shard
              && $0.run.settings == part.run.settings
          }
      }
    }
    for part in parts.dropFirst() {
      let (first, other) = (parts[0].run.description, part.run.description)
      guard other.settings == first.settings, other.shard.count == first.shard.count else {
        throw MergeError.different(parts[0].name, part.name, what: first.difference(from: other))
      }
    }
    if let part = parts.first(where: { $0.run.status != .finished }) {
      throw MergeError.unfinished(part.name)
    }
    shards = parts.sorted { $0.run.shard.index < $1.run.shard.index }
    try Self.requireEachOnce(shards)
    if let old = shards.first(where: { !$0.run.hasChecksums }) {
      throw StoreError.unchecked(path: old.store.path, run: old.run.id)
    }
    guard let settings = RunSettings(of: shards[0].run), settings.isPlausible else {
      throw shards[0].damaged("Its settings are none that this version knows.")
    }
    self.settings = settings
  }

  /// Throws unless every shard occurs exactly once in sorted parts.
  private static func requireEachOnce(_ parts: [Part]) throws {
    for (part, next) in zip(parts, parts.dropFirst())
    where part.run.shard == next.run.shard {
      throw MergeError.double(part.name, next.name)
    }
    let count = parts[0].run.shard.count
    let found = Set(parts.map(\.run.shard.index))
    let missing = Array((0..<count).lazy.filter { !found.contains($0) }.prefix(10))
    guard missing.isEmpty else {
      throw MergeError.missing(
        missing.map { Shard(index: $0, of: count).text }, more: count - found.count - missing.count)
    }
  }

  /// Returns the whole measurement without model and examples, a shard's document, and all records.
  func measurement() throws -> (DeviationMeasurement, MeasurementDocument, [MeasurementRecord]) {
    let text = try shards[0].store.finishedDocument(ofRun: shards[0].run.id)
    let document: MeasurementDocument
    do {
      document = try JSONDecoder().decode(MeasurementDocument.self, from: Data(text.utf8))
    } catch {
      throw shards[0].damaged("Its document is none that this version knows.")
    }
    let records = try shards.map { try $0.store.records(ofRun: $0.run.id) }
    var dataset = settings.data.stored(name: document.data.path)
    records.forEach { dataset.addExamples(of: $0) }
    var measurement: DeviationMeasurement
    do {
      measurement = try settings.plan.measurement(
        of: ClosureModel { _ in [:] }, on: dataset,
        scaleDataset: settings.scaleData?.stored(name: "the examples of M"))
    } catch {
      throw shards[0].damaged("\(error)")
    }
    for (part, own) in zip(shards, records) {
      measurement.shard = part.run.shard
      guard own.count == measurement.recordCount else {
        throw part.damaged(
          "It has \(own.count) records, but expected \(measurement.recordCount).")
      }
    }
    measurement.shard = .whole
    return (measurement, document, records.flatMap(\.self).sorted { $0.position < $1.position })
  }
}

/// The numbers that are plausible for a measurement; a file may contain arbitrary values.
private let plausibleCounts = 1...1 << 27

extension RunSettings {
  fileprivate var isPlausible: Bool {
    let sizes = [plan.batchSize, plan.exampleCount ?? 1, plan.scaleExampleCount ?? 1]
    return sizes.allSatisfy(plausibleCounts.contains)
      && 0 < plan.confidenceLevel && plan.confidenceLevel < 1 && !plan.probes.isEmpty
      && ([data] + [scaleData].compactMap(\.self)).allSatisfy(\.isPlausible)
  }
}

extension RunSettings.Examples {
  fileprivate var isPlausible: Bool {
    guard !shape.isEmpty, shape.allSatisfy(plausibleCounts.contains) else { return false }
    let size = try? Tensor.checkedCount(of: shape)
    return plausibleCounts.contains(size ?? 0) && plausibleCounts.contains(count)
  }

  fileprivate func stored(name: String) -> StoredDataset {
    StoredDataset(name: name, count: count, exampleShape: shape, classes: classes)
  }
}

extension RunDescription {
  /// Returns the difference from another run in words.
  fileprivate func difference(from other: RunDescription) -> String {
    if shard.count != other.shard.count { return "the number of shards" }
    if modelSHA256 != other.modelSHA256 { return "the model" }
    if group != other.group { return "the group (\(group) and \(other.group))" }
    if seed != other.seed { return "the seed (\(seed) and \(other.seed))" }
    let place = firstDifference(
      try? JSONSerialization.jsonObject(with: Data(settings.utf8)),
      try? JSONSerialization.jsonObject(with: Data(other.settings.utf8)), at: [])
    switch place?.path {
    case let path? where path.starts(with: ["model", "files", "weights"]):
      return "the weights beside the model (\(path.dropFirst(3).joined(separator: "/")))"
    case let path? where ["data", "scaleData"].contains(path.first ?? ""):
      return data == other.data
        ? "the examples of \(data), which were changed in between"
        : "the data (\(data) and \(other.data))"
    case let path?: return "the settings (\(path.joined(separator: ".")): \(place?.values ?? ""))"
    case nil: return "the settings"
    }
  }
}

/// Returns the first difference of two JSON values, by the names of their fields.
private func firstDifference(
  _ a: Any?, _ b: Any?, at path: [String]
) -> (path: [String], values: String)? {
  switch (a, b) {
  case (let a as [String: Any], let b as [String: Any]):
    return Set(a.keys).union(b.keys).sorted().lazy
      .compactMap { firstDifference(a[$0], b[$0], at: path + [$0]) }.first
  case (let a as [Any], let b as [Any]) where a.count == b.count:
    return a.indices.lazy.compactMap { firstDifference(a[$0], b[$0], at: path + ["\($0)"]) }.first
  default:
    let texts = [a, b].map { $0.map { "\($0)" } ?? "none" }
    return texts[0] == texts[1] ? nil : (path, texts.joined(separator: " and "))
  }
}

extension Shard {
  /// The shard as text, `2/8`, numbered from 1.
  var text: String { "\(index + 1)/\(count)" }
}

/// The reason that shards do not form a complete measurement.
enum MergeError: Error, CustomStringConvertible {
  case noShard(path: String)
  case different(String, String, what: String)
  case unfinished(String)
  case double(String, String)
  case missing([String], more: Int)

  var description: String {
    switch self {
    case .noShard(let path):
      "'\(path)' has no run that 'geed measure --shard' has made."
    case .different(let first, let second, let what):
      "\(first.capitalizedFirst), and \(second), are of different measurements: they differ in \(what)."
    case .unfinished(let name):
      "\(name.capitalizedFirst), is not finished; 'geed measure' with '--resume' finishes it."
    case .double(let first, let second):
      "\(first.capitalizedFirst), and \(second), are the same shard; leave one out."
    case .missing(let shards, let more):
      "Shard \(shards.joined(separator: ", "))\(more == 0 ? "" : " and \(more) more") "
        + (shards.count == 1 ? "is missing." : "are missing.")
    }
  }
}
