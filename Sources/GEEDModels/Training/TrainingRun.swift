// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData
import GEEDTorch

/// A training under way, which leaves everything in one folder.
///
///     var run = try TrainingRun(configuration, run: text, folder: "cnn", resumes: true)
///     try run.start()
///     while !run.isFinished { print(try run.advance().loss) }
///     try run.export()
///
/// The folder gets `trajectory.jsonl` line by line, `checkpoint.safetensors` to go on from, the weights
/// that did best on test data as `best.safetensors`, and at the end `model.safetensors`, `model.onnx`
/// and `best.onnx`. If several processes train together, the first one of them evaluates, measures and
/// writes while the others wait, and all of them must find the same checkpoint.
public struct TrainingRun {
  /// What decides how the network comes out.
  public let configuration: TrainingConfiguration
  /// Where results are written.
  public let folder: String
  /// What is trained.
  public let network: any FactoredClassifier
  /// What is measured along the way.
  public let measurement: DeviationMeasurement?
  /// The configuration of the run that this one goes on with; it may have fewer iterations.
  public let earlierConfiguration: TrainingConfiguration?
  /// What was measured last.
  public private(set) var lastMeasurement: Measured?

  let weights: ParameterStore
  let imageShape: [Int]
  private let test: any Dataset
  private let schedule: LearningRateSchedule
  /// `nil` in all processes but the first.
  private let trajectory: Trajectory?
  let run: String
  var trainer: Trainer

