// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDStore

extension ReportContent {
  /// Adds runs of a store.
  ///
  /// Measurements of model files are reported one by one. Trainings, and measurements of networks
  /// that an experiment has trained, are reported as means over the networks of one kind, which
  /// differ in their seed alone; of runs with the same settings the newest counts.
  ///
  /// - Throws: ``StoreError``, and errors of documents that cannot be read.
  package mutating func add(_ runs: [RunSummary], of store: RunStore) throws {
    var trained: [RunSummary] = []
    var networks: [RunSummary] = []
    var figures: [RunSummary] = []
    for run in runs {
      switch run.kind {
      case .train: trained.append(run)
      case .figure: figures.append(run)
      case .measure:
        let isNetwork = try run.status == .finished && store.document(ofRun: run.id) == nil
        if isNetwork {
          networks.append(run)
        } else {
          var measurement = try ReportedMeasurement(
            try MeasuredRun(reading: "\(store.path)#\(run.id)"))
          measurement.date = run.created
          if !run.shard.isWhole {
            measurement.data += ", shard \(run.shard.index + 1) of \(run.shard.count)"
          }
          measurements.append(measurement)
        }
      }
    }
    (trained, networks) = (trained.newestOfEach, networks.newestOfEach)
    let kinds = NetworkKinds(trained + networks)
    for name in trained.map(kinds.name).uniqued {
      trainings.append(
        try ReportedTraining(
          name: name,
          runs: trained.filter { kinds.name(of: $0) == name }.map { (store, $0.id) }))
    }
    comparisons += ReportedComparison.all(
      of: try networkResults(of: trained, networks, kinds, in: store))
    for figure in figures {
      guard let document = try store.document(ofRun: figure.id) else { continue }
      if figure.tag == OrbitDiagram.tag {
        diagrams.append(try JSONDecoder().decode(OrbitDiagram.self, from: Data(document.utf8)))
        continue
      }
      for claim in try JSONDecoder().decode([Claim].self, from: Data(document.utf8))
      where !claims.contains(claim) {
        claims.append(claim)
      }
    }
  }

  /// Returns the results of networks on other data, together with those at both ends of their
  /// trainings; none if there are no other data.
  private func networkResults(
    of trained: [RunSummary], _ networks: [RunSummary], _ kinds: NetworkKinds, in store: RunStore
  ) throws -> [ReportedComparison.NetworkResult] {
    guard !networks.isEmpty else { return [] }
    func results(
      _ run: RunSummary, isUntrained: Bool, at iteration: Int
    ) throws -> [ReportedComparison.NetworkResult] {
      let name = kinds.name(of: run)
      return try store.results(ofRun: run.id).filter { $0.iteration == iteration }.map {
        ReportedComparison.NetworkResult(
          model: isUntrained ? "untrained \(name)" : name, data: run.data, seed: run.seed,
          result: $0.result)
      }
    }
    let onTrainingData = try trained.filter { $0.status == .finished }.flatMap { run in
      let last = try store.results(ofRun: run.id).map(\.iteration).max() ?? 0
      return try results(run, isUntrained: true, at: 0)
        + (last > 0 ? results(run, isUntrained: false, at: last) : [])
    }
    return try onTrainingData
      + networks.flatMap { try results($0, isUntrained: $0.isOfUntrainedNetwork, at: 0) }
  }
}

extension [RunSummary] {
  /// The runs without those that a newer one with the same settings repeats.
  fileprivate var newestOfEach: [RunSummary] {
    func key(_ run: RunSummary) -> [String] { [run.settings, run.model, run.data] }
    let newest = Dictionary(map { (key($0), $0.id) }, uniquingKeysWith: Swift.max)
    return filter { newest[key($0)] == $0.id }
  }
}
