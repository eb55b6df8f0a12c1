// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDTorch

/// What is measured while a network learns, in the words of `geed measure`.
public struct TrajectorySettings: Sendable, Hashable, Codable {
  /// After how many iterations; also before the first and after the last one.
  public var every = 100
  /// The group that acts on pictures: C8 and the like.
  public var group: String
  /// How many examples enter *E*.
  public var samples = 50
  /// How many examples enter *M*.
  public var scaleSamples = 200
  /// Where the choice of examples starts; the seed of the run where it is `nil`.
  public var seed: UInt64?
  /// The outputs of channelwise deviations; wildcards stand for several.
  public var channelwise: [String] = []
  /// The outputs of latent deviations with the ℓ₂ distance.
  public var latent: [String] = []
  /// The outputs of latent deviations with the cosine.
  public var latentCosine: [String] = []
  /// The outputs of softmax deviations.
  public var softmax: [String] = []

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case every, group, samples, seed, channelwise, latent, softmax
    case scaleSamples = "scale-samples"
    case latentCosine = "latent-cosine"
  }

  /// Nothing yet.
  ///
  /// - Parameter group: The group that acts on pictures: C8 and the like.
  public init(group: String) {
    self.group = group
  }

  public init(from decoder: any Decoder) throws {
    let settings = try decoder.strictContainer(keyedBy: CodingKeys.self)
    every = try settings.decode(.every, in: 1...greatestCount, or: every)
    group = try settings.decode(String.self, forKey: .group)
    samples = try settings.decode(.samples, in: 1...greatestCount, or: samples)
    scaleSamples = try settings.decode(.scaleSamples, in: 3...greatestCount, or: scaleSamples)
    seed = try settings.decodeIfPresent(UInt64.self, forKey: .seed)
    channelwise = try settings.decode(.channelwise, or: [])
    latent = try settings.decode(.latent, or: [])
    latentCosine = try settings.decode(.latentCosine, or: [])
    softmax = try settings.decode(.softmax, or: [])
    try settings.require(
      .group, ImageAction(named: group) != nil, "a finite group such as C8, but got '\(group)'")
  }

  /// The measurement of `network` on `dataset`, always of the same examples.
  ///
  /// - Parameters:
  ///   - classifier: The network, with its parameters on `device`.
  ///   - device: Where it computes.
  ///   - dataset: Where examples come from.
  ///   - scaleDataset: Where those of *M* come from; `dataset` where `nil`.
  ///   - seed: Where their choice starts, unless the settings have a seed of their own.
  /// - Throws: ``UnsuitableSettings`` for a name that is no output of the network.
  public func measurement(
    of classifier: any FactoredClassifier, at device: TorchDevice, on dataset: any Dataset,
    scaleDataset: (any Dataset)? = nil, seed: UInt64
  ) throws -> DeviationMeasurement {
    guard let action = ImageAction(named: group) else {
      throw UnsuitableSettings("'measure.group': there is no group '\(group)'.")
    }
    let network = MeasurableClassifier(classifier, on: device)
    let outputActions = classifier.outputActions(under: action.group)
    func matches(_ patterns: [String], _ setting: String) throws -> [String] {
      for pattern in patterns
      where !network.outputNames.contains(where: { fnmatch(pattern, $0, 0) == 0 }) {
        throw UnsuitableSettings(
          "'measure.\(setting)': '\(pattern)' is no output of the network, which has "
            + network.outputNames.joined(separator: ", ") + ".")
      }
      return network.outputNames.filter { name in
        patterns.contains { fnmatch($0, name, 0) == 0 }
      }
    }
    let probes =
      try matches(channelwise, "channelwise").map {
        Probe.channelwise($0, outputAction: outputActions[$0])
      } + matches(latent, "latent").map { .latent($0) }
      + matches(latentCosine, "latent-cosine").map { .latentCosine($0) }
      + matches(softmax, "softmax").map { .softmax($0) }
    guard !probes.isEmpty else {
      throw UnsuitableSettings(
        "'measure' names nothing to measure; give 'channelwise', 'latent', 'latent-cosine' or "
          + "'softmax'.")
    }
    var measurement = DeviationMeasurement(
      of: network, on: dataset, under: action, probes: probes)
    measurement.exampleCount = samples
    measurement.scaleExampleCount = scaleSamples
    measurement.scaleDataset = scaleDataset
    measurement.seed = self.seed ?? seed
    measurement.batchSize = 64
    return measurement
  }
}
