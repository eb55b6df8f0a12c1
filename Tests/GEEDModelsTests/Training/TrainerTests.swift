// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDData
import GEEDModels
import GEEDTorch
import Testing

@Suite struct TrainerTests {
  /// A small network, its weights, and a trainer of them.
  private struct Run {
    let weights: ParameterStore
    var trainer: Trainer

    init(
      seed: UInt64 = 0, isAugmented: Bool = true, continuing path: String? = nil
    ) throws {
      var plan = SixBlockPlan().scaled(by: 0.05)
      plan.classCount = 10
      weights = try ParameterStore(seed: seed)
      let network = try ConventionalCNN(plan: plan, parameters: weights.root)
      let optimizer = try AdamW(weights.all)
      var done = 0
      if let path {
        let checkpoint = try TrainingCheckpoint(opening: path)
        try checkpoint.restore(weights, optimizer)
        done = checkpoint.iteration
      }
      let glyphs = try Glyphs(
        split: .train, count: 60,
        preprocessing: Preprocessing(resize: .exact(width: 29, height: 29)))
      let batches = try TrainingBatches(
        of: glyphs, batchSize: 8, seed: seed, augmentation: isAugmented ? .rotation : .none)
      trainer = Trainer(
        network, weights: weights, optimizer: optimizer, on: batches,
        labelSmoothing: 0.1, continuingAt: done)
    }

    mutating func losses(_ count: Int) throws -> [Double] {
      try (0..<count).map { _ in try trainer.advance(learningRate: 3e-3).loss }
    }

    func scalars() throws -> [[Float]] {
      try weights.all.map { try $0.tensor.host().scalars }
    }
  }

  @Test("One seed gives the same losses and weights to the bit, another one others")
  func seeded() throws {
    var (first, second, other) = (try Run(), try Run(), try Run(seed: 1))
    let losses = try first.losses(4)
    #expect(try losses == second.losses(4))
    #expect(try losses != other.losses(4))
    let same = try first.scalars() == second.scalars()
    #expect(same)
  }

  @Test("A run that goes on from a checkpoint gives the numbers of one that never stopped")
  func resumed() throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "\(UUID()).safetensors").path(percentEncoded: false)
    defer { try? FileManager.default.removeItem(atPath: path) }
    var whole = try Run()
    let losses = try whole.losses(7)
    var first = try Run()
    #expect(try first.losses(3) == Array(losses.prefix(3)))
    try TrainingCheckpoint.save(
      weights: first.weights, optimizer: first.trainer.optimizer,
      iteration: first.trainer.iteration, run: "a test", to: path)
    var second = try Run(continuing: path)
    #expect(second.trainer.iteration == 3)
    #expect(try second.losses(4) == Array(losses.suffix(4)))
    let same = try whole.scalars() == second.scalars()
    #expect(same)
  }

  @Test("Measuring and evaluating in between changes nothing about the training")
  func measured() throws {
    var (plain, measured) = (try Run(), try Run())
    let losses = try plain.losses(4)
    let glyphs = try Glyphs(
      count: 12, preprocessing: Preprocessing(resize: .exact(width: 29, height: 29)))
    for iteration in 0..<4 {
      #expect(try measured.losses(1) == [losses[iteration]])
      _ = try Evaluation(of: measured.trainer.network, on: glyphs)
      var measurement = DeviationMeasurement(
        of: MeasurableClassifier(measured.trainer.network), on: glyphs,
        under: ImageAction.rotations(4), probes: [.latent("features"), .softmax("logits")])
      measurement.exampleCount = 4
      let results = try measurement.run().results
      #expect(results.allSatisfy { $0.value.map { $0 > 0 } ?? false })
    }
  }

  @Test("The loss of what is seen again and again falls")
  func learns() throws {
    var run = try Run(isAugmented: false)
    let losses = try run.losses(40)
    let (early, late) = (losses.prefix(8).reduce(0, +) / 8, losses.suffix(8).reduce(0, +) / 8)
    #expect(late < early - 0.2, "\(early) to \(late)")
  }

  @Test func labelsMustBeClasses() throws {
    var plan = SixBlockPlan().scaled(by: 0.02)
    plan.classCount = 3
    let weights = try ParameterStore(seed: 0)
    let network = try ConventionalCNN(plan: plan, parameters: weights.root)
    let images = ArrayDataset(
      [Tensor(repeating: 0, shape: [1, 29, 29])], labels: [7], name: "sevens")
    var trainer = Trainer(
      network, weights: weights, optimizer: try SGD(weights.all),
      on: try TrainingBatches(of: images, batchSize: 2, seed: 0))
    #expect(
      throws: TrainingError.labelOutOfRange(dataset: "sevens", label: 7, classCount: 3)
    ) {
      try trainer.advance(learningRate: 0.1)
    }
  }

  @Test("A loss that is no number stops the training")
  func divergence() throws {
    var plan = SixBlockPlan().scaled(by: 0.02)
    plan.classCount = 2
    let weights = try ParameterStore(seed: 0)
    let network = try ConventionalCNN(plan: plan, parameters: weights.root)
    let images = ArrayDataset(
      [Tensor(repeating: .nan, shape: [1, 29, 29])], labels: [0], name: "nothing")
    var trainer = Trainer(
      network, weights: weights, optimizer: try SGD(weights.all),
      on: try TrainingBatches(of: images, batchSize: 2, seed: 0))
    let error = #expect(throws: TrainingError.self) { try trainer.advance(learningRate: 0.1) }
    #expect(error?.description.contains("iteration 0") == true)
  }

  @Test func otherFilesAreNoCheckpoints() throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "\(UUID()).safetensors").path(percentEncoded: false)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try ParameterStore(seed: 0).save(to: path)
    #expect(throws: TrainingError.self) { try TrainingCheckpoint(opening: path) }
  }
}
#endif
