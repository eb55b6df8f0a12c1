// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDModels
import GEEDReport
import GEEDStore
import GEEDTorch

/// A figure to reproduce, with its scale, data, folder and device.
package struct Reproduction: Sendable {
  package let figure: PaperFigure
  package let experiment: SixBlockExperiment
  /// The existing data sets of the figure, other than that of the training.
  package let otherData: [String]
  /// The folder that networks are written to.
  package let folder: String
  let scale: ExperimentScale
  let data: MeasuredData
  let device: TorchDevice
  /// Information on the files of the data, such as their hashes; it is part of a run's settings.
  let provenance: [String: String]

  /// Describes a figure; `location` is that of ``MeasuredData``.
  package init(
    _ figure: PaperFigure, scale: ExperimentScale, data location: String, folder: String,
    device: TorchDevice = .cpu, provenance: [String: String] = [:]
  ) {
    self.figure = figure
    self.scale = scale
    experiment = SixBlockExperiment(scale)
    data = MeasuredData(at: location)
    otherData = data.available(figure.figure.data.filter { $0 != MeasuredData.rotatedMNIST })
    self.folder = "\(folder)/\(scale.rawValue)"
    self.device = device
    self.provenance = provenance
  }

  /// The training of one network, or one measurement of it on other data.
  struct Job: Sendable, Hashable {
    let kind: NetworkKind
    let seed: UInt64
    /// The data of the measurement; `nil` for the training.
    var data: String?
    /// Whether the network is measured after its training.
    var isTrained = true

    var isTraining: Bool { data == nil }
  }

  /// All jobs, with trainings before the measurements of the trained networks.
  private var jobs: [Job] {
    let trainings = experiment.networks.map { Job(kind: $0.kind, seed: $0.seed) }
    return trainings
      + otherData.flatMap { data in
        trainings.flatMap { network in
          [false, true].map {
            Job(kind: network.kind, seed: network.seed, data: data, isTrained: $0)
          }
        }
      }
  }

  func configuration(_ kind: NetworkKind, _ seed: UInt64) -> TrainingConfiguration {
    experiment.configuration(kind, seed: seed, on: data)
  }

  func folder(_ job: Job) -> String { "\(folder)/\(job.kind.rawValue)-\(job.seed)" }
}

// MARK: - Descriptions of runs

extension Reproduction {
  /// Everything that determines the numbers of a job.
  private struct Identity: Encodable {
    let configuration: TrainingConfiguration
    let provenance: [String: String]
    let device: String
    var measured: Measured?

    struct Measured: Encodable {
      let data: String
      let seed: UInt64
      let isTrained: Bool
    }
  }

  /// Returns the description of a job's run in the store.
  func description(_ job: Job) throws -> RunDescription {
    let identity = Identity(
      configuration: configuration(job.kind, job.seed), provenance: provenance,
      device: "\(device)",
      measured: job.data.map {
        Identity.Measured(data: $0, seed: data.seed, isTrained: job.isTrained)
      })
    return try description(
      identity, "\(job.kind.rawValue) \(job.seed)\(job.isTrained ? "" : " untrained")",
      job.data ?? MeasuredData.rotatedMNIST, job.seed, job.isTraining ? "figure2" : "figure3")
  }

  /// The settings of the run with the conclusions in the store.
  private struct Conclusion: Encodable {
    let figure: PaperFigure
    let scale: ExperimentScale
    let networks: [TrainingConfiguration]
    let data: [String]
    let provenance: [String: String]
  }

  private func description(
    _ settings: some Encodable, _ model: String, _ data: String, _ seed: UInt64, _ tag: String
  ) throws -> RunDescription {
    try RunDescription(
      settings: settings, model: model, data: data, group: experiment.measurement.group.text,
      seed: seed, versions: ["geed": GEEDVersion.current, "libtorch": TorchEngine.version],
      tag: tag)
  }
}

// MARK: - Reading and concluding

extension Reproduction {
  private func run(_ job: Job, in store: RunStore) throws -> RunSummary? {
    try store.latestRun(of: job.isTraining ? .train : .measure, like: description(job))
  }

  func openJobs(in store: RunStore) throws -> [Job] {
    try jobs.filter { try run($0, in: store)?.status != .finished }
  }

  /// Returns whether everything is in the store.
  package func isComplete(in store: RunStore) throws -> Bool {
    try openJobs(in: store).isEmpty
  }

  /// Returns all numbers that are in the store; no network is needed.
  package func record(in store: RunStore) throws -> FigureRecord {
    var record = FigureRecord(seeds: experiment.seeds)
    for job in jobs {
      guard let run = try run(job, in: store) else { continue }
      for step in try store.steps(ofRun: run.id) {
        guard let accuracy = step.testAccuracy else { continue }
        record.add(
          accuracy, of: .accuracy, at: .init(job.kind, at: step.iteration), seed: job.seed)
      }
      for (iteration, result) in try store.results(ofRun: run.id) {
        let place =
          job.data.map {
            FigureRecord.Place(job.kind, at: job.isTrained ? experiment.iterations : 0, on: $0)
          } ?? .init(job.kind, at: iteration)
        record.add(result, at: place, seed: job.seed)
      }
    }
    return record
  }

  /// Tests the paper's claims, and writes the verdicts to the store.
  package func conclude(from record: FigureRecord, in store: RunStore) throws -> [Claim] {
    let claims = figure.figure.claims(record, experiment)
    let conclusion = Conclusion(
      figure: figure, scale: scale,
      networks: experiment.networks.map { configuration($0.kind, $0.seed) },
      data: [MeasuredData.rotatedMNIST] + otherData, provenance: provenance)
    try store.saveFigure(
      description(conclusion, "CNN, C8-CNN", data.location, data.seed, figure.rawValue),
      document: claims.canonicalJSON)
    return claims
  }
}

extension FigureRecord {
  fileprivate mutating func add(_ result: ProbeResult, at place: Place, seed: UInt64) {
    if let value = result.value {
      add(value, of: .deviation(result.metric, result.tensor), at: place, seed: seed)
    }
    if result.metric.scaleMeasure != nil, let value = result.unnormalized {
      add(value, of: .unnormalized(result.metric, result.tensor), at: place, seed: seed)
    }
  }
}
