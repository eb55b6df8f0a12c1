// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData
import GEEDModels
import GEEDTorch

/// A network that others have trained, in a safetensors file of the user.
///
/// Published weights are mostly files of PyTorch's `torch.save`, which can run any code when they are
/// read; they are converted by
///
///     from safetensors.torch import save_file
///     state = torch.load("resnet50-1x.pth", weights_only=True)
///     save_file(state.get("state_dict", state), "resnet50-1x.safetensors")
package struct PublishedNetwork: Sendable {
  let architecture: NetworkArchitecture
  /// The accepted names of the file: those of the publishers, with another ending.
  let fileNames: [String]
  /// The origin of the file, as the end of a sentence.
  let source: String
  /// The mean and the standard deviation that the network expects images to be normalized by.
  let mean, deviation: [Float]

  /// The parts at the beginning of names that wrappers of the network add.
  private static let prefixes = ["module.", "encoder.", "backbone.", "model."]

  /// Returns the name in this package of a tensor, which is that of torchvision or timm without the
  /// prefixes of wrappers; `nil` for heads, which features do not depend on.
  static func name(of tensor: String) -> String? {
    var name = tensor
    while let prefix = prefixes.first(where: name.hasPrefix) {
      name.removeFirst(prefix.count)
    }
    let heads = ["fc.", "head.", "projection_head.", "contrastive_head."]
    return heads.contains(where: name.hasPrefix) ? nil : name
  }

  /// Overwrites the weights of f₁ in a new network of the architecture with those of a file; f₂ stays
  /// new.
  func load(
    _ path: String, into weights: ParameterStore, of network: some FactoredClassifier
  ) throws(WeightsError) {
    let heads = weights.all.map(\.name).filter(network.isHead)
    try weights.load(path, renaming: Self.name, except: Set(heads))
  }

  /// Returns the path of the file in a folder, if it is there.
  func path(in folder: String) -> String? {
    fileNames.map { "\(folder)/\($0)" }.first { FileManager.default.fileExists(atPath: $0) }
  }
}

/// The four networks of Figure 5 in the paper, on images of ImageNet.
package struct PublishedNetworkExperiment: Experiment {
  /// The kinds of networks, by the names of the paper.
  static let networks: [(kind: NetworkKind, network: PublishedNetwork)] = [
    (
      NetworkKind("supervised"),
      PublishedNetwork(
        architecture: .resNet50,
        fileNames: ["resnet50.safetensors", "resnet50-0676ba61.safetensors"],
        source: "torchvision's resnet50 (weights V1), or timm's resnet50.tv_in1k",
        mean: imagenetMean,
        deviation: imagenetDeviation)
    ),
    (
      NetworkKind("BiT"),
      PublishedNetwork(
        architecture: .resNetV2r101x1,
        fileNames: [
          "resnetv2_101x1_bit.safetensors", "resnetv2_101x1_bit.goog_in21k_ft_in1k.safetensors",
        ], source: "timm's resnetv2_101x1_bit.goog_in21k_ft_in1k", mean: [0.5, 0.5, 0.5],
        deviation: [0.5, 0.5, 0.5])
    ),
    (
      NetworkKind("DINO"),
      PublishedNetwork(
        architecture: .resNet50, fileNames: ["dino_resnet50_pretrain.safetensors"],
        source: "the backbone dino_resnet50_pretrain of facebookresearch/dino", mean: imagenetMean,
        deviation: imagenetDeviation)
    ),
    (
      NetworkKind.simclr,
      PublishedNetwork(
        architecture: .resNet50, fileNames: ["resnet50-1x.safetensors"],
        source: "resnet50-1x of google-research/simclr (version 1), converted to PyTorch",
        mean: [0, 0, 0], deviation: [1, 1, 1])
    ),
  ]
  private static let imagenetMean: [Float] = [0.485, 0.456, 0.406]
  private static let imagenetDeviation: [Float] = [0.229, 0.224, 0.225]

  package let location: String
  // Nothing is trained.
  package let kinds: [NetworkKind] = []
  package let seeds: [UInt64] = [0]
  package let iterations = 0
  package let measurementInterval = 1
  package let dataName = "imagenet"
  package let trainingTag = "figure5"

  init(at location: String) { self.location = location }

  private var images: String { "\(location)/imagenet" }
  private var folder: String { "\(location)/models" }

  package var files: [String] {
    Self.networks.compactMap { $0.network.path(in: folder) } + [images].filter(Self.exists)
  }

  package var missing: [String] {
    (Self.exists(images) ? [] : ["imagenet (a folder of images of its validation split)"])
      + Self.networks.filter { $0.network.path(in: folder) == nil }.map {
        "models/\($0.network.fileNames[0]) (\($0.network.source))"
      }
  }

  private static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }

  package var published: [NetworkKind: (network: PublishedNetwork, path: String)] {
    Dictionary(
      uniqueKeysWithValues: Self.networks.compactMap { kind, network in
        network.path(in: folder).map { (kind, (network, $0)) }
      })
  }

  package var measurements: [NetworkMeasurement] {
    var measure = TrajectorySettings(
      of: GroupName("flip") ?? .dihedral(rotationCount: 1), every: measurementInterval,
      samples: 100, scaleSamples: 200)
    (measure.latent, measure.latentCosine) = (["features"], ["features"])
    return Self.networks.map { NetworkMeasurement(of: $0.kind, measure) }
  }

  package func configuration(_ kind: NetworkKind, seed: UInt64) -> TrainingConfiguration {
    let architecture = Self.networks.first { $0.kind == kind }?.network.architecture ?? .resNet50
    return TrainingConfiguration(
      network: NetworkSettings(name: architecture.rawValue, classes: 1_000),
      data: TrainingDataSettings(source: images), iterations: 1)
  }

  /// Opens the images with the preprocessing of a network: shortest side 256, the middle 224 x 224.
  package func openTestData(for kind: NetworkKind, seed: UInt64) throws -> any Dataset {
    var preprocessing = Preprocessing.imagenet
    if let network = Self.networks.first(where: { $0.kind == kind })?.network {
      (preprocessing.mean, preprocessing.standardDeviation) = (network.mean, network.deviation)
    }
    return try DatasetLocation.open(images, preprocessing: preprocessing)
  }

}
