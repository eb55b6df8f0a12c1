// SPDX-License-Identifier: MIT

import GEED
import GEEDStore

extension Reproduction {
  /// Returns the newest run of a job; `nil` if the job was not begun.
  func run(_ job: Job, in store: RunStore) throws -> RunSummary? {
    var kind = RunSummary.Kind.train
    if case .measure = job { kind = .measure }
    return try store.latestRun(of: kind, like: description(job))
  }

  /// Returns the jobs that are not finished.
  func openJobs(in store: RunStore) throws -> [Job] {
    try jobs.filter { try run($0, in: store)?.status != .finished }
  }

  /// Returns whether everything is in the store.
  ///
  /// - Throws: `StoreError` if the store cannot be read.
  package func isComplete(in store: RunStore) throws -> Bool {
    try openJobs(in: store).isEmpty
  }

  /// Returns all numbers that are in the store; no network is needed.
  ///
  /// - Throws: `StoreError` if the store cannot be read.
  package func record(in store: RunStore) throws -> FigureRecord {
    var record = FigureRecord(seeds: experiment.seeds)
    for job in jobs {
      guard let run = try run(job, in: store) else { continue }
      let (kind, seed) = job.network
      switch job {
      case .train:
        for step in try store.steps(ofRun: run.id) {
          guard let accuracy = step.testAccuracy else { continue }
          record.add(
            accuracy, of: .accuracy, at: .init(kind, at: step.iteration), seed: seed)
        }
        for result in try store.results(ofRun: run.id) {
          record.add(result, at: .init(kind, at: result.iteration), seed: seed)
        }
      case .measure(_, _, let isTrained, let data):
        let place = FigureRecord.Place(
          kind, at: isTrained ? experiment.iterations : 0, on: data)
        for result in try store.results(ofRun: run.id) {
          record.add(result, at: place, seed: seed)
        }
      }
    }
    return record
  }

  /// Tests the paper's claims, and writes the verdicts to the store.
  ///
  /// - Parameters:
  ///   - record: The record read by ``record(in:)``.
  ///   - store: The store to write to.
  /// - Throws: `StoreError` if the store cannot be written.
  package func conclude(from record: FigureRecord, in store: RunStore) throws -> [Claim] {
    let claims = figure.figure.claims(of: record, in: experiment)
    try store.saveFigure(conclusionDescription(), document: claims.canonicalJSON)
    return claims
  }
}

extension FigureRecord {
  fileprivate mutating func add(_ result: StoredResult, at place: Place, seed: UInt64) {
    if let value = result.value {
      add(value, of: .deviation(result.metric, result.tensor), at: place, seed: seed)
    }
    if result.metric.scaleMeasure != nil, let value = result.unnormalized {
      add(value, of: .unnormalized(result.metric, result.tensor), at: place, seed: seed)
    }
  }
}
