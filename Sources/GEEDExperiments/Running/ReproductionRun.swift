// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData
import GEEDModels
import GEEDStore
import GEEDTorch
import Synchronization

/// The reproduction of a figure. Networks are trained and measured in parallel, each on one thread.
///
///     let run = try ReproductionRun(reproduction, in: store, workerCount: 2, resumes: true)
///     run.start()
///     while !run.waitForEnd(0.2) { print(run.progress) }
///     try run.requireSuccess()
///
/// Each network uses only one thread because small networks gain little from more, and so that the
/// numbers do not depend on the number of cores.
///
/// This is a class because it owns threads.
package final class ReproductionRun: Sendable {
  /// The figure to reproduce.
  package let reproduction: Reproduction
  /// The number of networks that are processed at a time.
  package let workerCount: Int

  private let store: RunStore
  private let resumes: Bool
  private let state: Mutex<State>
  private let workers = DispatchGroup()

  fileprivate struct State {
    var open: [Reproduction.Job]
    /// The training jobs whose networks are not ready yet.
    var trainings: Set<Reproduction.Job>
    var done = 0.0
    let total: Double
    var news: [String] = []
    var isStopping = false
    var failure: (any Error)?
  }

  /// - Parameters:
  ///   - reproduction: The figure to reproduce.
  ///   - store: The store to write to; jobs that are finished in it are not repeated.
  ///   - workerCount: The number of networks that are processed at a time.
  ///   - resumes: Whether trainings continue from their checkpoints.
  /// - Throws: `StoreError` if the store cannot be read.
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

  /// Starts the threads.
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

  /// Waits until everything is done or stopped, for at most the given number of seconds.
  ///
  /// - Returns: Whether everything is done or stopped.
  package func waitForEnd(_ seconds: Double) -> Bool {
    workers.wait(timeout: .now() + seconds) == .success
  }

  /// The share of the work that is done.
  package var progress: Double { state.withLock { $0.total > 0 ? $0.done / $0.total : 1 } }

  /// Returns the lines reported since the last call.
  package func drainLog() -> [String] {
    state.withLock { state in
      defer { state.news = [] }
      return state.news
    }
  }

  /// Throws the first error of a thread, if there is one.
  package func requireSuccess() throws {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  /// Whether everything was done.
  package var isComplete: Bool {
    state.withLock { $0.open.isEmpty && !$0.isStopping && $0.failure == nil }
  }
}

// MARK: - Lanes

extension ReproductionRun {
  private var isStopping: Bool { state.withLock { $0.isStopping || $0.failure != nil } }

  private func work() {
    while let job = nextJob() {
      do {
        switch job {
        case .train(let kind, let seed): try train(job, kind, seed)
        case .measure(let kind, let seed, let isTrained, let data):
          try measure(job, kind, seed, isTrained: isTrained, on: data)
        }
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
        if let index = state.open.firstIndex(where: { state.isReady($0) }) {
          return .some(state.open.remove(at: index))
        }
        return state.open.isEmpty ? .some(nil) : nil
      }
      if let next { return next }
      Thread.sleep(forTimeInterval: 0.1)
    }
    return nil
  }

  private func train(_ job: Reproduction.Job, _ kind: NetworkKind, _ seed: UInt64) throws {
    let configuration = reproduction.configuration(kind, seed)
    let description = try reproduction.description(job)
    var training = try StoredTraining(
      TrainingRun(
        configuration, run: description.settings, folder: reproduction.folder(kind, seed),
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
    say("\(kind.rawValue) \(seed): \(configuration.iterations) iterations\(share)")
  }

  private func measure(
    _ job: Reproduction.Job, _ kind: NetworkKind, _ seed: UInt64, isTrained: Bool, on name: String
  ) throws {
    let dataset = try reproduction.data.open(name)
    let weights = try ParameterStore(seed: seed, device: reproduction.device)
    let network = try reproduction.configuration(kind, seed).network.make(
      imageShape: dataset.exampleShape, parameters: weights.root)
    if isTrained {
      try weights.load("\(reproduction.folder(kind, seed))/model.safetensors")
    }
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

  private func say(_ line: String) { state.withLock { $0.news.append(line) } }
}

extension ReproductionRun.State {
  /// Returns whether the network that a job needs is ready.
  fileprivate func isReady(_ job: Reproduction.Job) -> Bool {
    guard case .measure(let kind, let seed, true, _) = job else { return true }
    return !trainings.contains(.train(kind, seed: seed))
  }
}

extension Reproduction.Job {
  fileprivate var isTraining: Bool {
    if case .train = self { true } else { false }
  }
}

extension Reproduction {
  /// Returns the approximate work of a job, in iterations of the conventional network. Only the
  /// progress depends on it.
  fileprivate func effort(_ job: Job) -> Double {
    switch job {
    case .train(.conventional, _): Double(experiment.iterations)
    case .train(.steerable, _): 1.5 * Double(experiment.iterations)
    case .measure: 20
    }
  }
}
