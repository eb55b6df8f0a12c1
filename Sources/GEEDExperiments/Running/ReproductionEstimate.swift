// SPDX-License-Identifier: MIT

import Foundation
import GEEDModels
import GEEDStore
import GEEDTorch
import Synchronization

/// How long a figure will take, from a few iterations and one measurement of each kind of network.
public struct ReproductionEstimate: Sendable {
  /// The seconds of the whole.
  public let seconds: Double
  /// The seconds of one iteration of each kind, where networks of that kind are still to be trained.
  public let secondsPerIteration: [NetworkKind: Double]

  private struct Timing: Sendable {
    var iteration = 0.0
    var evaluation = 0.0
    var measurement = 0.0
  }

  /// Times both kinds side by side, as they will run.
  ///
  /// - Parameters:
  ///   - reproduction: What is to be made.
  ///   - store: What is finished there is not counted.
  ///   - laneCount: How many networks are worked on at a time.
  ///   - iterations: How many iterations are timed.
  /// - Throws: What training throws.
  public init(
    of reproduction: Reproduction, in store: RunStore, laneCount: Int, iterations: Int = 8
  ) throws {
    let jobs = try reproduction.openJobs(in: store)
    let timings = try Self.timings(reproduction, Set(jobs.map(\.network.kind)), iterations)
    let experiment = reproduction.experiment
    var seconds = 0.0
    for job in jobs {
      guard let timing = timings[job.network.kind] else { continue }
      guard case .train = job else {
        seconds += timing.measurement
        continue
      }
      let measurements = 1 + experiment.iterations / experiment.measurementInterval
      let evaluations = 1 + experiment.iterations / experiment.evaluation.every
      seconds +=
        timing.iteration * Double(experiment.iterations)
        + timing.measurement * Double(measurements) + timing.evaluation * Double(evaluations)
    }
    self.seconds = seconds / Double(min(laneCount, max(1, jobs.count)))
    secondsPerIteration = timings.mapValues(\.iteration)
  }

  private static func timings(
    _ reproduction: Reproduction, _ kinds: Set<NetworkKind>, _ iterations: Int
  ) throws -> [NetworkKind: Timing] {
    let results = Mutex<[NetworkKind: Result<Timing, any Error>]>([:])
    let group = DispatchGroup()
    for kind in kinds {
      group.enter()
      Thread.detachNewThread {
        TorchEngine.setThreadCount(1)
        let result = Result { try timing(reproduction, kind, iterations) }
        results.withLock { $0[kind] = result }
        group.leave()
      }
    }
    group.wait()
    return try results.withLock { $0 }.mapValues { try $0.get() }
  }

  private static func timing(
    _ reproduction: Reproduction, _ kind: NetworkKind, _ iterations: Int
  ) throws -> Timing {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var configuration = reproduction.configuration(kind, 0)
    // Nothing is written or measured but when it is asked for.
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
    // The first iterations make buffers.
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
