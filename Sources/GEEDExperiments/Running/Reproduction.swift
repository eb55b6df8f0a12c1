// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDModels
import GEEDStore
import GEEDTorch

/// A figure to reproduce, with its scale, data, folder and device.
package struct Reproduction: Sendable {
  /// The figure.
  package let figure: PaperFigure
  /// The scale of the experiment.
  package let scale: ExperimentScale
  /// The networks.
  package let experiment: SixBlockExperiment
  /// The location of the data.
  package let data: MeasuredData
  /// The existing data sets of the figure, other than that of the training.
  package let otherData: [String]
  /// The folder that networks are written to.
  package let folder: String
  /// The device to compute on.
  package let device: TorchDevice
  /// Information on the files of the data, such as their hashes; it is part of a run's settings.
  package let provenance: [String: String]

  /// - Parameters:
  ///   - figure: The figure.
  ///   - scale: The scale of the experiment.
  ///   - location: The location of the data; see ``MeasuredData``.
  ///   - folder: The folder that networks are written to.
  ///   - device: The device to compute on.
  ///   - provenance: Information on the files of the data, such as their hashes.
  package init(
    _ figure: PaperFigure, scale: ExperimentScale, data location: String, folder: String,
    device: TorchDevice = .cpu, provenance: [String: String] = [:]
  ) {
    self.figure = figure
    self.scale = scale
    experiment = figure.experiment(scale)
    data = MeasuredData(at: location, size: experiment.imageSize)
    otherData = data.available(figure.figure.data.filter { $0 != MeasuredData.rotatedMNIST })
    self.folder = "\(folder)/\(scale.rawValue)"
    self.device = device
    self.provenance = provenance
  }

  /// All jobs, with trainings before the measurements of the trained networks.
  var jobs: [Job] {
    let networks = experiment.networks
    return networks.map { .train($0.kind, seed: $0.seed) }
      + otherData.flatMap { data in
        networks.flatMap { network in
          [false, true].map {
            .measure(network.kind, seed: network.seed, isTrained: $0, data: data)
          }
        }
      }
  }

  /// The training of one network, or one measurement of it.
  enum Job: Sendable, Hashable {
    case train(NetworkKind, seed: UInt64)
    case measure(NetworkKind, seed: UInt64, isTrained: Bool, data: String)
  }

  func configuration(_ kind: NetworkKind, _ seed: UInt64) -> TrainingConfiguration {
    experiment.configuration(kind, seed: seed, on: data)
  }

  func folder(_ kind: NetworkKind, _ seed: UInt64) -> String {
    "\(folder)/\(kind.rawValue)-\(seed)"
  }
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
    let (kind, seed) = job.network
    var identity = Identity(
      configuration: configuration(kind, seed), provenance: provenance, device: "\(device)")
    guard case .measure(_, _, let isTrained, let name) = job else {
      return try description(
        identity, "\(kind.rawValue) \(seed)", MeasuredData.rotatedMNIST, seed, "figure2")
    }
    identity.measured = Identity.Measured(data: name, seed: data.seed, isTrained: isTrained)
    return try description(
      identity, "\(kind.rawValue) \(seed)\(isTrained ? "" : " untrained")", name, seed, "figure3")
  }

  /// The settings of the run with the conclusions in the store.
  private struct Conclusion: Encodable {
    let figure: PaperFigure
    let scale: ExperimentScale
    let networks: [TrainingConfiguration]
    let data: [String]
    let provenance: [String: String]
  }

  func conclusionDescription() throws -> RunDescription {
    let networks = experiment.networks.map { configuration($0.kind, $0.seed) }
    let conclusion = Conclusion(
      figure: figure, scale: scale, networks: networks,
      data: [MeasuredData.rotatedMNIST] + otherData, provenance: provenance)
    return try description(
      conclusion, "CNN, C8-CNN", data.location, data.seed, figure.rawValue)
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

extension Reproduction.Job {
  var network: (kind: NetworkKind, seed: UInt64) {
    switch self {
    case .train(let kind, let seed), .measure(let kind, let seed, _, _): (kind, seed)
    }
  }
}
