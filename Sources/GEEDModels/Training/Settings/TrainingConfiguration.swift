// SPDX-License-Identifier: MIT

/// All settings that determine the result of a training run.
public struct TrainingConfiguration: Sendable, Hashable, Codable {
  /// The network to train.
  public var network: NetworkSettings
  /// The data for training and testing.
  public var data: TrainingDataSettings
  /// The number of steps of the optimizer.
  public var iterations: Int
  /// The number of examples in one step.
  public var batch = 64
  /// The optimizer and the learning rate.
  public var optimizer = OptimizerSettings()
  /// The share of probability that targets spread over all classes.
  public var labelSmoothing = 0.0
  /// The random changes of examples.
  public var augmentation = Augmentation.none
  /// The quantity to minimize; `nil` for the cross-entropy with the labels.
  public var objective: ObjectiveSettings?
  /// The seed of initial weights, the order of examples, augmentation and dropout.
  public var seed: UInt64 = 0
  /// The frequency and the sample size of evaluations.
  public var evaluation = EvaluationSettings()
  /// The measurement during training.
  public var measure: TrajectorySettings?
  /// The number of iterations between checkpoints.
  public var checkpointEvery = 200

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case network, data, iterations, batch, optimizer, objective, augmentation, seed, evaluation
    case measure
    case labelSmoothing = "label-smoothing"
    case checkpointEvery = "checkpoint-every"
  }

  /// Whether evaluations fit a linear classifier of the features, instead of the network's own.
  package var evaluatesByProbe: Bool {
    evaluation.probeCount != nil || !(objective?.trainsLogits ?? true)
  }

  /// The greatest number of bytes for the images of one step and what compares them.
  private static let greatestBatchByteCount = 4 << 30

  /// The number of matrices with the similarities of all views, and their gradients, that a step of
  /// SimCLR holds at the same time: the greatest number in the backward pass.
  private static let similarityMatrixCount = 4

  /// Throws if the batches of one process do not fit into its memory.
  func requireRoom(forBatchesOf shape: [Int], processCount: Int) throws(UnsuitableSettings) {
    let views = objective?.kind == .rotations ? 4 : objective?.trainsLogits ?? true ? 1 : 2
    let image = Double(max(views * shape.reduce(MemoryLayout<Float>.stride, *), 1))
    let comparesViews = objective?.kind == .simclr
    // Every view is compared with every other one.
    let pair =
      comparesViews
      ? Double(Self.similarityMatrixCount * views * views * MemoryLayout<Float>.stride) : 0
    // The greatest number n with image · n + pair · n² within the limit.
    let limit = Double(Self.greatestBatchByteCount)
    let most = max(
      1, Int(2 * limit / (image + (image * image + 4 * pair * limit).squareRoot())))
    guard batch > most * processCount else { return }
    throw UnsuitableSettings(
      "'batch': expected at most \(most * processCount) images of shape \(shape), which take 4 GiB"
        + "\(comparesViews ? " with the similarities of all pairs of views" : ""), but got \(batch)."
    )
  }

  /// - Parameters:
  ///   - network: The network to train.
  ///   - data: The data for training and testing.
  ///   - iterations: The number of steps of the optimizer.
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
    objective = try settings.decodeIfPresent(ObjectiveSettings.self, forKey: .objective)
    // The same settings, whether or not the default is written down.
    if objective?.kind == .labels { objective = nil }
    augmentation = try settings.decode(.augmentation, or: augmentation)
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
