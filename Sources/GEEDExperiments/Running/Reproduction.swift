// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData
import GEEDModels
import GEEDReport
import GEEDStore
import GEEDTorch

/// A figure to reproduce, with its scale, data, folder and device.
package struct Reproduction: Sendable {
  package let figure: PaperFigure
  package let experiment: any Experiment
  /// The folder that networks are written to.
  package let folder: String
  let scale: ExperimentScale
  let device: TorchDevice
  /// The hashes of the files of the data; they are part of a run's settings.
  let provenance: [String: String]
  /// The hashes of the files of other data that networks are measured on, by the name of the data.
  private let otherProvenance: [String: [String: String]]

  /// Describes a figure with the data at `location`, and hashes these.
  package init(
    _ figure: PaperFigure, scale: ExperimentScale, data location: String, folder: String,
    device: TorchDevice = .cpu
  ) throws {
    self.figure = figure
    self.scale = scale
    experiment = figure.experiment(scale, at: location)
    self.folder = "\(folder)/\(scale.rawValue)"
    self.device = device
    provenance = try hashes(of: experiment.files)
    otherProvenance = try Dictionary(
      uniqueKeysWithValues: experiment.measurements.compactMap(\.data).uniqued.map { [experiment] in
        try ($0, hashes(of: experiment.files(of: $0)))
      })
  }

  /// The training of one network, or one measurement of it.
  struct Job: Sendable, Hashable {
    let network: TrainedNetwork
    /// The measurement; `nil` for the training.
    var measurement: NetworkMeasurement?

    /// The name of the network in the store.
    var model: String {
      let kind = measurement?.kind ?? network.kind
      return "\(kind.rawValue) \(network.seed)"
        + (measurement?.isTrained ?? true ? "" : " untrained")
    }

    /// Whether the training of the network must come first.
    var needsTraining: Bool { measurement?.isTrained ?? false }
  }

  /// All jobs, with trainings before the measurements of the trained networks.
  private var jobs: [Job] {
    experiment.networks.map { Job(network: $0) }
      + experiment.measurements.flatMap { measurement in
        experiment.seeds.map { seed in
          Job(
            network: TrainedNetwork(kind: measurement.network, seed: seed),
            measurement: measurement)
        }
      }
  }

  func configuration(_ network: TrainedNetwork) -> TrainingConfiguration {
    experiment.configuration(network.kind, seed: network.seed)
  }

  func folder(_ network: TrainedNetwork) -> String {
    "\(folder)/\(network.kind.fileName)-\(network.seed)"
  }

  /// Creates a network for images `[C, H, W]` with the weights that its training, or others, have
  /// saved; with new weights if it is not trained.
  func makeNetwork(
    _ network: TrainedNetwork, imageShape: [Int], isTrained: Bool
  ) throws -> any FactoredClassifier {
    let weights = try ParameterStore(seed: network.seed, device: device)
    let classifier = try configuration(network).network.make(
      imageShape: imageShape, parameters: weights.root)
    if let (published, path) = experiment.published[network.kind] {
      try published.load(path, into: weights, of: classifier)
    } else if isTrained {
      try TrainingRun.loadNetwork(
        into: weights, ofRun: description(Job(network: network)).settings, in: folder(network))
    }
    return classifier
  }
}

extension NetworkKind {
  /// The name without characters that have a meaning in paths.
  fileprivate var fileName: String {
    String(rawValue.map { $0 == "/" || $0 == " " || $0 == "," ? "_" : $0 })
  }
}

/// Returns the SHA-256 of files, and of all files in folders together with their names, by the last
/// part of the path.
private func hashes(of paths: [String]) throws -> [String: String] {
  var hashes: [String: String] = [:]
  for path in paths {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    hashes[name] = try Digest.hex(ofFilesAt: path)
  }
  return hashes
}

extension Digest {
  fileprivate static func hex(ofFilesAt path: String) throws -> String {
    guard FileStatus(of: path)?.kind == .folder else {
      return try hex(ofFile: path, by: .sha256)
    }
    let digest = try Digest(.sha256)
    for name in try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
    where FileStatus(of: "\(path)/\(name)")?.kind == .file {
      digest.add("\(name.utf8.count) \(name) \(try hex(ofFile: "\(path)/\(name)", by: .sha256))")
    }
    return try digest.finish()
  }
}

