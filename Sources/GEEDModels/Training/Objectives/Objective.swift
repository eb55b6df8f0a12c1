// SPDX-License-Identifier: MIT

import GEED
import GEEDTorch

/// The quantity that a training minimizes.
///
/// An objective may have weights of its own, such as a projection head. They are in the store of the
/// network's weights under `objective.`, so optimizers change them and checkpoints hold them, but they
/// are no part of the network that is measured and exported.
package protocol Objective: Sendable {
  /// The views of each example that a batch contains.
  var views: TrainingViews { get }

  /// Returns the mean loss of a batch under the current weights.
  func loss(
    of network: any FactoredClassifier, on batch: TrainingBatch, _ mode: ForwardMode,
    device: TorchDevice
  ) throws -> BatchLoss

  /// Updates weights that follow others, after the optimizer's step of `iteration`.
  func follow(iteration: Int) throws(TorchError)
}

extension Objective {
  package func follow(iteration: Int) throws(TorchError) {}
}

/// The loss of a batch, with a record for gradients, and what can be counted on the way.
package struct BatchLoss {
  /// The mean loss in nats, or without a unit for BYOL; a single number.
  package let loss: TorchTensor
  /// The share of the batch for which the objective's own question is answered rightly; `nil` if it
  /// asks none.
  package let accuracy: Double?
}

/// The prefix of the names of an objective's own weights.
let objectivePrefix = "objective"

/// The cross-entropy with the labels of the examples.
struct LabelObjective: Objective {
  let views = TrainingViews.one
  /// The share of probability that targets spread over all classes.
  let labelSmoothing: Double
  /// The examples of the batches.
  let dataset: any Dataset
  /// Whether f₁ stays as it is: it runs in evaluation mode, and nothing of it is recorded.
  var freezesFeatures = false

  func loss(
    of network: any FactoredClassifier, on batch: TrainingBatch, _ mode: ForwardMode,
    device: TorchDevice
  ) throws -> BatchLoss {
    let images = try TorchTensor(batch.images, device: device)
    let logits =
      freezesFeatures
      ? try network.logits(withoutGradients { try network.features(images, .evaluation) }, mode)
      : try network(images, mode)
    try requireLabels(batch.labels, below: logits.shape[1], of: dataset)
    return try BatchLoss(
      logits: logits, labels: batch.labels, labelSmoothing: labelSmoothing, device: device)
  }
}

/// The cross-entropy of a linear classifier of the features that is to tell by how many quarter turns
/// an image was rotated (Gidaris et al. 2018, https://arxiv.org/abs/1803.07728). A batch contains each
/// image in all four orientations (§ 3.2 there).
struct RotationObjective: Objective {
  let views = TrainingViews.quarterTurns
  private let head: Linear

  init(featureCount: Int, parameters p: ParameterPath) throws(TorchError) {
    head = try Linear(featureCount, 4, parameters: p / "rotations")
  }

  func loss(
    of network: any FactoredClassifier, on batch: TrainingBatch, _ mode: ForwardMode,
    device: TorchDevice
  ) throws -> BatchLoss {
    let logits = try head(network.features(TorchTensor(batch.images, device: device), mode))
    return try BatchLoss(logits: logits, labels: batch.labels, device: device)
  }
}

extension BatchLoss {
  /// The mean cross-entropy between scores `[N, K]` and classes, with the share of the examples whose
  /// greatest score is that of their class.
  init(
    logits: TorchTensor, labels: [Int64], labelSmoothing: Double = 0, device: TorchDevice
  ) throws(TorchError) {
    let targets = try TorchTensor(labels, shape: [labels.count], device: device)
    loss = try logits.crossEntropy(targets, labelSmoothing: labelSmoothing)
    let predictions = try logits.detached().argmax(axis: 1).integers()
    let hits = zip(predictions, labels).count { $0 == $1 }
    accuracy = Double(hits) / Double(labels.count)
  }
}
