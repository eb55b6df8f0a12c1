// SPDX-License-Identifier: MIT

import GEEDData
import GEEDModels

/// The networks of §§ 4.1 and 4.2: how many there are, how they are trained, and what is measured on
/// the way. Figure 2 says the numbers.
public struct SixBlockExperiment: Sendable, Hashable {
  /// How many networks of each kind; their seeds count from 0.
  public var networkCount: Int
  /// How many steps the optimizer makes.
  public var iterations: Int
  /// After how many iterations the networks are measured.
  public var measurementInterval: Int
  /// How many examples enter *E*.
  public var exampleCount: Int
  /// How many examples enter *M*.
  public var scaleExampleCount: Int
  /// What the widths of the conventional network are multiplied by.
  public var conventionalWidth: Double
  /// What the widths of the steerable network are multiplied by.
  public var steerableWidth: Double
  /// Rows and columns of the pictures.
  public var imageSize = 29
  /// The examples of one step.
  public var batch = 64
  /// How gradients move weights.
  public var optimizer: OptimizerSettings
  /// How often the networks are tried.
  public var evaluation: EvaluationSettings
  /// Only so many of the pictures to learn from.
  public var trainingCount: Int?

  /// The classes that are left when there is no 9, which a turn makes a 6.
  public static let classCount = RotatedMNIST.classCount

  /// The networks of a run, those that cost most first.
  public var networks: [(kind: NetworkKind, seed: UInt64)] {
    [NetworkKind.steerable, .conventional].flatMap { kind in seeds.map { (kind, $0) } }
  }

  /// The seeds of the networks of each kind.
  public var seeds: [UInt64] { (0..<networkCount).map(UInt64.init) }

  /// How one network is trained.
  ///
  /// Networks of one seed see the same batches, whatever their kind; all networks are measured on the
  /// same examples, turned by the same angles.
  ///
  /// - Parameters:
  ///   - kind: The kind of the network.
  ///   - seed: Its seed.
  ///   - data: Where the data are.
  public func configuration(
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

  /// What is measured, everywhere.
  public var measurement: TrajectorySettings {
    var measure = TrajectorySettings(group: "C8")
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
