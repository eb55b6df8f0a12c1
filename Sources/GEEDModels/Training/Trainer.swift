// SPDX-License-Identifier: MIT

import GEED
import GEEDTorch

/// A network under training, one iteration at a time.
///
/// Everything that an iteration draws is a function of the seed and the iteration's number.
/// Measuring or evaluating between iterations therefore does not affect the following ones, and a
/// run that resumes from a checkpoint gives the numbers of one that was never interrupted.
///
/// Several processes share every batch, and each of them gets the means over all; `DataParallel`
/// states what they must have in common.
package struct Trainer {
  package let network: any FactoredClassifier
  package let weights: ParameterStore
  package let optimizer: any Optimizer
  package let batches: TrainingBatches
  package let objective: any Objective
  package let parallel: DataParallel
  /// The number of completed iterations.
  package private(set) var iteration: Int

  private let seeds: TrainingSeeds
  private let reader: Prefetcher<TrainingBatch>

  /// - Parameter objective: The quantity to minimize, whose views `batches` has; the cross-entropy
  ///   with the labels if `nil`.
  package init(
    _ network: any FactoredClassifier, weights: ParameterStore, optimizer: any Optimizer,
    on batches: TrainingBatches, labelSmoothing: Double = 0, objective: (any Objective)? = nil,
    continuingAt iteration: Int = 0, parallel: DataParallel = DataParallel()
  ) {
    let objective =
      objective ?? LabelObjective(labelSmoothing: labelSmoothing, dataset: batches.dataset)
    precondition(
      objective.views == batches.views,
      "Expected batches of \(objective.views), but got \(batches.views).")
    self.network = network
    self.weights = weights
    self.optimizer = optimizer
    self.batches = batches
    self.objective = objective
    self.parallel = parallel
    self.iteration = iteration
    let share = parallel.share(of: batches.batchSize)
    seeds = TrainingSeeds(batches.seed)
    // Batches are prepared ahead of the network, on a separate thread.
    reader = Prefetcher(depth: 4, from: (batches: batches, iteration: iteration)) { state in
      defer { state.iteration += 1 }
      return try state.batches.batch(at: state.iteration, share: share)
    }
  }

  /// Averages the running statistics of the network over all processes, if there are several.
  ///
  /// Call this before the network is evaluated or saved; later iterations do not depend on it.
  package func averageStatistics() throws {
    try parallel.averageStatistics(weights.all.filter { !$0.isTrained }.map(\.tensor))
  }

  /// Runs one iteration: a forward pass, gradients, and one step of the optimizer.
  package mutating func advance(learningRate: Double) throws -> TrainingStep {
    guard let batch = try reader.next() else { preconditionFailure("Batches never end.") }
    let device = weights.device
    let generator = try TorchGenerator(
      seed: seeds.dropout ^ UInt64(iteration) ^ UInt64(parallel.rank) << 40, device: device)
    let result = try objective.loss(
      of: network, on: batch, .training(generator), device: device)
    let means = try parallel.means([result.loss.item(), result.accuracy ?? 0])
    guard means[0].isFinite else {
      throw TrainingError.diverged(iteration: iteration, loss: means[0])
    }
    try optimizer.clearGradients()
    try result.loss.backward()
    try parallel.averageGradients(of: optimizer.parameters.map(\.tensor))
    try optimizer.step(learningRate: learningRate)
    try objective.follow(iteration: iteration)
    defer { iteration += 1 }
    return TrainingStep(
      iteration: iteration, loss: means[0], accuracy: result.accuracy == nil ? nil : means[1])
  }
}

/// The result of one iteration.
package struct TrainingStep: Sendable, Hashable {
  /// The iteration's number, from 0.
  package let iteration: Int
  /// The mean loss of its batch before the step, in nats.
  package let loss: Double
  /// The share of its batch that was classified correctly before the step, or for which the objective's
  /// question was answered correctly; `nil` if it asks none.
  package let accuracy: Double?
}
