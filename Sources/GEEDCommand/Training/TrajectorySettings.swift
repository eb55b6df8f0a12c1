// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDModels
import GEEDTorch

/// What is measured while a network learns, in the words of `geed measure`.
struct TrajectorySettings: Decodable {
  /// After how many iterations; also before the first and after the last one.
  let every: Int
  let group: String
  let samples: Int
  let scaleSamples: Int
  let channelwise: [String]
  let latent: [String]
  let latentCosine: [String]
  let softmax: [String]

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case every, group, samples, channelwise, latent, softmax
    case scaleSamples = "scale-samples"
    case latentCosine = "latent-cosine"
  }

  init(from decoder: any Decoder) throws {
    let settings = try decoder.strictContainer(keyedBy: CodingKeys.self)
    every = try settings.decode(.every, or: 100)
    group = try settings.decode(String.self, forKey: .group)
    samples = try settings.decode(.samples, or: 50)
    scaleSamples = try settings.decode(.scaleSamples, or: 200)
    channelwise = try settings.decode(.channelwise, or: [])
    latent = try settings.decode(.latent, or: [])
    latentCosine = try settings.decode(.latentCosine, or: [])
    softmax = try settings.decode(.softmax, or: [])
    try settings.require(.every, every >= 1, "at least 1 iteration, but got \(every)")
    try settings.require(.samples, samples >= 1, "at least 1 example, but got \(samples)")
    try settings.require(.scaleSamples, scaleSamples >= 3, "at least 3, but got \(scaleSamples)")
    try settings.require(
      .group, ImageAction(named: group) != nil, "a finite group such as C8, but got '\(group)'")
  }

  /// The measurement of `network` on `dataset`, always of the same examples.
  ///
  /// - Throws: ``UsageError`` for a name that is no output of the network.
  func measurement(
    of classifier: any FactoredClassifier, at device: TorchDevice, on dataset: any Dataset,
    seed: UInt64
  ) throws -> DeviationMeasurement {
    guard let action = ImageAction(named: group) else {
      throw UsageError("'measure.group': there is no group '\(group)'.")
    }
    let network = MeasurableClassifier(classifier, on: device)
    let outputActions = classifier.outputActions(under: action.group)
    func matches(_ patterns: [String], _ setting: String) throws -> [String] {
      for pattern in patterns
      where !network.outputNames.contains(where: { fnmatch(pattern, $0, 0) == 0 }) {
        throw UsageError(
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
      throw UsageError(
        "'measure' names nothing to measure; give 'channelwise', 'latent', 'latent-cosine' or "
          + "'softmax'.")
    }
    var measurement = DeviationMeasurement(
      of: network, on: dataset, under: action, probes: probes)
    measurement.exampleCount = samples
    measurement.scaleExampleCount = scaleSamples
    measurement.seed = seed
    measurement.batchSize = 64
    return measurement
  }
}
#endif
