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
  private let state: Mutex<State>
  private let workers = DispatchGroup()

  private struct State {
    var open: [Reproduction.Job]
    /// The training jobs whose networks are not ready yet.
    var trainings: Set<Reproduction.Job>
    var done = 0.0
    let total: Double
    var news: [String] = []
    var isStopping = false
    var failure: (any Error)?
  }

  /// Prepares the jobs that are not finished in the store, for `workerCount` networks at a time.
  package init(
    _ reproduction: Reproduction, in store: RunStore, workerCount: Int, resumes: Bool
  ) throws {
    precondition(workerCount > 0, "Expected a positive number of workers, but got \(workerCount).")
    let open = try reproduction.openJobs(in: store)
    self.reproduction = reproduction
    self.store = store
    self.workerCount = workerCount
    self.resumes = resumes
    state = Mutex(
      State(
        open: open, trainings: Set(open.filter(\.isTraining)),
        total: open.reduce(0) { $0 + reproduction.effort($1) }))
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
        if let data = job.data { try measure(job, on: data) } else { try train(job) }
        state.withLock { _ = $0.trainings.remove(job) }
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
          $0.isTraining || !$0.isTrained
            || !state.trainings.contains(Reproduction.Job(kind: $0.kind, seed: $0.seed))
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
    let configuration = reproduction.configuration(job.kind, job.seed)
    let description = try reproduction.description(job)
    var training = try StoredTraining(
      TrainingRun(
        configuration, run: description.settings, folder: reproduction.folder(job),
        device: reproduction.device, resumes: resumes), in: store, description)
    let unit = reproduction.effort(job) / Double(configuration.iterations)
    add(unit * Double(training.run.iteration))
    try training.start()
    var accuracy: Double?
    while !training.run.isFinished {
      if isStopping { return try training.save() }
      accuracy = try training.advance().testAccuracy ?? accuracy
      add(unit)
    }
    try training.finish()
    let share = accuracy.map { ", \(String(format: "%.2f", 100 * $0)) % of the test data" } ?? ""
    let news = "\(job.kind.rawValue) \(job.seed): \(configuration.iterations) iterations\(share)"
    state.withLock { $0.news.append(news) }
  }

  private func measure(_ job: Reproduction.Job, on name: String) throws {
    let dataset = try reproduction.data.open(name)
    let weights = try ParameterStore(seed: job.seed, device: reproduction.device)
    let network = try reproduction.configuration(job.kind, job.seed).network.make(
      imageShape: dataset.exampleShape, parameters: weights.root)
    if job.isTrained { try weights.load("\(reproduction.folder(job))/model.safetensors") }
    let measurement = try reproduction.experiment.measurement.measurement(
      of: network, at: reproduction.device, on: dataset, seed: 0)
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
    try recording.finish(run.result)
    add(reproduction.effort(job))
  }

  private func add(_ effort: Double) { state.withLock { $0.done += effort } }
}

extension Reproduction {
  /// Returns the approximate work of a job for the progress, in iterations of the conventional network.
  fileprivate func effort(_ job: Job) -> Double {
    job.isTraining ? Double(experiment.iterations) * (job.kind == .steerable ? 1.5 : 1) : 20
  }
}
