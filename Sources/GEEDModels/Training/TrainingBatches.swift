// SPDX-License-Identifier: MIT

import GEED

/// Some examples of a data set with their labels.
public struct TrainingBatch: Sendable {
  /// `[N, C, H, W]`
  public let images: Tensor
  /// `[N]`, classes from 0.
  public let labels: [Int64]
}

/// The batches of a training run: the examples in an order that is drawn anew for every epoch, each
/// changed at random.
///
/// Batch *i* is a function of the seed and *i* alone. So a run that is resumed, or that is measured
/// now and then, sees the same batches as one that is not, and there is no state to save. An epoch
/// ends where it ends, in the middle of a batch if need be; nothing is left out.
public struct TrainingBatches: Sendable {
  /// The examples; all of them have labels.
  public let dataset: any Dataset
  /// The examples of one batch.
  public let batchSize: Int
  /// Where order and augmentation start.
  public let seed: UInt64
  /// What happens to every example, if anything.
  public let augmentation: RandomRotation?

  private let seeds: TrainingSeeds
  private var epoch: (number: Int, order: [Int])?

  /// - Throws: ``TrainingError/unlabeled(dataset:)`` if there are no labels.
  /// - Precondition: There is at least one example and `batchSize` is positive.
  public init(
    of dataset: any Dataset, batchSize: Int, seed: UInt64, augmentation: RandomRotation? = nil
  ) throws(TrainingError) {
    precondition(dataset.count > 0, "Expected at least one example.")
    precondition(batchSize > 0, "Expected a positive batch size, but got \(batchSize).")
    guard dataset.label(at: 0) != nil else { throw .unlabeled(dataset: dataset.name) }
    self.dataset = dataset
    self.batchSize = batchSize
    self.seed = seed
    self.augmentation = augmentation
    seeds = TrainingSeeds(seed)
  }

  /// Makes the batch of `iteration`, counted from 0, or a part of it.
  ///
  /// - Parameters:
  ///   - iteration: Which batch, counted from 0.
  ///   - share: Which examples of the batch; all where `nil`.
  /// - Throws: What the data set throws; ``TrainingError/unlabeled(dataset:)``.
  public mutating func batch(at iteration: Int, share: Range<Int>? = nil) throws -> TrainingBatch {
    var images: [Tensor] = []
    var labels: [Int64] = []
    for position in (share ?? 0..<batchSize).map({ iteration * batchSize + $0 }) {
      let index = example(at: position)
      guard let label = dataset.label(at: index) else {
        throw TrainingError.unlabeled(dataset: dataset.name)
      }
      var image = try dataset.example(at: index)
      if let augmentation {
        var generator = SplitMix64(seed: seeds.augmentation ^ UInt64(position))
        image = augmentation(image, using: &generator)
      }
      images.append(image)
      labels.append(Int64(label))
    }
    return TrainingBatch(images: .stacking(images), labels: labels)
  }

  /// The example at a place of the endless row of epochs.
  private mutating func example(at position: Int) -> Int {
    let (number, place) = position.quotientAndRemainder(dividingBy: dataset.count)
    if let epoch, epoch.number == number { return epoch.order[place] }
    let order = randomExamples(
      dataset.count, of: dataset.count, seed: seeds.order ^ UInt64(number))
    epoch = (number, order)
    return order[place]
  }
}

/// The seeds of a training run, one for each kind of draw, so that none runs along with another.
struct TrainingSeeds: Sendable {
  /// Initial weights.
  let weights: UInt64
  /// The order of the examples.
  let order: UInt64
  /// Changes of the examples.
  let augmentation: UInt64
  /// Dropout.
  let dropout: UInt64

  init(_ seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    weights = generator.next()
    order = generator.next()
    augmentation = generator.next()
    dropout = generator.next()
  }
}
