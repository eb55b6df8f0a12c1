// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDModels
import GEEDStore
import GEEDTorch
import Synchronization

/// The reproduction of a figure. Networks are trained and measured in parallel, each on one thread,
/// so that the numbers do not depend on the number of cores.
package final class ReproductionRun: Sendable {
  private let reproduction: Reproduction
  private let workerCount: Int
  private let store: RunStore
  private let resumes: Bool
  /// The share of each job in the work, in seconds.
  private let efforts: [Reproduction.Job: Double]
  private let state: Mutex<State>
  private let workers = DispatchGroup()

  private struct State {
    var open: [Reproduction.Job]
    /// The networks that are not trained yet.
    var untrained: Set<TrainedNetwork>
    var done = 0.0
    let total: Double
    var news: [String] = []
    var isStopping = false
    var failure: (any Error)?
  }

  /// Prepares the jobs that are not finished in the store, for `workerCount` networks at a time, the
  /// longest trainings first.
  package init(
    _ reproduction: Reproduction, in store: RunStore, workerCount: Int, resumes: Bool,
    _ estimate: ReproductionEstimate
  ) throws {
    precondition(workerCount > 0, "Expected a positive number of workers, but got \(workerCount).")
    let jobs = try reproduction.openJobs(in: store)
    let efforts = Dictionary(
      uniqueKeysWithValues: jobs.map {
        ($0, estimate.seconds(for: $0, of: reproduction.experiment))
      })
    let order = jobs.indices.sorted { a, b in
      let (first, second) = (efforts[jobs[a]] ?? 0, efforts[jobs[b]] ?? 0)
      return first != second ? first > second : a < b
    }
    let open = order.map { jobs[$0] }
    self.reproduction = reproduction
    self.store = store
    self.workerCount = workerCount
    self.resumes = resumes
    self.efforts = efforts
    state = Mutex(
      State(
        open: open, untrained: Set(open.filter { $0.measurement == nil }.map(\.network)),
        total: efforts.values.reduce(0, +)))
  }

  package func start() {
    for _ in 0..<workerCount {
      workers.enter()
      let thread = Thread { [self] in
        TorchEngine.setThreadCount(1)
        work()
        workers.leave()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// Asks the threads to save their state and to end.
  package func stop() { state.withLock { $0.isStopping = true } }

  /// Waits for at most the given number of seconds; returns whether everything is done or stopped.
  package func waitForEnd(_ seconds: Double) -> Bool {
    workers.wait(timeout: .now() + seconds) == .success
  }

  package var progress: Double { state.withLock { $0.total > 0 ? $0.done / $0.total : 1 } }

  /// Returns the lines reported since the last call.
  package func drainLog() -> [String] {
    state.withLock { state in
      defer { state.news = [] }
      return state.news
    }
  }

  package func requireSuccess() throws {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  package var isComplete: Bool {
    state.withLock { $0.open.isEmpty && !$0.isStopping && $0.failure == nil }
  }

  // MARK: Threads

  private var isStopping: Bool { state.withLock { $0.isStopping || $0.failure != nil } }

  private func work() {
    while let job = nextJob() {
      do {
        if let measurement = job.measurement {
          try measure(job, measurement)
        } else {
          try train(job)
          state.withLock { _ = $0.untrained.remove(job.network) }
        }
      } catch {
        state.withLock { $0.failure = $0.failure ?? error }
      }
    }
  }

  /// Takes a job whose network is ready; waits if other networks are still being trained.
  private func nextJob() -> Reproduction.Job? {
    while !isStopping {
      let next: Reproduction.Job?? = state.withLock { state in
        let index = state.open.firstIndex {
          !$0.needsTraining || !state.untrained.contains($0.network)
        }
        if let index { return .some(state.open.remove(at: index)) }
        return state.open.isEmpty ? .some(nil) : nil
      }
      if let next { return next }
      Thread.sleep(forTimeInterval: 0.1)
    }
    return nil
  }

  private func train(_ job: Reproduction.Job) throws {
    let configuration = reproduction.configuration(job.network)
    let description = try reproduction.description(job)
    var training = try StoredTraining(
      TrainingRun(
        configuration, run: description.settings, folder: reproduction.folder(job.network),
        device: reproduction.device, resumes: resumes), in: store, description)
    let unit = (efforts[job] ?? 0) / Double(configuration.iterations)
    add(unit * Double(training.run.iteration))
    try training.start()
    var accuracy: Double?
    while !training.run.isFinished {
      if isStopping { return try training.save() }
      accuracy = try training.advance().testAccuracy ?? accuracy
      add(unit)
    }
    try training.finish()
    let share =
      accuracy.map {
        ", \(String(format: "%.2f", 100 * $0)) % of the test data"
          + (configuration.evaluatesByProbe ? " by a linear probe" : "")
      } ?? ""
    let news = "\(job.model): \(configuration.iterations) iterations\(share)"
    state.withLock { $0.news.append(news) }
  }

  private func measure(_ job: Reproduction.Job, _ description: NetworkMeasurement) throws {
    let device = reproduction.device
    let dataset =
      try description.data.map { try reproduction.experiment.open($0) }
      ?? reproduction.experiment.openTestData(for: job.network.kind, seed: job.network.seed)
    var network = try reproduction.makeNetwork(
      job.network, imageShape: dataset.exampleShape, isTrained: description.isTrained)
    let settings = description.settings
    if let change = description.change {
      network = try NetworkOfChangedFeatures(
        network, change, device: device, meanOver: dataset, exampleCount: settings.scaleSamples)
    }
    var measurement = try settings.measurement(of: network, at: device, on: dataset, seed: 0)
    if description.searchesPermutations {
      for index in measurement.probes.indices where measurement.probes[index].metric == .channelwise
      {
        measurement.probes[index].searchesPermutations = true
      }
    }
    let recording = try store.beginMeasurement(
      reproduction.description(job), of: measurement, resuming: true)
    var run = try measurement.start(resuming: recording.records())
    var records: [MeasurementRecord] = []
    while try run.advance(addingRecordsTo: &records) {
      try recording.append(records)
      records.removeAll()
      if isStopping { return }
    }
    try recording.append(records)
    try recording.finish(measurement.addingPermutations(to: run.result))
    add(efforts[job] ?? 0)
  }

  private func add(_ effort: Double) { state.withLock { $0.done += effort } }
}
