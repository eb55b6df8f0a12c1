// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDData
import GEEDTorch
import Yams

/// What `geed train` reads: everything that decides how a network comes out.
struct TrainingConfiguration: Decodable {
  let network: NetworkSettings
  let data: TrainingDataSettings
  let iterations: Int
  let batch: Int
  let optimizer: OptimizerSettings
  let labelSmoothing: Double
  let augmentation: Augmentation
  let seed: UInt64
  let evaluation: EvaluationSettings
  let measure: TrajectorySettings?
  let checkpointEvery: Int

  /// What happens to examples at random.
  enum Augmentation: String, Decodable {
    case none
    case rotation
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case network, data, iterations, batch, optimizer, augmentation, seed, evaluation, measure
    case labelSmoothing = "label-smoothing"
    case checkpointEvery = "checkpoint-every"
  }

  init(from decoder: any Decoder) throws {
    let settings = try decoder.strictContainer(keyedBy: CodingKeys.self)
    network = try settings.decode(NetworkSettings.self, forKey: .network)
    data = try settings.decode(TrainingDataSettings.self, forKey: .data)
    iterations = try settings.decode(Int.self, forKey: .iterations)
    try settings.require(
      .iterations, iterations >= 1, "at least 1 iteration, but got \(iterations)")
    batch = try settings.decode(.batch, or: 64)
    try settings.require(.batch, batch >= 1, "at least 1 example, but got \(batch)")
    optimizer = try settings.decode(.optimizer, or: OptimizerSettings())
    labelSmoothing = try settings.decode(.labelSmoothing, or: 0)
    try settings.require(
      .labelSmoothing, (0...1).contains(labelSmoothing), "0 to 1, but got \(labelSmoothing)")
    augmentation = try settings.decode(.augmentation, or: .none)
    seed = try settings.decode(.seed, or: 0)
    evaluation = try settings.decode(.evaluation, or: EvaluationSettings())
    measure = try settings.decodeIfPresent(TrajectorySettings.self, forKey: .measure)
    checkpointEvery = try settings.decode(.checkpointEvery, or: 200)
    try settings.require(
      .checkpointEvery, checkpointEvery >= 1, "at least 1 iteration, but got \(checkpointEvery)")
    try settings.require(
      .optimizer, optimizer.warmUp < iterations,
      "a warm-up shorter than \(iterations) iterations, but got \(optimizer.warmUp)")
  }

  /// Reads a YAML file, and keeps its text.
  ///
  /// - Throws: `DataError` that names the file, the setting, what was expected and what was found.
  static func read(_ path: String) throws -> (value: TrainingConfiguration, text: String) {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw DataError.missing(path: path, expected: "a training configuration (YAML)")
    }
    do {
      let value = try YAMLDecoder().decode(TrainingConfiguration.self, from: bytes)
      return (value, String(decoding: bytes, as: UTF8.self))
    } catch let error as DecodingError {
      throw DataError.undecodable(path: path, format: "settings", reason: error.settingsReason)
    } catch let error as YamlError {
      throw DataError.undecodable(path: path, format: "YAML", reason: "\(error)")
    }
  }
}

/// How often a network is tried on data that it does not learn from.
struct EvaluationSettings: Decodable {
  /// After how many iterations, besides the last one.
  let every: Int
  /// How many examples; `nil` for all.
  let count: Int?

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case every, count
  }

  init() {
    every = 200
    count = 2_000
  }

  init(from decoder: any Decoder) throws {
    let settings = try decoder.strictContainer(keyedBy: CodingKeys.self)
    every = try settings.decode(.every, or: 200)
    count = try settings.decodeIfPresent(Int.self, forKey: .count)
    try settings.require(.every, every >= 1, "at least 1 iteration, but got \(every)")
    try settings.require(.count, count.map { $0 >= 1 } ?? true, "at least 1 example")
  }
}

/// How gradients move weights.
struct OptimizerSettings: Decodable {
  enum Kind: String, Decodable {
    case sgd, adam, adamw
  }

  enum Decay: String, Decodable {
    case constant, cosine
  }

  let kind: Kind
  /// The highest learning rate.
  let rate: Double
  /// How the rate falls until the last iteration.
  let decay: Decay
  /// Iterations during which the rate grows linearly.
  let warmUp: Int
  let momentum: Double
  let weightDecay: Double

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case kind, rate, decay, momentum
    case warmUp = "warm-up"
    case weightDecay = "weight-decay"
  }

  init() {
    kind = .adamw
    rate = 1e-3
    decay = .cosine
    warmUp = 0
    momentum = 0.9
    weightDecay = 1e-4
  }

  init(from decoder: any Decoder) throws {
    let settings = try decoder.strictContainer(keyedBy: CodingKeys.self)
    let usual = Self()
    kind = try settings.decode(.kind, or: usual.kind)
    rate = try settings.decode(.rate, or: usual.rate)
    decay = try settings.decode(.decay, or: usual.decay)
    warmUp = try settings.decode(.warmUp, or: usual.warmUp)
    momentum = try settings.decode(.momentum, or: usual.momentum)
    weightDecay = try settings.decode(.weightDecay, or: usual.weightDecay)
    try settings.require(.rate, rate > 0 && rate.isFinite, "a positive rate, but got \(rate)")
    try settings.require(.warmUp, warmUp >= 0, "0 or more iterations, but got \(warmUp)")
    try settings.require(.momentum, (0..<1).contains(momentum), "0 to below 1, but got \(momentum)")
    try settings.require(.weightDecay, weightDecay >= 0, "0 or more, but got \(weightDecay)")
  }

  func makeOptimizer(_ weights: ParameterStore) throws -> any Optimizer {
    let decay = WeightDecay.matricesAndKernels(weightDecay)
    return switch kind {
    case .sgd: try SGD(weights.all, momentum: momentum, weightDecay: decay)
    case .adam: try Adam(weights.all, weightDecay: decay)
    case .adamw: try AdamW(weights.all, weightDecay: decay)
    }
  }

  func schedule(iterations: Int) -> LearningRateSchedule {
    switch decay {
    case .constant: .constant(rate, warmUp: warmUp)
    case .cosine: .cosine(peak: rate, iterationCount: iterations, warmUp: warmUp)
    }
  }
}

extension DecodingError {
  /// The setting and what is wrong with it.
  fileprivate var settingsReason: String {
    switch self {
    case .keyNotFound(let key, let context):
      "the setting '\(Self.name(context.codingPath + [key]))' is missing"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      "'\(Self.name(context.codingPath))': expected \(type)"
    case .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? context.debugDescription
        : "'\(Self.name(context.codingPath))': \(context.debugDescription)"
    @unknown default: "\(self)"
    }
  }

  private static func name(_ path: [any CodingKey]) -> String {
    path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
  }
}
#endif
