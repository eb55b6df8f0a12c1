// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDModels
import Testing

@Suite struct TrainingBatchesTests {
  /// Seven images of one pixel, which holds their number.
  private let numbers = ArrayDataset(
    (0..<7).map { Tensor(shape: [1, 1, 1], scalars: [Float($0)]) }, labels: [0, 1, 2, 0, 1, 2, 0])

  @Test("Every epoch holds every example once, in an order of its own")
  func epochs() throws {
    var batches = try TrainingBatches(of: numbers, batchSize: 3, seed: 5)
    let drawn = try (0..<7).flatMap { try batches.batch(at: $0).images.scalars.map { Int($0) } }
    let epochs = stride(from: 0, to: 21, by: 7).map { Array(drawn[$0..<$0 + 7]) }
    for epoch in epochs { #expect(epoch.sorted() == Array(0..<7)) }
    #expect(Set(epochs).count == 3)
  }

  @Test("A batch depends on the seed and its number, not on those before")
  func anyOrder() throws {
    var forwards = try TrainingBatches(of: numbers, batchSize: 4, seed: 1)
    var backwards = forwards
    var other = try TrainingBatches(of: numbers, batchSize: 4, seed: 2)
    let first = try (0..<6).map { try forwards.batch(at: $0).images }
    let second = try (0..<6).reversed().map { try backwards.batch(at: $0).images }
    let third = try (0..<6).map { try other.batch(at: $0).images }
    #expect(first == second.reversed())
    #expect(first != third)
  }

  @Test func labelsBelongToTheirImages() throws {
    var batches = try TrainingBatches(of: numbers, batchSize: 5, seed: 3)
    let batch = try batches.batch(at: 2)
    #expect(batch.labels == batch.images.scalars.map { Int64($0) % 3 })
  }

  @Test("Augmentation turns an image anew in every epoch")
  func augmentation() throws {
    var image = Tensor(repeating: 0, shape: [1, 9, 9])
    image.scalars[4 * 9 + 8] = 1
    var batches = try TrainingBatches(
      of: ArrayDataset([image], labels: [0]), batchSize: 1, seed: 0,
      augmentation: .rotation)
    let turned = try (0..<5).map { try batches.batch(at: $0).images }
    #expect(Set(turned).count == 5)
    #expect(try turned[2] == batches.batch(at: 2).images)
  }

  @Test func noLabelsAreAnError() {
    let unlabeled = ArrayDataset([Tensor(repeating: 0, shape: [1, 2, 2])], name: "images")
    #expect(throws: TrainingError.unlabeled(dataset: "images")) {
      try TrainingBatches(of: unlabeled, batchSize: 1, seed: 0)
    }
  }
}
#endif
