// SPDX-License-Identifier: MIT

/// Everything that decides how a network comes out.
public struct TrainingConfiguration: Sendable, Hashable, Codable {
  /// What is trained.
  public var network: NetworkSettings
  /// What it learns from and is tried on.
  public var data: TrainingDataSettings
  /// How many steps the optimizer makes.
  public var iterations: Int
  /// The examples of one step.
  public var batch = 64
  /// How gradients move weights.
  public var optimizer = OptimizerSettings()
  /// The share of probability that targets spread over all classes.
  public var labelSmoothing = 0.0
  /// What happens to examples at random.
  public var augmentation = Augmentation.none
  /// Where initial weights, the order of examples, augmentation and dropout start.
  public var seed: UInt64 = 0
  /// How often the network is tried.
  public var evaluation = EvaluationSettings()
  /// What is measured along the way.
  public var measure: TrajectorySettings?
  /// After how many iterations a checkpoint is written.
  public var checkpointEvery = 200

  /// What happens to examples at random.
  public enum Augmentation: String, Sendable, Codable {
    case none
    case rotation
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case network, data, iterations, batch, optimizer, augmentation, seed, evaluation, measure
    case labelSmoothing = "label-smoothing"
    case checkpointEvery = "checkpoint-every"
  }

  /// - Parameters:
  ///   - network: What is trained.
  ///   - data: What it learns from and is tried on.
  ///   - iterations: How many steps the optimizer makes.
  public init(network: NetworkSettings, data: TrainingDataSettings, iterations: Int) {
    self.network = network
    self.data = data
    self.iterations = iterations
  }

  public init(from decoder: any Decoder) throws {
    let settings = try decoder.strictContainer(keyedBy: CodingKeys.self)
    network = try settings.decode(NetworkSettings.self, forKey: .network)
    data = try settings.decode(TrainingDataSettings.self, forKey: .data)
    iterations = try settings.decode(Int.self, forKey: .iterations)
    batch = try settings.decode(.batch, or: batch)
    optimizer = try settings.decode(.optimizer, or: optimizer)
    labelSmoothing = try settings.decode(.labelSmoothing, or: labelSmoothing)
    augmentation = try settings.decode(.augmentation, or: augmentation)
    seed = try settings.decode(.seed, or: seed)
    evaluation = try settings.decode(.evaluation, or: evaluation)
    measure = try settings.decodeIfPresent(TrajectorySettings.self, forKey: .measure)
    checkpointEvery = try settings.decode(.checkpointEvery, or: checkpointEvery)
    try settings.require(
      .iterations, iterations >= 1, "at least 1 iteration, but got \(iterations)")
    try settings.require(.batch, batch >= 1, "at least 1 example, but got \(batch)")
    try settings.require(
      .labelSmoothing, (0...1).contains(labelSmoothing), "0 to 1, but got \(labelSmoothing)")
    try settings.require(
      .checkpointEvery, checkpointEvery >= 1, "at least 1 iteration, but got \(checkpointEvery)")
    try settings.require(
      .optimizer, optimizer.warmUp < iterations,
      "a warm-up shorter than \(iterations) iterations, but got \(optimizer.warmUp)")
  }
}
