// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDTorch

/// The accuracy and the loss of a classifier on a data set.
package struct Evaluation: Sendable, Hashable, Codable {
  /// The share of examples whose most likely class is their label.
  package let accuracy: Double
  /// The mean cross-entropy, in nats.
  package let loss: Double
  /// The number of examples evaluated.
  package let exampleCount: Int

  /// Runs `classifier` on `count` examples drawn at random, or on all, without recording gradients.
  package init(
    of classifier: some FactoredClassifier, on dataset: any Dataset, count: Int? = nil,
    seed: UInt64 = 0, batchSize: Int = 250, device: TorchDevice = .cpu
  ) throws {
    let dataset = count.map { ChosenExamples($0, of: dataset, seed: seed) } ?? dataset
    let total = dataset.count
    precondition(total > 0, "Expected at least one example.")
    var correct = 0
    var lossSum = 0.0
    for start in stride(from: 0, to: total, by: batchSize) {
      let indices = start..<min(start + batchSize, total)
      let labels = try indices.map { try dataset.knownLabel(at: $0) }
      let images = try Tensor.stacking(indices.map { try dataset.example(at: $0) })
      let (hits, loss) = try withoutGradients {
        let logits = try classifier(TorchTensor(images, device: device))
        try requireLabels(labels, below: logits.shape[1], of: dataset)
        let targets = try TorchTensor(labels, shape: [labels.count], device: device)
        return (
          zip(try logits.argmax(axis: 1).integers(), labels).count { $0 == $1 },
          try logits.crossEntropy(targets).item()
        )
      }
      correct += hits
      lossSum += loss * Double(indices.count)
    }
    exampleCount = total
    accuracy = Double(correct) / Double(total)
    loss = lossSum / Double(total)
  }
}

/// Throws if a label is not one of `classCount` classes.
func requireLabels(
  _ labels: [Int64], below classCount: Int, of dataset: any Dataset
) throws(TrainingError) {
  if let label = labels.first(where: { !(0..<Int64(classCount)).contains($0) }) {
    throw .labelOutOfRange(dataset: dataset.name, label: Int(label), classCount: classCount)
  }
}
