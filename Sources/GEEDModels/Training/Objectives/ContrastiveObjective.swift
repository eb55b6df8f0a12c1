// SPDX-License-Identifier: MIT
// A Simple Framework for Contrastive Learning of Visual Representations, Chen et al. 2020,
// https://arxiv.org/abs/2002.05709

import GEED
import GEEDTorch

/// SimCLR: each view of an image is to be more similar to the other view of the same image than to all
/// views of other images in the batch.
struct ContrastiveObjective: Objective {
  let views = TrainingViews.two
  private let projection: ProjectionHead
  private let temperature: Double

  init(
    featureCount: Int, hidden: Int, outputs: Int, temperature: Double, parameters p: ParameterPath
  ) throws(TorchError) {
    projection = try ProjectionHead(
      featureCount, hidden: hidden, outputs: outputs, parameters: p / "projection")
    self.temperature = temperature
  }

  /// The loss, and the share of views whose most similar view is their partner. Batch normalization
  /// uses the statistics of both views together.
  func loss(
    of network: any FactoredClassifier, on batch: TrainingBatch, _ mode: ForwardMode,
    device: TorchDevice
  ) throws -> BatchLoss {
    let features = try network.features(TorchTensor(batch.images, device: device), mode)
    return try .normalizedTemperatureScaled(
      projection(features, mode), temperature: temperature, device: device)
  }
}

extension BatchLoss {
  /// NT-Xent (eq. 1 of the paper): the mean over all 2 N rows of the cross-entropy between the softmax
  /// of their cosines with all other rows, divided by the temperature, and the row of the other view.
  ///
  /// - Parameter rows: `[2 N, D]`; rows i and N + i belong to the two views of one image.
  package static func normalizedTemperatureScaled(
    _ rows: TorchTensor, temperature: Double, device: TorchDevice = .cpu
  ) throws(TorchError) -> BatchLoss {
    let total = rows.shape[0]
    precondition(
      total >= 4 && total.isMultiple(of: 2),
      "Expected two views of at least two images, but got \(total) rows.")
    let unit = try rows.rowsNormalized()
    let similarities = try unit.matmul(unit.permuted([1, 0])).scaled(by: 1 / temperature)
    // A row is not compared with itself: the exponential of this number is 0.
    var mask = [Float](repeating: 0, count: total * total)
    for row in 0..<total { mask[row * (total + 1)] = -1e9 }
    let masked = try similarities + TorchTensor(mask, shape: [total, total], device: device)
    return try BatchLoss(
      logits: masked, labels: (0..<total).map { Int64(($0 + total / 2) % total) }, device: device)
  }
}
