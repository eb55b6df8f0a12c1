// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDData
import GEEDModels
import GEEDTorch

/// A training under way, which leaves everything in one folder.
///
/// The folder gets `trajectory.jsonl` line by line, `checkpoint.safetensors` to go on from, and at the
/// end `model.safetensors` and `model.onnx`.
struct TrainingRun {
  let configuration: TrainingConfiguration
  let folder: String
  let network: any FactoredClassifier
  private let weights: ParameterStore
  private let imageShape: [Int]
  private let test: any Dataset
  private let measurement: DeviationMeasurement?
  private let schedule: LearningRateSchedule
  private let trajectory: Trajectory
  private let run: String
  private var trainer: Trainer

  /// Prepares a run, from its checkpoint where `resumes` says so and there is one.
  ///
  /// - Parameter run: What the run is: the text of its configuration.
  init(
    _ configuration: TrainingConfiguration, run: String, folder: String, device: TorchDevice,
    resumes: Bool
  ) throws {
    let seed = configuration.seed
    let training = try configuration.data.open(.train, seed: seed)
    let test = try configuration.data.open(.test, seed: seed)
    let weights = try ParameterStore(seed: seed, device: device)
    let network = try configuration.network.make(
      imageShape: training.exampleShape, parameters: weights.root)
    let optimizer = try configuration.optimizer.makeOptimizer(weights)
    let batches = try TrainingBatches(
      of: training, batchSize: configuration.batch, seed: seed,
      augmentation: configuration.augmentation == .rotation ? RandomRotation() : nil)
    measurement = try configuration.measure?.measurement(
      of: network, at: device, on: test, seed: seed)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let checkpoint = Self.checkpoint(in: folder)
    var done = 0
    if resumes, FileManager.default.fileExists(atPath: checkpoint) {
      let saved = try TrainingCheckpoint(opening: checkpoint)
      guard saved.run == run else {
        throw TrainingError.otherSettings(path: checkpoint)
      }
      try saved.restore(weights, optimizer)
      done = saved.iteration
    }
    trajectory = try Trajectory(path: "\(folder)/trajectory.jsonl", keepingUntil: done)
    trainer = Trainer(
      network, weights: weights, optimizer: optimizer, on: batches,
      labelSmoothing: configuration.labelSmoothing, continuingAt: done)
    self.configuration = configuration
    self.folder = folder
    self.network = network
    self.weights = weights
    self.test = test
    self.run = run
    imageShape = training.exampleShape
    schedule = configuration.optimizer.schedule(iterations: configuration.iterations)
  }

  /// How many iterations are done.
  var iteration: Int { trainer.iteration }

  /// Whether there is nothing left to do.
  var isFinished: Bool { iteration >= configuration.iterations }

  /// The number of trained scalars.
  var parameterCount: Int { weights.parameterCount }

  private static func checkpoint(in folder: String) -> String { "\(folder)/checkpoint.safetensors" }

  /// What the network is before the first iteration; nothing where the run goes on.
  func start() throws -> Trajectory.Entry? {
    guard iteration == 0 else { return nil }
    var entry = Trajectory.Entry(iteration: 0)
    try evaluate(&entry)
    try measure(&entry)
    try trajectory.append(entry)
    return entry
  }

  /// Does one iteration, and what is due after it.
  ///
  /// - Returns: What there is to say; numbers of the test split and deviations where they were due.
  mutating func advance() throws -> Trajectory.Entry {
    let step = try trainer.advance(learningRate: schedule.rate(at: iteration))
    var entry = Trajectory.Entry(
      iteration: iteration, loss: step.loss, accuracy: step.accuracy)
    if isDue(configuration.evaluation.every) { try evaluate(&entry) }
    if let measure = configuration.measure, isDue(measure.every) { try self.measure(&entry) }
    try trajectory.append(entry)
    if isDue(configuration.checkpointEvery) { try save() }
    return entry
  }

  private func isDue(_ interval: Int) -> Bool { isFinished || iteration.isMultiple(of: interval) }

  private func evaluate(_ entry: inout Trajectory.Entry) throws {
    let evaluation = try Evaluation(
      of: network, on: test, count: configuration.evaluation.count, device: weights.device)
    entry.testLoss = evaluation.loss
    entry.testAccuracy = evaluation.accuracy
  }

  private func measure(_ entry: inout Trajectory.Entry) throws {
    entry.deviations = try measurement?.run().results.map(Trajectory.Deviation.init)
  }

  /// Writes what the run can go on from.
  func save() throws {
    try TrainingCheckpoint.save(
      weights: weights, optimizer: trainer.optimizer, iteration: iteration, run: run,
      to: Self.checkpoint(in: folder))
  }

  /// Writes the weights and the network as they are, for use elsewhere.
  func export() throws {
    let facts = ["seed": String(configuration.seed), "iterations": String(iteration)]
    try weights.save(to: "\(folder)/model.safetensors", metadata: facts)
    try network.exportOnnx(
      to: "\(folder)/model.onnx", inputShape: imageShape, parameters: weights, metadata: facts)
  }
}
#endif
