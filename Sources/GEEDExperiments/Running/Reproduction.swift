// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDModels
import GEEDStore
import GEEDTorch

/// A figure that is to be made, and where everything that belongs to it is.
public struct Reproduction: Sendable {
  /// Which figure.
  public let figure: PaperFigure
  /// How much of the experiment is done.
  public let scale: ExperimentScale
  /// The networks.
  public let experiment: SixBlockExperiment
  /// Where the data are.
  public let data: MeasuredData
  /// The data sets besides that of the training, of those that are there.
  public let otherData: [String]
  /// Where networks are written.
  public let folder: String
  /// Where to compute.
  public let device: TorchDevice
  /// What is known of the files of the data, such as their hashes; part of what a run is.
  public let provenance: [String: String]

  /// - Parameters:
  ///   - figure: Which figure.
  ///   - scale: How much of the experiment is done.
  ///   - location: Where the data are; see ``MeasuredData``.
  ///   - folder: Where networks are written.
  ///   - device: Where to compute.
  ///   - provenance: What is known of the files of the data, such as their hashes.
  public init(
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

  /// Everything that is to be done, networks before what is measured on them.
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

  /// One network, or one measurement of it.
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

// MARK: - What runs are

extension Reproduction {
  /// Everything that decides the numbers of a job.
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

  /// What a job is in the store.
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

  /// What the conclusions are in the store.
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
      settings: settings, model: model, data: data, group: experiment.measurement.group,
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
