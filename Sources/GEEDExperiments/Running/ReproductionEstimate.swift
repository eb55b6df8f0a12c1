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
  package let seconds: Double
  /// The time of one iteration in seconds, for each kind of network with unfinished jobs.
  package let secondsPerIteration: [NetworkKind: Double]

  private struct Timing: Sendable {
    var iteration = 0.0
    var evaluation = 0.0
    var measurement = 0.0
  }

  private static let iterations = 8

  /// Times both kinds in parallel, as in the actual run, for the jobs that are not finished.
  package init(of reproduction: Reproduction, in store: RunStore, workerCount: Int) throws {
    let jobs = try reproduction.openJobs(in: store)
    let timings = try Self.timings(reproduction, Set(jobs.map(\.kind)))
    let experiment = reproduction.experiment
    let measurements = 1 + experiment.iterations / experiment.measurementInterval
    let evaluations = 1 + experiment.iterations / experiment.evaluation.every
    let seconds = jobs.reduce(0) { sum, job in
      guard let timing = timings[job.kind] else { return sum }
      return sum
        + (job.isTraining
          ? timing.iteration * Double(experiment.iterations)
            + timing.measurement * Double(measurements) + timing.evaluation * Double(evaluations)
          : timing.measurement)
    }
    self.seconds = seconds / Double(min(workerCount, max(1, jobs.count)))
    secondsPerIteration = timings.mapValues(\.iteration)
  }

  private static func timings(
    _ reproduction: Reproduction, _ kinds: Set<NetworkKind>
  ) throws -> [NetworkKind: Timing] {
    let results = Mutex<[NetworkKind: Result<Timing, any Error>]>([:])
    let group = DispatchGroup()
    for kind in kinds {
      group.enter()
      Thread.detachNewThread {
        TorchEngine.setThreadCount(1)
        let result = Result { try timing(reproduction, kind) }
        results.withLock { $0[kind] = result }
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
    var configuration = reproduction.configuration(kind, 0)
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
    let count = max(1, min(iterations, reproduction.experiment.iterations) - 2)
    timing.iteration = try seconds { for _ in 0..<count { _ = try run.advance() } } / Double(count)
    return timing
  }

  private static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
  }
}
