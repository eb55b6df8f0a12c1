// SPDX-License-Identifier: MIT

import GEEDData
import GEEDModels

/// The experiment of §§ 4.1 and 4.2: the number of networks, their training, and the measurements
/// during it. ``Figure2`` gives the values.
package struct SixBlockExperiment: Sendable, Hashable {
  /// The number of networks of each kind; their seeds count from 0.
  package var networkCount: Int
  /// The number of steps of the optimizer.
  package var iterations: Int
  /// The number of iterations between two measurements.
  package var measurementInterval: Int
  /// The number of examples for *E*.
  package var exampleCount: Int
  /// The number of examples for *M*.
  package var scaleExampleCount: Int
  /// The factor on the widths of the conventional network.
  package var conventionalWidth: Double
  /// The factor on the widths of the steerable network.
  package var steerableWidth: Double
  /// The number of rows, and of columns, of the pictures.
  package var imageSize = 29
  /// The number of examples in one step.
  package var batch = 64
  /// The settings of the optimizer.
  package var optimizer: OptimizerSettings
  /// The settings of the evaluation on test data.
  package var evaluation: EvaluationSettings
  /// The number of training pictures; `nil` for all.
  package var trainingCount: Int?

  /// The number of classes without the digit 9, which a rotation makes a 6.
  package static let classCount = RotatedMNIST.classCount

  /// The networks of a run, the most expensive ones first.
  package var networks: [(kind: NetworkKind, seed: UInt64)] {
    [NetworkKind.steerable, .conventional].flatMap { kind in seeds.map { (kind, $0) } }
  }

  /// The seeds of the networks of each kind.
  package var seeds: [UInt64] { (0..<networkCount).map(UInt64.init) }

  /// Returns the training configuration of one network.
  ///
  /// Networks of one seed see the same batches, whatever their kind; all networks are measured on
  /// the same examples, rotated by the same angles.
  ///
  /// - Parameters:
  ///   - kind: The kind of the network.
  ///   - seed: Its seed.
  ///   - data: The location of the data.
  package func configuration(
    _ kind: NetworkKind, seed: UInt64, on data: MeasuredData
  ) -> TrainingConfiguration {
    var source = TrainingDataSettings(source: data.digits)
    source.resize = imageSize
    source.adaptation.classes = Self.classCount
    source.adaptation.isRotated = true
    source.count = trainingCount
    source.seed = data.seed
    let network = NetworkSettings(
      name: kind.settingsName, classes: Self.classCount, group: .cyclic(8),
      width: kind == .steerable ? steerableWidth : conventionalWidth)
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

  /// The settings of all measurements.
  package var measurement: TrajectorySettings {
    var measure = TrajectorySettings(group: .cyclic(8))
    measure.every = measurementInterval
    measure.samples = exampleCount
    measure.scaleSamples = scaleExampleCount
    measure.seed = 0
    measure.channelwise = ["block*"]
    measure.latent = ["features"]
    measure.latentCosine = ["features"]
    measure.softmax = ["logits"]
    return measure
  }
}