// MARK: - Descriptions of runs

extension Reproduction {
  /// Everything that determines the numbers of a job.
  private struct Identity: Encodable {
    let configuration: TrainingConfiguration
    let provenance: [String: String]
    let device: String
    let measured: NetworkMeasurement?
  }

  /// Returns the description of a job's run in the store.
  func description(_ job: Job) throws -> RunDescription {
    let data = job.measurement?.data ?? experiment.dataName
    let other = job.measurement?.data.flatMap { otherProvenance[$0] } ?? [:]
    let identity = Identity(
      configuration: configuration(job.network),
      provenance: provenance.merging(other) { $1 }, device: "\(device)", measured: job.measurement)
    return try description(
      identity, job.model, data, group: job.measurement?.settings.group,
      seed: job.network.seed,
      tag: job.measurement == nil ? experiment.trainingTag : experiment.measurementTag)
  }

  /// The settings of the run with the conclusions in the store.
  private struct Conclusion: Encodable {
    let figure: PaperFigure
    let scale: ExperimentScale
    let networks: [TrainingConfiguration]
    let data: [String]
    let provenance: [String: String]
  }

  /// Returns the description of the run with Figure 1's diagram.
  func description(
    ofDiagramWith configuration: TrainingConfiguration
  ) throws -> RunDescription {
    try description(
      Conclusion(
        figure: figure, scale: scale, networks: [configuration], data: [experiment.dataName],
        provenance: provenance),
      experiment.kinds.map(\.rawValue).joined(separator: ", "), experiment.location,
      group: .cyclic(4), seed: configuration.seed, tag: OrbitDiagram.tag)
  }

  private func description(
    _ settings: some Encodable, _ model: String, _ data: String, group: GroupName? = nil,
    seed: UInt64, tag: String
  ) throws -> RunDescription {
    let network = experiment.networks.first.map(configuration)
    return try RunDescription(
      settings: settings, model: model, data: data,
      group: (group ?? network?.measure?.group)?.text ?? "", seed: seed,
      versions: ["geed": GEEDVersion.current, "libtorch": TorchEngine.version], tag: tag)
  }
}

// MARK: - Reading and concluding

extension Reproduction {
  private func run(_ job: Job, in store: RunStore) throws -> RunSummary? {
    try store.latestRun(of: job.measurement == nil ? .train : .measure, like: description(job))
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
      let (kind, seed) = (job.network.kind, job.network.seed)
      let accuracies: Quantity =
        configuration(job.network).evaluatesByProbe ? .probeAccuracy : .accuracy
      for step in try store.steps(ofRun: run.id) {
        guard let accuracy = step.testAccuracy else { continue }
        record.add(accuracy, of: accuracies, at: .init(kind, at: step.iteration), seed: seed)
      }
      for (iteration, result) in try store.results(ofRun: run.id) {
        let place =
          job.measurement.map {
            FigureRecord.Place(
              $0.kind, at: $0.isTrained ? experiment.iterations : 0, on: $0.data)
          } ?? .init(kind, at: iteration)
        record.add(
          result, of: experiment.name(of: result.tensor, in: kind), at: place, seed: seed)
      }
    }
    return record
  }

  /// Tests the paper's claims, and writes the verdicts to the store.
  package func conclude(from record: FigureRecord, in store: RunStore) throws -> [Claim] {
    let claims = figure.figure.claims(record, experiment)
    let conclusion = Conclusion(
      figure: figure, scale: scale, networks: experiment.networks.map(configuration),
      data: [experiment.dataName] + experiment.measurements.compactMap(\.data).uniqued,
      provenance: otherProvenance.values.reduce(provenance) { $0.merging($1) { $1 } })
    try store.saveFigure(
      description(
        conclusion, experiment.kinds.map(\.rawValue).joined(separator: ", "),
        experiment.location, seed: 0, tag: figure.rawValue),
      document: claims.canonicalJSON)
    return claims
  }
}
