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
  public enum Augmentation: String, Sendable, Codable, CaseIterable {
    case none
    case rotation
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case network, data, iterations, batch, optimizer, augmentation, seed, evaluation, measure
    case labelSmoothing = "label-smoothing"
    case checkpointEvery = "checkpoint-every"
  }

  /// The most memory for the pictures of one step.
  private static let greatestBatchByteCount = 4 << 30

  /// Throws if the batches of one process do not fit its memory.
  func requireRoom(forBatchesOf shape: [Int], processCount: Int) throws(UnsuitableSettings) {
    let picture = shape.reduce(MemoryLayout<Float>.stride, *)
    let most = max(1, Self.greatestBatchByteCount / max(picture, 1)) * processCount
    guard batch > most else { return }
    throw UnsuitableSettings(
      "'batch': expected at most \(most) pictures of shape \(shape), which take 4 GiB, but got "
        + "\(batch).")
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
    batch = try settings.decode(.batch, in: 1...65_536, or: batch)
    optimizer = try settings.decode(.optimizer, or: optimizer)
    labelSmoothing = try settings.decode(.labelSmoothing, in: 0...1, or: labelSmoothing)
    augmentation = try settings.decode(choice: .augmentation, or: augmentation)
    seed = try settings.decode(.seed, or: seed)
    evaluation = try settings.decode(.evaluation, or: evaluation)
    measure = try settings.decodeIfPresent(TrajectorySettings.self, forKey: .measure)
    checkpointEvery = try settings.decode(
      .checkpointEvery, in: 1...greatestCount, or: checkpointEvery)
    try settings.require(
      .iterations, (1...greatestCount).contains(iterations),
      "a number from 1 to \(greatestCount), but got \(iterations)")
    try settings.require(
      .optimizer, optimizer.warmUp < iterations,
      "a warm-up shorter than \(iterations) iterations, but got \(optimizer.warmUp)")
  }
}
