// SPDX-License-Identifier: MIT

import GEED

/// Examples of a data set with their labels.
package struct TrainingBatch: Sendable {
  /// The images, `[N, C, H, W]`.
  package let images: Tensor
  /// The labels, `[N]`, as classes from 0.
  package let labels: [Int64]
}

/// The batches of a training run: the examples in a new random order for every epoch, each changed
/// at random.
///
/// Batch *i* is a function of the seed and *i* alone. A run that is resumed, or that is measured
/// from time to time, therefore gets the same batches as one that is not, and there is no state to
/// save. An epoch may end in the middle of a batch; nothing is left out.
package struct TrainingBatches: Sendable {
  /// The examples; all of them have labels.
  package let dataset: any Dataset
  /// The number of examples in one batch.
  package let batchSize: Int
  /// The seed of the order and the augmentation.
  package let seed: UInt64
  /// The random change of every example; `nil` for none.
  package let augmentation: RandomRotation?

  private let seeds: TrainingSeeds
  private var epoch: (number: Int, order: [Int])?

  package init(
    of dataset: any Dataset, batchSize: Int, seed: UInt64, augmentation: RandomRotation? = nil
  ) throws(TrainingError) {
    precondition(dataset.count > 0, "Expected at least one example.")
    precondition(batchSize > 0, "Expected a positive batch size, but got \(batchSize).")
    _ = try dataset.knownLabel(at: 0)
    self.dataset = dataset
    self.batchSize = batchSize
    self.seed = seed
    self.augmentation = augmentation
    seeds = TrainingSeeds(seed)
  }

  /// Returns the batch of `iteration`, counted from 0, or a part of it.
  package mutating func batch(at iteration: Int, share: Range<Int>? = nil) throws -> TrainingBatch {
    var images: [Tensor] = []
    var labels: [Int64] = []
    for position in (share ?? 0..<batchSize).map({ iteration * batchSize + $0 }) {
      let index = example(at: position)
      labels.append(try dataset.knownLabel(at: index))
      var image = try dataset.example(at: index)
      if let augmentation {
        var generator = SplitMix64(
          seed: seeds.augmentation, for: .augmentation(position: position))
        image = augmentation(image, using: &generator)
      }
      images.append(image)
    }
    return TrainingBatch(images: .stacking(images), labels: labels)
  }

  /// Returns the example at a position in the endless sequence of epochs.
  private mutating func example(at position: Int) -> Int {
    let (number, place) = position.quotientAndRemainder(dividingBy: dataset.count)
    if let epoch, epoch.number == number { return epoch.order[place] }
    let order = randomExamples(
      dataset.count, of: dataset.count, seed: seeds.order ^ UInt64(number))
    epoch = (number, order)
    return order[place]
  }
}

extension Dataset {
  func knownLabel(at index: Int) throws(TrainingError) -> Int64 {
    guard let label = label(at: index) else { throw .unlabeled(dataset: name) }
    return Int64(label)
  }
}

/// The seeds of a training run, one for each kind of draw, so that the streams are independent.
struct TrainingSeeds: Sendable {
  let weights: UInt64
  let order: UInt64
  let augmentation: UInt64
  let dropout: UInt64

  init(_ seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    weights = generator.next()
    order = generator.next()
    augmentation = generator.next()
    dropout = generator.next()
  }
}
