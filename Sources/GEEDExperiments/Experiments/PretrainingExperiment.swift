// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData
import GEEDModels

/// The experiment of § 4.3: networks from random weights and from weights for ImageNet, trained on
/// overhead images.
package struct PretrainingExperiment: Experiment, Hashable {
  /// An architecture with published weights.
  package struct Architecture: Sendable, Hashable {
    /// The name in tables.
    package let title: String
    /// The name in the settings of a training.
    let name: String
    /// The factor on the numbers of channels.
    var width = 1.0
    /// The name of the file with the weights, without its extension.
    let weights: String
    var weightsName: String { "models/\(weights).safetensors" }
    /// The output of which latent deviations are measured.
    ///
    /// The features of SqueezeNet, on which its convolutional head works, keep their positions; its
    /// `pooled` output has the means of their channels, as the features of the other networks.
    var latentTensor = "features"
    /// The number that is subtracted from the values 0 to 1 of each channel.
    var mean: [Float] = [0.485, 0.456, 0.406]
    /// The number by which the differences are divided.
    var deviation: [Float] = [0.229, 0.224, 0.225]

    package var scratch: NetworkKind { NetworkKind("\(title), scratch") }
    package var pretrained: NetworkKind { NetworkKind("\(title), pretrained") }
  }

  package let architectures: [Architecture]
  package let location: String
  /// The number of networks of each kind; their seeds count from 0.
  package var networkCount = 5
  package var iterations = 10_000
  package var measurementInterval = 200
  /// The number of examples for *E*.
  package var exampleCount = 50
  /// The number of examples for *M*.
  package var scaleExampleCount = 200
  /// The number of rows, and of columns, of the images.
  package var imageSize = 224
  private var batch = 64
  private var optimizer = OptimizerSettings()
  private var evaluation = EvaluationSettings(every: 200, count: nil)
  /// The folder of the images at the location.
  private let folder: String
  private let classCount: Int

  /// Creates the experiment of the paper at a scale.
  package init(_ scale: ExperimentScale, at location: String) {
    self.location = location
    optimizer.kind = .adamw
    optimizer.rate = 1e-3
    optimizer.decay = .cosine
    optimizer.warmUp = 100
    let isPaper = scale == .paper
    architectures = isPaper ? .paper : .small
    folder = isPaper ? "xview" : "rsscn7"
    classCount = isPaper ? 9 : 7
    switch scale {
    case .paper: break
    case .wide, .small:
      networkCount = 3
      iterations = 300
      measurementInterval = 50
      imageSize = scale == .wide ? 128 : 96
      batch = 32
      optimizer.warmUp = 20
      evaluation = EvaluationSettings(every: 50, count: nil)
    case .demo:
      networkCount = 2
      iterations = 60
      measurementInterval = 20
      exampleCount = 20
      scaleExampleCount = 100
      imageSize = 64
      batch = 16
      optimizer.warmUp = 5
      evaluation = EvaluationSettings(every: 20, count: 140)
    case .tiny:
      networkCount = 2
      iterations = 4
      measurementInterval = 2
      exampleCount = 3
      scaleExampleCount = 4
      imageSize = 32
      batch = 4
      optimizer.warmUp = 1
      evaluation = EvaluationSettings(every: 4, count: 14)
    }
  }

  package var kinds: [NetworkKind] { architectures.flatMap { [$0.scratch, $0.pretrained] } }
  package var seeds: [UInt64] { (0..<networkCount).map(UInt64.init) }
  package var dataName: String { folder }
  package var trainingTag: String { "figure4" }

  /// The location of the images, as accepted by `DatasetLocation`.
  private var images: String { "\(location)/\(folder)" }

  /// The names of data and weights at the location.
  private var names: [String] { [folder] + architectures.map(\.weightsName) }

  package var files: [String] { names.map { "\(location)/\($0)" } }

  package var missing: [String] {
    names.filter { !FileManager.default.fileExists(atPath: "\(location)/\($0)") }
  }

  package func configuration(_ kind: NetworkKind, seed: UInt64) -> TrainingConfiguration {
    let architecture = architecture(of: kind)
    var source = TrainingDataSettings(source: images)
    source.resize = imageSize
    (source.mean, source.std) = (architecture.mean, architecture.deviation)
    source.seed = 0
    var network = NetworkSettings(
      name: architecture.name, classes: classCount, width: architecture.width)
    if kind == architecture.pretrained {
      var weights = PretrainedWeights(path: "\(location)/\(architecture.weightsName)")
      weights.head = .new
      network.pretrained = weights
    }
    var configuration = TrainingConfiguration(
      network: network, data: source, iterations: iterations)
    configuration.batch = batch
    configuration.optimizer = optimizer
    configuration.seed = seed
    configuration.evaluation = evaluation
    configuration.measure = measurement(of: architecture.latentTensor)
    configuration.checkpointEvery = measurementInterval
    return configuration
  }

  /// One pass under D8 gives the deviations under D8 and under C8.
  private func measurement(of latentTensor: String) -> TrajectorySettings {
    var measure = TrajectorySettings(
      of: .dihedral(rotationCount: 8), every: measurementInterval, samples: exampleCount,
      scaleSamples: scaleExampleCount)
    measure.subgroups = true
    measure.latent = [latentTensor]
    measure.softmax = ["logits"]
    return measure
  }

  package func name(of tensor: String, in kind: NetworkKind) -> String {
    tensor == architecture(of: kind).latentTensor ? "features" : tensor
  }

  private func architecture(of kind: NetworkKind) -> Architecture {
    guard
      let architecture = architectures.first(where: { [$0.scratch, $0.pretrained].contains(kind) })
    else { preconditionFailure("Expected a kind of the experiment, but got '\(kind.rawValue)'.") }
    return architecture
  }

}

extension [PretrainingExperiment.Architecture] {
  /// The paper's, with the weights of torchvision and timm.
  fileprivate static let paper: Self = [
    .init(title: "ResNet50", name: "resnet50", weights: "imagenet-resnet50"),
    .init(title: "AlexNet", name: "alexnet", weights: "imagenet-alexnet"),
    .init(title: "DenseNet121", name: "densenet121", weights: "imagenet-densenet121"),
    .init(title: "LeViT192", name: "levit_192", weights: "imagenet-levit192"),
  ]

  /// Networks for two processor cores.
  fileprivate static let small: Self = [
    .init(
      title: "MobileNetV1 x0.25", name: "mobilenetv1", width: 0.25,
      weights: "imagenet-mobilenetv1-0.25",
      // Pixel values 0 to 255 become p / 127.5 - 1.
      mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5]),
    .init(
      title: "SqueezeNet 1.1", name: "squeezenet1_1", weights: "imagenet-squeezenet1.1",
      latentTensor: "pooled"),
    .init(
      title: "EfficientNet-Lite0", name: "tf_efficientnet_lite0",
      weights: "imagenet-efficientnet-lite0",
      // Pixel values 0 to 255 become (p - 127) / 128.
      mean: [127 / 255, 127 / 255, 127 / 255], deviation: [128 / 255, 128 / 255, 128 / 255]),
  ]
}
