// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDData
import GEEDTorch
import Testing
import _GEEDTestSupport

@testable import GEEDModels

@Suite struct TrainingViewsTests {
  /// Five images `[3, 6, 6]` of random values in 0...1.
  private let images: ArrayDataset = {
    var generator = SplitMix64(seed: 1)
    let images = (0..<5).map { _ in
      Tensor(shape: [3, 6, 6], scalars: (0..<108).map { _ in Float(generator.nextUnit()) })
    }
    return ArrayDataset(images, labels: [0, 1, 2, 0, 1])
  }()

  private var changes: ImageAugmentation {
    var changes = ImageAugmentation()
    changes.crop = RandomCrop()
    changes.flip = 0.5
    changes.jitter = ColorJitter()
    changes.jitter?.brightness = 0.4
    return changes
  }

  private func parts(_ batch: TrainingBatch) -> [[Float]] {
    let size = batch.images.scalars.count / batch.images.shape[0]
    return stride(from: 0, to: batch.images.scalars.count, by: size).map {
      Array(batch.images.scalars[$0..<$0 + size])
    }
  }

  @Test("Two views differ; the first one is that of a batch of one view, and halves are parts")
  func twoViews() throws {
    func batches(_ views: TrainingViews, seed: UInt64 = 4) throws -> TrainingBatches {
      try TrainingBatches(
        of: images, batchSize: 4, seed: seed, augmentation: .image(changes), views: views)
    }
    var (one, two, other) = (try batches(.one), try batches(.two), try batches(.two, seed: 5))
    let views = try parts(two.batch(at: 2))
    #expect(views.count == 8 && Set(views).count == 8)
    #expect(try Array(views[..<4]) == parts(one.batch(at: 2)))
    #expect(try views == parts(two.batch(at: 2)))
    #expect(try views != parts(other.batch(at: 2)))
    let half = try parts(two.batch(at: 2, share: 2..<4))
    #expect(half == [views[2], views[3], views[6], views[7]])
  }

  @Test("Rotations are those of C4, and their numbers are the labels")
  func quarterTurns() throws {
    var batches = try TrainingBatches(of: images, batchSize: 3, seed: 0, views: .quarterTurns)
    let batch = try batches.batch(at: 0)
    #expect(batch.labels == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
    let views = parts(batch)
    let action = try ImageAction.rotations(4).prepared(for: [3, 6, 6])
    for turn in 0..<4 {
      for n in 0..<3 {
        let image = Tensor(shape: [3, 6, 6], scalars: views[n])
        #expect(action(turn, image).scalars == views[3 * turn + n])
      }
    }
  }

  @Test(
    "Colours change before the normalization: 0.5 above the mean, a brighter image is no darker")
  func normalizedAfterwards() throws {
    var bright = ImageAugmentation()
    bright.jitter = ColorJitter()
    bright.jitter?.brightness = 0.4
    let normalization = ChannelNormalization(
      mean: [0.5, 0.4, 0.3], standardDeviation: [0.2, 0.3, 0.1], channels: 3)
    var plain = try TrainingBatches(
      of: images, batchSize: 2, seed: 0, augmentation: .image(bright))
    var normalized = try TrainingBatches(
      of: images, batchSize: 2, seed: 0, augmentation: .image(bright), normalization: normalization)
    let (a, b) = (try parts(plain.batch(at: 0)), try parts(normalized.batch(at: 0)))
    let (mean, deviation): ([Float], [Float]) = ([0.5, 0.4, 0.3], [0.2, 0.3, 0.1])
    for (x, y) in zip(a, b) {
      #expect(y == x.indices.map { (x[$0] - mean[$0 / 36]) / deviation[$0 / 36] })
    }
  }

  @Test("Changes without effect give the bits of no augmentation, from the same settings")
  func noChange() throws {
    var settings = TrainingConfiguration(
      network: NetworkSettings(name: "cifar-resnet8"), data: TrainingDataSettings(source: "glyphs"),
      iterations: 1)
    settings.data.mean = [0.3]
    settings.data.std = [0.25]
    settings.data.count = 20
    let data = try settings.data.open(.train, seed: 0)
    var plain = try settings.batches(of: data, views: .one)
    settings.augmentation = .image(ImageAugmentation())
    var changed = try settings.batches(of: data, views: .one)
    let (a, b) = (try plain.batch(at: 0), try changed.batch(at: 0))
    #expect(a.images == b.images && a.labels == b.labels)
    #expect(a.images.scalars.contains { $0 < 0 })
  }

  @Test("A jitter of values outside 0...1 would be wrong, and is told")
  func normalizedBefore() throws {
    let wrong = ArrayDataset(
      [Tensor(repeating: -1.5, shape: [3, 4, 4])], labels: [0], name: "normalized")
    var batches = try TrainingBatches(
      of: wrong, batchSize: 1, seed: 0, augmentation: .image(changes))
    #expect(throws: TrainingError.outsideUnitRange(dataset: "normalized", value: -1.5)) {
      try batches.batch(at: 0)
    }
  }
}

