// SPDX-License-Identifier: MIT

import GEED
import GEEDTorch

/// A classifier under training, one iteration at a time.
///
///     let batches = try TrainingBatches(of: digits, batchSize: 64, seed: 0)
///     var trainer = Trainer(
///       network, weights: weights, optimizer: try AdamW(weights.all), on: batches)
///     while trainer.iteration < 2_000 {
///       let step = try trainer.advance(learningRate: schedule.rate(at: trainer.iteration))
///     }
///
/// Everything that an iteration draws is a function of the seed and the iteration's number. So
/// measuring or evaluating between iterations changes nothing about those that follow, and a run that
/// goes on from a checkpoint gives the numbers of one that was never interrupted.
///
/// Several processes share every batch, and each of them gets the means over all; `DataParallel` says
/// what they must have in common.
public struct Trainer {
  /// What is trained; always as of the last iteration.
  public let network: any FactoredClassifier
  /// The network's weights.
  public let weights: ParameterStore
  /// What moves them.
  public let optimizer: any Optimizer
  /// What they are trained on.
  public let batches: TrainingBatches
  /// The share of probability that targets spread over all classes.
  public let labelSmoothing: Double
  /// The processes that train together.
  public let parallel: DataParallel
  /// How many iterations are done.
  public private(set) var iteration: Int

  private let seeds: TrainingSeeds
  private let reader: Prefetcher<TrainingBatch>

  /// - Parameters:
  ///   - network: A network whose parameters are those of `weights`.
  ///   - weights: The parameters of `network`.
  ///   - optimizer: A rule for the trained parameters of `weights`.
  ///   - batches: What it is trained on; its seed is also that of dropout.
  ///   - labelSmoothing: The share of probability that targets spread over all classes.
  ///   - iteration: How many iterations are done already; weights and optimizer are as these left
  ///     them.
  ///   - parallel: The processes that train together, with equal weights.
  /// - Precondition: The processes can share a batch equally.
  public init(
    _ network: any FactoredClassifier, weights: ParameterStore, optimizer: any Optimizer,
    on batches: TrainingBatches, labelSmoothing: Double = 0, continuingAt iteration: Int = 0,
    parallel: DataParallel = DataParallel()
  ) {
    self.network = network
    self.weights = weights
    self.optimizer = optimizer
    self.batches = batches
    self.labelSmoothing = labelSmoothing
    self.parallel = parallel
    self.iteration = iteration
    let share = parallel.share(of: batches.batchSize)
    seeds = TrainingSeeds(batches.seed)
    // Batches are made ahead of the network, on a thread of their own.
    reader = Prefetcher(depth: 4, from: (batches: batches, iteration: iteration)) { state in
      defer { state.iteration += 1 }
      return try state.batches.batch(at: state.iteration, share: share)
    }
  }

  /// Makes the running statistics of the network those of all processes, if there are several.
  ///
  /// Before the network is evaluated or saved; the iterations to come do not depend on them.
  public func averageStatistics() throws {
    try parallel.averageStatistics(weights.all.filter { !$0.isTrained }.map(\.tensor))
  }

  /// Does one iteration: a forward pass, gradients, one step of the optimizer.
  ///
  /// - Throws: ``TrainingError/diverged(iteration:loss:)``, before the weights are touched; what the
  ///   data set and libtorch throw; `DistributedError` if another process failed. A trainer that has
  ///   thrown cannot go on.
  public mutating func advance(learningRate: Double) throws -> TrainingStep {
    guard let batch = try reader.next() else { preconditionFailure("Batches never end.") }
    let device = weights.device
    let generator = try TorchGenerator(
      seed: seeds.dropout ^ UInt64(iteration) ^ UInt64(parallel.rank) << 40, device: device)
    let logits = try network(TorchTensor(batch.images, device: device), .training(generator))
    try requireLabels(batch.labels, below: logits.shape[1], of: batches.dataset)
    let labels = try TorchTensor(batch.labels, shape: [batch.labels.count], device: device)
    let loss = try logits.crossEntropy(labels, labelSmoothing: labelSmoothing)
    let predictions = try logits.detached().argmax(axis: 1).integers()
    let hits = zip(predictions, batch.labels).count { $0 == $1 }
    let means = try parallel.means([loss.item(), Double(hits) / Double(batch.labels.count)])
    guard means[0].isFinite else {
      throw TrainingError.diverged(iteration: iteration, loss: means[0])
    }
    try optimizer.clearGradients()
    try loss.backward()
    try parallel.averageGradients(of: weights.trained)
    try optimizer.step(learningRate: learningRate)
    defer { iteration += 1 }
    return TrainingStep(iteration: iteration, loss: means[0], accuracy: means[1])
  }
}

/// What one iteration gave.
public struct TrainingStep: Sendable, Hashable {
  /// The iteration's number, from 0.
  public let iteration: Int
  /// The mean loss of its batch before the step, in nats.
  public let loss: Double
  /// The share of its batch that was classified rightly before the step.
  public let accuracy: Double
}
