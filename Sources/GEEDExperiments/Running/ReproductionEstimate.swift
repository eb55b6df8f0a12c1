// SPDX-License-Identifier: MIT

import Foundation
import GEEDModels
import GEEDReport
import GEEDStore
import GEEDTorch
import Synchronization

/// An estimate of the time for a figure, from a few iterations and one measurement of each kind.
package struct ReproductionEstimate: Sendable {
  /// The total time in seconds.
  package private(set) var seconds = 0.0
  /// The time of one iteration in seconds, for each kind of network with unfinished jobs.
  package let secondsPerIteration: [NetworkKind: Double]

  private let timings: [NetworkKind: Timing]

  private struct Timing: Sendable {
    var iteration = 0.0
    var evaluation = 0.0
    var measurement = 0.0
  }

  private static let iterations = 8

  /// Times all kinds in parallel, as in the actual run, for the jobs that are not finished.
  package init(of reproduction: Reproduction, in store: RunStore, workerCount: Int) throws {
    let jobs = try reproduction.openJobs(in: store)
    // Measurements alone are not worth the time of an estimate.
    let kinds =
      reproduction.experiment.trainsNetworks ? Set(jobs.map(\.network.kind)).sorted() : []
    timings = try Self.timings(reproduction, kinds, workerCount)
    secondsPerIteration = timings.mapValues(\.iteration)
    let total = jobs.reduce(0) { $0 + seconds(for: $1, of: reproduction.experiment) }
    seconds = total / Double(min(workerCount, max(1, jobs.count)))
  }

  /// Returns the time of one job on one thread, in seconds.
  func seconds(for job: Reproduction.Job, of experiment: any Experiment) -> Double {
    guard let timing = timings[job.network.kind] else { return 0 }
    guard job.measurement == nil else { return timing.measurement }
    let configuration = experiment.configuration(job.network.kind, seed: job.network.seed)
    func count(_ every: Int?) -> Double {
      every.map { Double(1 + configuration.iterations / $0) } ?? 0
    }
    return timing.iteration * Double(configuration.iterations)
      + timing.measurement * count(configuration.measure?.every)
      + timing.evaluation * count(configuration.evaluation.every)
  }

  private static func timings(
    _ reproduction: Reproduction, _ kinds: [NetworkKind], _ workerCount: Int
  ) throws -> [NetworkKind: Timing] {
    let open = Mutex(kinds)
    let results = Mutex<[NetworkKind: Result<Timing, any Error>]>([:])
    let group = DispatchGroup()
    for _ in 0..<min(workerCount, kinds.count) {
      group.enter()
      Thread.detachNewThread {
        TorchEngine.setThreadCount(1)
        while let kind = open.withLock({ $0.popLast() }) {
          let result = Result { try timing(reproduction, kind) }
          results.withLock { $0[kind] = result }
        }
        group.leave()
      }
    }
    group.wait()
    return try results.withLock { $0 }.mapValues { try $0.get() }
  }

  private static func timing(
    _ reproduction: Reproduction, _ kind: NetworkKind
  ) throws -> Timing {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var configuration = reproduction.experiment.configuration(
      kind, seed: reproduction.experiment.seeds.first ?? 0)
    // Nothing is written or measured automatically.
    configuration.iterations += iterations
    configuration.checkpointEvery = configuration.iterations
    configuration.evaluation.every = configuration.iterations
    configuration.measure?.every = configuration.iterations
    var run = try TrainingRun(
      configuration, run: "", folder: folder, device: reproduction.device, resumes: false)
    var timing = Timing()
    let start = try seconds { _ = try run.start() }
    timing.measurement = try seconds { _ = try run.measurement?.run() }
    timing.evaluation = max(0, start - timing.measurement)
    // The first iterations allocate buffers.
    for _ in 0..<min(2, iterations) { _ = try run.advance() }
    let count = max(1, min(iterations, configuration.iterations) - 2)
    timing.iteration = try seconds { for _ in 0..<count { _ = try run.advance() } } / Double(count)
    return timing
  }

  private static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
  }
}
