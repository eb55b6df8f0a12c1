// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDModels

extension NetworkKind {
  /// Ordinary convolutions; `ConventionalCNN` of GEEDModels.
  package static let conventional = NetworkKind("CNN")
  /// Convolutions that commute with C8; `SteerableCNN` of GEEDModels.
  package static let steerable = NetworkKind("C8-CNN")
}

/// The experiment of §§ 4.1 and 4.2: conventional and C8-steerable networks on rotated MNIST.
package struct SixBlockExperiment: Experiment, Hashable {
  package var kinds: [NetworkKind] = [.conventional, .steerable]
  package let data: MeasuredData
  /// The measurements apart from those during the training.
  package var measurements: [NetworkMeasurement] = []
  /// The data sets that figures need besides the digits.
  var otherData: [String] = []
  package var measurementTag = "figure3"
  /// The number of networks of each kind; their seeds count from 0.
  package var networkCount = 10
  /// The number of steps of the optimizer.
  package var iterations = 2_000
  /// The number of iterations between two measurements.
  package var measurementInterval = 200
  /// The number of examples for *E*.
  package var exampleCount = 50
  /// The number of examples for *M*.
  package var scaleExampleCount = 200
  /// The factor on the widths of the conventional network.
  package var conventionalWidth = 2.0
  /// The factor on the widths of the steerable network.
  package var steerableWidth = 1.0
  /// The number of examples in one step.
  private var batch = 64
  private var optimizer = OptimizerSettings()
  var evaluation = EvaluationSettings(every: 1_000, count: nil)
  /// The number of training images; `nil` for all.
  private var trainingCount: Int?

  /// The number of classes without the digit 9, which a rotation makes a 6.
  package static let classCount = 9

  /// Creates the experiment of the paper at a scale.
  package init(_ scale: ExperimentScale, at location: String) {
    data = MeasuredData(at: location)
    optimizer.kind = .adamw
    optimizer.rate = 3e-3
    optimizer.decay = .cosine
    optimizer.warmUp = 100
    optimizer.weightDecay = 1e-4
    switch scale {
    case .paper: break
    case .wide:
      networkCount = 3
      conventionalWidth = 1
      steerableWidth = 1.0 / 8
    case .small:
      networkCount = 3
      conventionalWidth = 1.0 / 2
      steerableWidth = 1.0 / 12
    case .demo:
      networkCount = 3
      conventionalWidth = 1.0 / 3
      steerableWidth = 1.0 / 16
      iterations = 300
      measurementInterval = 100
      evaluation = EvaluationSettings(every: 100, count: 1_000)
      trainingCount = 5_000
    case .tiny:
      networkCount = 2
      conventionalWidth = 1.0 / 24
      steerableWidth = 1.0 / 96
      iterations = 6
      measurementInterval = 2
      exampleCount = 3
      scaleExampleCount = 4
      batch = 4
      optimizer.warmUp = 1
      evaluation = EvaluationSettings(every: 6, count: 20)
      trainingCount = 40
    }
  }

  package var seeds: [UInt64] { (0..<networkCount).map(UInt64.init) }
  package var dataName: String { MeasuredData.rotatedMNIST }
  package var location: String { data.location }
  package var trainingTag: String { "figure2" }
  package var files: [String] { data.digitFiles }

  package func files(of name: String) -> [String] { data.folder(of: name).map { [$0] } ?? [] }

  package var missing: [String] {
    location == "glyphs" ? [] : otherData.filter { !data.available(otherData).contains($0) }
  }

  package func open(_ name: String) throws(DataError) -> any Dataset { try data.open(name) }

  package func configuration(_ kind: NetworkKind, seed: UInt64) -> TrainingConfiguration {
    let isSteerable = kind == .steerable
    var source = TrainingDataSettings(source: data.digits)
    source.resize = MeasuredData.size
    source.adaptation.classes = Self.classCount
    source.adaptation.isRotated = true
    source.count = trainingCount
    source.seed = data.seed
    let network = NetworkSettings(
      name: isSteerable ? NetworkSettings.steerable : NetworkSettings.conventional,
      classes: Self.classCount, group: .cyclic(8),
      width: isSteerable ? steerableWidth : conventionalWidth)
    var configuration = TrainingConfiguration(
      network: network, data: source, iterations: iterations)
    configuration.batch = batch
    configuration.optimizer = optimizer
    configuration.augmentation = .rotation
    configuration.seed = seed
    configuration.evaluation = evaluation
    configuration.measure = measurement
    configuration.checkpointEvery = measurementInterval
    return configuration
  }

  var measurement: TrajectorySettings {
    var measure = TrajectorySettings(
      of: .cyclic(8), every: measurementInterval, samples: exampleCount,
      scaleSamples: scaleExampleCount)
    measure.channelwise = ["block*"]
    measure.latent = ["features"]
    measure.latentCosine = ["features"]
    measure.softmax = ["logits"]
    return measure
  }
}
