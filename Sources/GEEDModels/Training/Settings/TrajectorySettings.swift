// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDTorch

/// The measurements during training, in the terms of `geed measure`.
public struct TrajectorySettings: Sendable, Hashable, Codable {
  /// The number of iterations between measurements; also before the first and after the last
  /// iteration.
  public var every = 100
  /// The group that acts on images, such as C8.
  public var group: GroupName
  /// Whether every subgroup of the group is measured as well, from the same orbits; `nil` for no.
  public var subgroups: Bool?
  /// The number of examples for *E*.
  public var samples = 50
  /// The number of examples for *M*.
  public var scaleSamples = 200
  /// The seed of the choice of examples; the seed of the run if `nil`.
  public var seed: UInt64?
  /// The outputs of channelwise deviations; names may contain wildcards.
  public var channelwise: [String] = []
  /// The outputs of latent deviations with the ℓ₂ distance.
  public var latent: [String] = []
  /// The outputs of latent deviations with the cosine.
  public var latentCosine: [String] = []
  /// The outputs of softmax deviations.
  public var softmax: [String] = []

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case every, group, subgroups, samples, seed, channelwise, latent, softmax
    case scaleSamples = "scale-samples"
    case latentCosine = "latent-cosine"
  }

  /// Creates settings without outputs.
  ///
  /// - Parameter group: The group that acts on images, such as C8.
  public init(group: GroupName) {
    self.group = group
  }

  public init(from decoder: any Decoder) throws {
    let settings = try decoder.strictContainer(keyedBy: CodingKeys.self)
    every = try settings.decode(.every, in: 1...greatestCount, or: every)
    let name = try settings.decode(String.self, forKey: .group)
    let group = GroupName(name)
    try settings.require(
      .group, group?.action() != nil, "a finite group such as C8, but got '\(name)'")
    self.group = group ?? .cyclic(1)
    subgroups = try settings.decodeIfPresent(Bool.self, forKey: .subgroups)
    samples = try settings.decode(.samples, in: 1...greatestCount, or: samples)
    scaleSamples = try settings.decode(.scaleSamples, in: 3...greatestCount, or: scaleSamples)
    seed = try settings.decodeIfPresent(UInt64.self, forKey: .seed)
    channelwise = try settings.decode(.channelwise, or: [])
    latent = try settings.decode(.latent, or: [])
    latentCosine = try settings.decode(.latentCosine, or: [])
    softmax = try settings.decode(.softmax, or: [])
  }

  /// Returns the measurement of a network on `dataset`, always with the same examples; those of *M*
  /// are from `scaleDataset`, if it is given. The seed applies unless the settings have their own.
  package func measurement(
    of classifier: any FactoredClassifier, at device: TorchDevice, on dataset: any Dataset,
    scaleDataset: (any Dataset)? = nil, seed: UInt64
  ) throws -> DeviationMeasurement {
    guard let action = group.action() else {
      throw UnsuitableSettings("'measure.group': '\(group)' is no finite group.")
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
    let probes = try [
      (Metric.channelwise, channelwise), (.latent, latent),
      (.latentCosine, latentCosine), (.softmax, softmax),
    ].flatMap { metric, patterns in
      try matches(patterns, metric.rawValue).map { PlannedProbe(metric, tensor: $0) }
    }
    guard !probes.isEmpty else {
      throw UnsuitableSettings(
        "'measure' names nothing to measure; give 'channelwise', 'latent', 'latent-cosine' or "
          + "'softmax'.")
    }
    var plan = MeasurementPlan(group: group, probes: probes)
    plan.exampleCount = samples
    plan.scaleExampleCount = scaleSamples
    plan.seed = self.seed ?? seed
    plan.batchSize = 64
    plan.measuresSubgroups = subgroups ?? false
    var measurement = try plan.measurement(of: network, on: dataset, scaleDataset: scaleDataset)
    for (index, probe) in measurement.probes.enumerated() where probe.metric == .channelwise {
      measurement.probes[index] = .channelwise(
        probe.tensor, outputAction: outputActions[probe.tensor])
    }
    return measurement
  }
}

/// The frequency and the sample size of evaluations on test data.
public struct EvaluationSettings: Sendable, Hashable, Codable {
  /// The number of iterations between evaluations; the last iteration is always followed by one.
  public var every: Int
  /// The number of examples, drawn at random and the same in every evaluation; `nil` for all.
  public var count: Int?
  /// The number of training examples, drawn at random and the same in every evaluation, that a linear
  /// classifier of the features is fitted to. If `nil`, the network's own classifier is evaluated,
  /// unless its objective does not train it: then a linear one is fitted to 2,000 examples.
  public var probeCount: Int?

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case every, count
    case probeCount = "probe-count"
  }

  package init(every: Int = 200, count: Int? = 2_000) {
    self.every = every
    self.count = count
  }

  public init(from decoder: any Decoder) throws {
    let settings = try decoder.strictContainer(keyedBy: CodingKeys.self)
    every = try settings.decode(.every, in: 1...greatestCount, or: 200)
    count = try settings.decodeIfPresent(.count, in: 1...greatestCount)
    probeCount = try settings.decodeIfPresent(.probeCount, in: 1...greatestCount)
  }
}