  /// Prepares a run, from its checkpoint where `resumes` says so and there is one.
  ///
  /// - Parameters:
  ///   - configuration: What decides how the network comes out.
  ///   - run: What the run is: the text of its configuration.
  ///   - folder: Where results are written; it is made if it is not there.
  ///   - device: Where to compute.
  ///   - resumes: Whether to go on from a checkpoint in the folder.
  ///   - extends: Whether that may be one of the same configuration with another number of iterations,
  ///     which `run` then need not equal.
  ///   - parallel: The processes that train together.
  /// - Throws: ``UnsuitableSettings``, ``TrainingError``, and what data sets, files and libtorch throw.
  public init(
    _ configuration: TrainingConfiguration, run: String, folder: String,
    device: TorchDevice = .cpu, resumes: Bool, extends: Bool = false,
    parallel: DataParallel = DataParallel()
  ) throws {
    guard configuration.batch.isMultiple(of: parallel.size) else {
      throw UnsuitableSettings(
        "'batch': expected a multiple of the \(parallel.size) processes, but got "
          + "\(configuration.batch).")
    }
    let seed = configuration.seed
    try configuration.data.requireSeparateParts()
    let training = try configuration.data.open(.train, seed: seed)
    let test = try configuration.data.open(.test, seed: seed)
    try configuration.requireRoom(
      forBatchesOf: training.exampleShape, processCount: parallel.size)
    let weights = try ParameterStore(seed: seed, device: device)
    let network = try configuration.network.make(
      imageShape: training.exampleShape, parameters: weights.root)
    let optimizer = try configuration.optimizer.makeOptimizer(weights)
    let batches = try TrainingBatches(
      of: training, batchSize: configuration.batch, seed: seed,
      augmentation: configuration.augmentation == .rotation ? RandomRotation() : nil)
    measurement = try configuration.measure?.measurement(
      of: network, at: device, on: test, seed: seed)
    let path = Self.checkpoint(in: folder)
    if resumes, !FileManager.default.fileExists(atPath: path), Self.isHeld(in: folder) {
      throw UnsuitableSettings(
        "'\(folder)' holds networks, but no checkpoint.safetensors to go on from; '--overwrite' "
          + "begins anew.")
    }
    let saved =
      resumes && FileManager.default.fileExists(atPath: path)
      ? try TrainingCheckpoint(opening: path) : nil
    try saved?.requireContinuation(as: configuration, run: run, extends: extends)
    try saved?.restore(weights, optimizer)
    let done = saved?.iteration ?? 0
    earlierConfiguration = saved?.configuration
    guard try parallel.agree(on: "\(done) \(run)") else {
      throw UnsuitableSettings(
        "The processes have different settings, or find different checkpoints in '\(folder)'; "
          + "process \(parallel.rank) goes on from iteration \(done).")
    }
    try parallel.synchronize(parameters: weights.all.map(\.tensor))
    trajectory = parallel.isFirst ? try Self.trajectory(in: folder, keepingUntil: done) : nil
    trainer = Trainer(
      network, weights: weights, optimizer: optimizer, on: batches,
      labelSmoothing: configuration.labelSmoothing, continuingAt: done, parallel: parallel)
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
  public var iteration: Int { trainer.iteration }

  /// Whether there is nothing left to do.
  public var isFinished: Bool { iteration >= configuration.iterations }

  /// The learning rate of the iteration to come.
  public var learningRate: Double { schedule.rate(at: iteration) }

  /// The number of trained scalars.
  public var parameterCount: Int { weights.parameterCount }

  /// What the network is before the first iteration; nothing where the run goes on, and in all
  /// processes but the first.
  ///
  /// - Throws: What measuring and writing throw.
  public mutating func start() throws -> Trajectory.Entry? {
    guard iteration == 0, let trajectory else { return nil }
    var entry = Trajectory.Entry(iteration: 0)
    try evaluate(&entry)
    try measure(&entry)
    try trajectory.append(entry)
    return entry
  }

  /// Does one iteration, and what is due after it.
  ///
  /// - Parameter savesIfDue: Whether a checkpoint is written when it is due, and not by the caller.
  /// - Returns: What there is to say; numbers of the test split and deviations where they were due.
  /// - Throws: What training, measuring and writing throw. A run that has thrown cannot go on.
  public mutating func advance(savingIfDue savesIfDue: Bool = true) throws -> Trajectory.Entry {
    let step = try trainer.advance(learningRate: learningRate)
    var entry = Trajectory.Entry(
      iteration: iteration, loss: step.loss, accuracy: step.accuracy)
    if isAnythingDue { try trainer.averageStatistics() }
    guard let trajectory else { return entry }
    if isDue(configuration.evaluation.every) { try evaluate(&entry) }
    if let measure = configuration.measure, isDue(measure.every) { try self.measure(&entry) }
    // Before the line that says so: a run that is killed in between finds them when it goes on.
    if entry.betterAccuracy(than: trajectory.bestAccuracy) != trajectory.bestAccuracy {
      try saveBest(entry)
    }
    try trajectory.append(entry)
    if savesIfDue && isDue(configuration.checkpointEvery) { try writeCheckpoint() }
    return entry
  }

  /// Whether a checkpoint is due after the iteration to come.
  public var willSave: Bool { isDue(configuration.checkpointEvery, after: iteration + 1) }

  private var isAnythingDue: Bool {
    isDue(configuration.evaluation.every) || isDue(configuration.checkpointEvery)
      || configuration.measure.map { isDue($0.every) } ?? false
  }

  private func isDue(_ interval: Int) -> Bool { isDue(interval, after: iteration) }

  private func isDue(_ interval: Int, after count: Int) -> Bool {
    count >= configuration.iterations || count.isMultiple(of: interval)
  }

  private func evaluate(_ entry: inout Trajectory.Entry) throws {
    let evaluation = try Evaluation(
      of: network, on: test, count: configuration.evaluation.count, seed: configuration.seed,
      device: weights.device)
    entry.testLoss = evaluation.loss
    entry.testAccuracy = evaluation.accuracy
  }

  private mutating func measure(_ entry: inout Trajectory.Entry) throws {
    guard var run = try measurement?.start() else { return }
    var records: [MeasurementRecord] = []
    while try run.advance(addingRecordsTo: &records) {}
    let result = run.result
    entry.deviations = result.results.map(Trajectory.Deviation.init)
    lastMeasurement = Measured(iteration: iteration, result: result, records: records)
  }

  /// What was measured after some iterations.
  public struct Measured: Sendable {
    /// How many iterations were done.
    public let iteration: Int
    /// What was found.
    public let result: MeasurementResult
    /// What it was made of.
    public let records: [MeasurementRecord]
  }
}
