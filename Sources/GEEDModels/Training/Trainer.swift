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
  public init(
    _ network: any FactoredClassifier, weights: ParameterStore, optimizer: any Optimizer,
    on batches: TrainingBatches, labelSmoothing: Double = 0, continuingAt iteration: Int = 0
  ) {
    self.network = network
    self.weights = weights
    self.optimizer = optimizer
    self.batches = batches
    self.labelSmoothing = labelSmoothing
    self.iteration = iteration
    seeds = TrainingSeeds(batches.seed)
    // Batches are made ahead of the network, on a thread of their own.
    reader = Prefetcher(depth: 4, from: (batches: batches, iteration: iteration)) { state in
      defer { state.iteration += 1 }
      return try state.batches.batch(at: state.iteration)
    }
  }

  /// Does one iteration: a forward pass, gradients, one step of the optimizer.
  ///
  /// - Throws: ``TrainingError/diverged(iteration:loss:)``, before the weights are touched; what the
  ///   data set and libtorch throw. A trainer that has thrown cannot go on.
  public mutating func advance(learningRate: Double) throws -> TrainingStep {
    guard let batch = try reader.next() else { preconditionFailure("Batches never end.") }
    let device = weights.device
    let generator = try TorchGenerator(seed: seeds.dropout ^ UInt64(iteration), device: device)
    let logits = try network(TorchTensor(batch.images, device: device), .training(generator))
    try requireLabels(batch.labels, below: logits.shape[1], of: batches.dataset)
    let labels = try TorchTensor(batch.labels, shape: [batch.labels.count], device: device)
    let loss = try logits.crossEntropy(labels, labelSmoothing: labelSmoothing)
    let value = try loss.item()
    guard value.isFinite else { throw TrainingError.diverged(iteration: iteration, loss: value) }
    try optimizer.clearGradients()
    try loss.backward()
    try optimizer.step(learningRate: learningRate)
    let predictions = try logits.detached().argmax(axis: 1).integers()
    defer { iteration += 1 }
    return TrainingStep(
      iteration: iteration, loss: value,
      accuracy: Double(zip(predictions, batch.labels).count { $0 == $1 })
        / Double(batch.labels.count))
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
