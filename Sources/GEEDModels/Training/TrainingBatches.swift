// SPDX-License-Identifier: MIT

import GEED
import GEEDData

/// Examples of a data set with their labels.
package struct TrainingBatch: Sendable {
  /// The images, `[V N, C, H, W]` for V views of N examples: the first view of all, then the second.
  package let images: Tensor
  /// The labels, `[V N]`: classes from 0, or numbers of quarter turns.
  package let labels: [Int64]
}

/// The images of each example in a batch.
package enum TrainingViews: Sendable, Hashable {
  /// One image, changed at random.
  case one
  /// Two images, changed at random independently of each other.
  case two
  /// One image, changed at random, and the same image rotated counter-clockwise by one, two and three
  /// quarter turns; their number is the label.
  case quarterTurns
}

/// The batches of a training run: the examples in a new random order for every epoch, each changed
/// at random.
///
/// Batch *i* is a function of the seed and *i* alone. A run that is resumed, or that is measured
/// from time to time, therefore gets the same batches as one that is not, and there is no state to
/// save. An epoch may end in the middle of a batch; nothing is left out.
package struct TrainingBatches: Sendable {
  /// The examples; all of them have labels. Their values are normalized, unless the augmentation
  /// changes values in 0...1.
  package let dataset: any Dataset
  /// The number of examples in one batch.
  package let batchSize: Int
  /// The seed of the order and the augmentation.
  package let seed: UInt64
  /// The random change of every view.
  package let augmentation: TrainingConfiguration.Augmentation
  /// The normalization after the augmentation; `nil` for none.
  package let normalization: ChannelNormalization?
  /// The images of each example.
  package let views: TrainingViews

  private let seeds: TrainingSeeds
  private var epoch: (number: Int, order: [Int])?

  package init(
    of dataset: any Dataset, batchSize: Int, seed: UInt64,
    augmentation: TrainingConfiguration.Augmentation = .none,
    normalization: ChannelNormalization? = nil, views: TrainingViews = .one
  ) throws(TrainingError) {
    precondition(dataset.count > 0, "Expected at least one example.")
    precondition(batchSize > 0, "Expected a positive batch size, but got \(batchSize).")
    _ = try dataset.knownLabel(at: 0)
    self.dataset = dataset
    self.batchSize = batchSize
    self.seed = seed
    self.augmentation = augmentation
    self.normalization = normalization
    self.views = views
    seeds = TrainingSeeds(seed)
  }

  /// Returns the batch of `iteration`, counted from 0, or a part of it.
  package mutating func batch(at iteration: Int, share: Range<Int>? = nil) throws -> TrainingBatch {
    var examples: [[Tensor]] = []
    var labels: [Int64] = []
    for position in (share ?? 0..<batchSize).map({ iteration * batchSize + $0 }) {
      let index = example(at: position)
      labels.append(try dataset.knownLabel(at: index))
      examples.append(try images(of: try dataset.example(at: index), at: position))
    }
    let viewCount = examples.first?.count ?? 1
    return TrainingBatch(
      images: .stacking((0..<viewCount).flatMap { view in examples.map { $0[view] } }),
      labels: (0..<viewCount).flatMap { view in
        views == .quarterTurns ? labels.map { _ in Int64(view) } : labels
      })
  }

  /// Returns the views of the example at a position in the endless sequence of epochs.
  private func images(of example: Tensor, at position: Int) throws(TrainingError) -> [Tensor] {
    switch views {
    case .one: [try changed(example, at: position, view: 0)]
    case .two:
      [
        try changed(example, at: position, view: 0), try changed(example, at: position, view: 1),
      ]
    case .quarterTurns: try changed(example, at: position, view: 0).quarterTurns()
    }
  }

  private func changed(
    _ example: Tensor, at position: Int, view: Int
  ) throws(TrainingError) -> Tensor {
    var generator = SplitMix64(
      seed: seeds.augmentation, for: .augmentation(position: position, view: view))
    var image = example
    switch augmentation {
    case .none: break
    case .rotation: image = RandomRotation()(example, using: &generator)
    case .image(let changes):
      if changes.requiresUnitRange,
        let value = example.scalars.first(where: { !($0 >= 0 && $0 <= 1) })
      {
        throw .outsideUnitRange(dataset: dataset.name, value: value)
      }
      image = changes(example, using: &generator)
    }
    return normalization?(image) ?? image
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

extension Tensor {
  /// Returns the square image `[C, H, H]` rotated counter-clockwise by 0, 1, 2 and 3 quarter turns.
  fileprivate func quarterTurns() -> [Tensor] {
    let side = shape[2]
    return (0..<4).map { turn in
      turn == 0
        ? self
        : ArrayOperator(
          count: scalars.count, blockSize: side * side, map: quarterTurn(turn, side: side))(self)
    }
  }

  /// The map of a square grid under a number of quarter turns.
  private func quarterTurn(_ turn: Int, side: Int) -> GridMap {
    GridMap(.turn(turn, of: 4), height: side, width: side, interpolation: .nearest)
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
