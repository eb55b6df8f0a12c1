// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData
import GEEDModels

extension NetworkKind {
  /// Trained on the labels, without and with random swaps of left and right.
  static let supervised = NetworkKind("supervised")
  static let supervisedFlip = NetworkKind("supervised, flip")
  /// SimCLR, with and without swaps among the changes of views.
  static let simclr = NetworkKind("SimCLR")
  static let simclrWithoutFlip = NetworkKind("SimCLR without flip")
  /// BYOL: a view is compared with a teacher's, and with no other image.
  static let byol = NetworkKind("BYOL")
  /// The prediction of quarter turns; swaps of left and right would exchange two of them.
  static let rotations = NetworkKind("rotation prediction")
}

/// Networks of one architecture trained on CIFAR-10 with and without labels, for Figure 5.
///
/// The networks of one seed begin with the same weights and see the images in the same order. Views of
/// all kinds without labels have the same distribution of crops and colours; those of SimCLR with and
/// without swaps are the same but for the swaps. Accuracies are those of linear probes, for all kinds.
package struct SelfSupervisedExperiment: Experiment, Hashable {
  package let kinds: [NetworkKind] = [
    .supervised, .supervisedFlip, .simclr, .simclrWithoutFlip, .byol, .rotations,
  ]
  package let location: String
  package let trainingTag = "figure5"
  package let dataName = "cifar10-held-out"
  package private(set) var seeds: [UInt64] = [0, 1, 2]
  package private(set) var iterations = 300
  package private(set) var measurementInterval = 300
  private var network = NetworkSettings(name: "cifar-resnet8")
  /// The number of images in a step; half of them for the prediction of rotations, which sees each in
  /// four orientations, and three quarters for BYOL, whose teacher sees them as well.
  private var batch = 128
  private var warmUp = 30
  private var exampleCount = 100
  private var scaleExampleCount = 200
  private var evaluation = EvaluationSettings(every: 300, count: 1_000)
  private var trainingCount: Int?
  private let scale: ExperimentScale

  package init(_ scale: ExperimentScale, at location: String) {
    self.location = location
    self.scale = scale
    evaluation.probeCount = 5_000
    switch scale {
    case .paper, .wide, .small: break
    case .demo:
      seeds = [0, 1]
      iterations = 100
    case .tiny:
      seeds = [0, 1]
      iterations = 4
      network = NetworkSettings(name: "conventional-cnn", width: 1.0 / 24)
      batch = 4
      warmUp = 1
      (exampleCount, scaleExampleCount) = (3, 4)
      evaluation.count = 20
      evaluation.probeCount = 30
      trainingCount = 40
    }
    measurementInterval = iterations
    evaluation.every = iterations
  }

  /// The archive of the training images, or the data of tests.
  private var source: String {
    location == "glyphs" ? location : "\(location)/cifar10-train.zip"
  }

  package var files: [String] { location == "glyphs" ? [] : [source] }

  package var missing: [String] {
    files.filter { !FileManager.default.fileExists(atPath: $0) }.map { _ in "cifar10-train.zip" }
  }

  package func configuration(_ kind: NetworkKind, seed: UInt64) -> TrainingConfiguration {
    var data = TrainingDataSettings(source: source)
    data.seed = 0
    if location == "glyphs" {
      data.resize = MeasuredData.size
    } else {
      // 1,000 of 50,000 images.
      data.split = 0.02
      (data.mean, data.std) = ([0.4914, 0.4822, 0.4465], [0.2470, 0.2435, 0.2616])
    }
    data.count = trainingCount
    var configuration = TrainingConfiguration(
      network: network, data: data, iterations: iterations)
    configuration.objective = objective(kind)
    configuration.augmentation = .image(augmentation(kind))
    configuration.batch =
      kind == .rotations ? batch / 2 : kind == .byol ? 3 * batch / 4 : batch
    configuration.optimizer.kind = .adamw
    configuration.optimizer.rate = 2e-3
    configuration.optimizer.decay = .cosine
    configuration.optimizer.warmUp = warmUp
    configuration.optimizer.weightDecay = 1e-4
    configuration.seed = seed
    configuration.evaluation = evaluation
    configuration.measure = measurement
    configuration.checkpointEvery = max(1, iterations / 10)
    return configuration
  }

  private func objective(_ kind: NetworkKind) -> ObjectiveSettings? {
    switch kind {
    case .simclr, .simclrWithoutFlip: return ObjectiveSettings(.simclr)
    case .rotations: return ObjectiveSettings(.rotations)
    case .byol:
      var byol = ObjectiveSettings(.byol)
      (byol.hidden, byol.projection, byol.momentum) = (256, 64, 0.97)
      return byol
    default: return nil
    }
  }

  /// Crops and colours are those of SimCLR on CIFAR-10 (its appendix B.9, strength 0.5), with crops of
  /// at least a fifth of the area. The prediction of rotations has them as well: with unchanged
  /// images it was right for 93 % of a batch after 200 iterations, and its features were no better than
  /// those of an untrained network, so it had recognized something other than objects.
  private func augmentation(_ kind: NetworkKind) -> ImageAugmentation {
    var changes = ImageAugmentation()
    if [.supervisedFlip, .simclr, .byol].contains(kind) { changes.flip = 0.5 }
    guard objective(kind) != nil else { return changes }
    var crop = RandomCrop()
    crop.scale = 0.2...1
    var jitter = ColorJitter()
    (jitter.brightness, jitter.contrast, jitter.saturation) = (0.4, 0.4, 0.4)
    (jitter.hue, jitter.probability) = (0.1, 0.8)
    (changes.crop, changes.jitter, changes.grey) = (crop, jitter, 0.2)
    return changes
  }

  private var measurement: TrajectorySettings {
    var measure = TrajectorySettings(
      of: GroupName("flip") ?? .dihedral(rotationCount: 1), every: measurementInterval,
      samples: exampleCount,
      scaleSamples: scaleExampleCount)
    measure.latent = ["features"]
    measure.latentCosine = ["features"]
    return measure
  }
}