@Suite struct ObjectiveRunTests {
  private func settings(_ objective: ObjectiveSettings, iterations: Int) -> TrainingConfiguration {
    var data = TrainingDataSettings(source: "glyphs")
    data.resize = 29
    data.count = 40
    var settings = TrainingConfiguration(
      network: NetworkSettings(name: "conventional-cnn", width: 0.05), data: data,
      iterations: iterations)
    settings.batch = 6
    settings.objective = objective
    var changes = ImageAugmentation()
    changes.crop = RandomCrop()
    settings.augmentation = .image(changes)
    settings.evaluation = EvaluationSettings(every: 3, count: 40)
    settings.evaluation.probeCount = 60
    settings.optimizer.decay = .constant
    return settings
  }

  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "geed-\(UUID())").path(percentEncoded: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func lines(_ folder: String) throws -> [TrainingRun.Entry] {
    let data = try #require(FileManager.default.contents(atPath: "\(folder)/trajectory.jsonl"))
    return try data.split(separator: UInt8(ascii: "\n")).map {
      try JSONDecoder().decode(TrainingRun.Entry.self, from: Data($0))
    }
  }

  private static var byol: ObjectiveSettings {
    var byol = ObjectiveSettings(.byol)
    (byol.hidden, byol.projection, byol.momentum) = (12, 6, 0.9)
    return byol
  }

  @Test(
    "A run that is resumed gives the numbers of one that was not, and exports the network alone",
    arguments: [ObjectiveSettings(.simclr), byol, ObjectiveSettings(.rotations)])
  func resumed(objective: ObjectiveSettings) throws {
    let settings = settings(objective, iterations: 5)
    try inFolder { folder in
      var whole = try TrainingRun(settings, folder: "\(folder)/whole")
      try whole.start()
      while !whole.isFinished { try whole.advance() }
      try whole.export()
      var first = try TrainingRun(settings, folder: "\(folder)/parts")
      try first.start()
      for _ in 0..<2 { try first.advance() }
      try first.save()
      var second = try TrainingRun(settings, folder: "\(folder)/parts", resumes: true)
      #expect(second.iteration == 2)
      while !second.isFinished { try second.advance() }
      for (a, b) in zip(whole.weights.all, second.weights.all) {
        #expect(try a.tensor.host() == b.tensor.host(), "\(a.name)")
      }
      let (all, continued) = (try lines("\(folder)/whole"), try lines("\(folder)/parts"))
      #expect(all.map(\.loss) == continued.map(\.loss))
      #expect(all.map(\.testAccuracy) == continued.map(\.testAccuracy))
      #expect(all.compactMap(\.testAccuracy).count == 3)
      #expect(all.allSatisfy { $0.testAccuracy == nil || $0.testClassifier == .linearProbe })
      #expect(all.last?.testLoss == nil)
      #expect((all.last?.accuracy == nil) == (objective.kind == .byol))
      for name in ["model", "best"] {
        let file = try SafetensorsFile(opening: "\(folder)/whole/\(name).safetensors")
        #expect(!file.entries.contains { $0.name.hasPrefix("objective") })
        #expect(file.metadata["objective"] == objective.kind.rawValue)
        #expect(file.metadata["untrained"] == "logits")
        #expect(FileManager.default.fileExists(atPath: "\(folder)/whole/\(name).onnx"))
      }
    }
  }

  @Test("All objectives begin with the network that the seed gives for labels")
  func sameStart() throws {
    var plain = settings(ObjectiveSettings(.rotations), iterations: 1)
    plain.objective = nil
    plain.evaluation.probeCount = nil
    try inFolder { folder in
      let labels = try TrainingRun(plain, folder: "\(folder)/labels")
      let byol = try TrainingRun(
        settings(Self.byol, iterations: 1), folder: "\(folder)/byol")
      for (a, b) in zip(labels.weights.all, byol.weights.all) {
        #expect(try a.name == b.name && a.tensor.host() == b.tensor.host())
      }
      #expect(labels.weights.all.count == byol.networkNames.count)
    }
  }

  @Test("BYOL's teacher depends on the number of iterations, which cannot be extended")
  func notExtended() throws {
    try inFolder { folder in
      func run(_ kind: ObjectiveSettings, _ iterations: Int, resumes: Bool) throws -> TrainingRun {
        try TrainingRun(
          settings(kind, iterations: iterations), run: "\(iterations)",
          folder: "\(folder)/\(kind.kind)", resumes: resumes, extends: true)
      }
      for kind in [Self.byol, ObjectiveSettings(.simclr)] {
        var first = try run(kind, 2, resumes: false)
        try first.advance()
        try first.save()
      }
      #expect(try run(ObjectiveSettings(.simclr), 3, resumes: true).iteration == 1)
      #expect(throws: TrainingError.self) { try run(Self.byol, 3, resumes: true) }
    }
  }

  @Test("Class scores that are not trained are not measured")
  func logits() throws {
    var settings = settings(ObjectiveSettings(.simclr), iterations: 1)
    var measure = TrajectorySettings(group: .cyclic(4))
    measure.softmax = ["logits"]
    settings.measure = measure
    try inFolder { folder in
      let error = #expect(throws: UnsuitableSettings.self) {
        try TrainingRun(settings, folder: folder)
      }
      #expect(error?.description.contains("'logits'") == true)
    }
  }
}
#endif
