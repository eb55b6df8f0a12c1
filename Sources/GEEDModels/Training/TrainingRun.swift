// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData
import GEEDTorch

/// A training run in progress, which writes all results to one folder.
///
///     var run = try TrainingRun(configuration, folder: "cnn", resumes: true)
///     try run.start()
///     while !run.isFinished { print(try run.advance().loss) }
///     try run.export()
///
/// The folder gets `trajectory.jsonl` line by line, `checkpoint.safetensors` for resuming, the
/// weights with the best accuracy on test data as `best.safetensors`, and at the end
/// `model.safetensors`, `model.onnx` and `best.onnx`. If several processes train together, the
/// first one evaluates, measures and writes while the others wait, and all of them must find the
/// same checkpoint.
public struct TrainingRun {
  /// The settings that determine the result.
  package let configuration: TrainingConfiguration
  /// The folder of the results.
  package let folder: String
  /// The network being trained.
  public let network: any FactoredClassifier
  /// The measurement during training.
  package let measurement: DeviationMeasurement?
  /// The configuration of the run that this one resumes; it may have fewer iterations.
  package let earlierConfiguration: TrainingConfiguration?
  /// The last measurement.
  public private(set) var lastMeasurement: Measured?

  package let weights: ParameterStore
  let imageShape: [Int]
  /// The names of the network's parameters, without those of the objective.
  let networkNames: Set<String>
  private let training: any Dataset
  private let test: any Dataset
  private let schedule: LearningRateSchedule
  /// The record of the run; `nil` in all processes but the first.
  private let trajectory: Trajectory?
  let run: String
  var trainer: Trainer

  /// Prepares a run, from its checkpoint if `resumes` is true and there is one.
  ///
  /// - Parameters:
  ///   - run: The description of the run: the text of its configuration.
  ///   - extends: Whether the checkpoint may be one of the same configuration with another number of
  ///     iterations; `run` then need not be equal.
  package init(
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
    try configuration.requireSuitableObjective(
      images: training.exampleShape, processCount: parallel.size)
    let path = Self.checkpoint(in: folder)
    if resumes, !FileManager.default.fileExists(atPath: path), Self.isFinished(in: folder) {
      throw UnsuitableSettings(
        "'\(folder)' holds networks, but no checkpoint.safetensors to continue from; '--overwrite' "
          + "begins again.")
    }
    let saved =
      resumes && FileManager.default.fileExists(atPath: path)
      ? try TrainingCheckpoint(opening: path) : nil
    var configuration = configuration
    configuration.network.pretrained = try configuration.network.pretrained?
      .fixed(continuing: saved?.configuration?.network.pretrained)
    try saved?.requireContinuation(as: configuration, run: run, extends: extends)
    let weights = try ParameterStore(
      seed: seed, device: device,
      isChannelsLast: configuration.network.isFasterChannelsLast(on: device))
    let network = try configuration.network.make(
      imageShape: training.exampleShape, parameters: weights.root)
    if saved == nil { try configuration.network.pretrained?.load(into: weights, of: network) }
    networkNames = Set(weights.all.map(\.name))
    let objective = try configuration.makeObjective(
      for: network, images: training.exampleShape, of: training, weights: weights)
    let optimizer = try configuration.optimizer.makeOptimizer(
      weights, of: network, freezesFeatures: configuration.network.freezesFeatures)
    let batches = try configuration.batches(of: training, views: objective.views)
    measurement = try configuration.measure?.measurement(
      of: network, at: device, on: test, seed: seed)
    if let measurement { try configuration.requireTrainedOutputs(of: measurement) }
    try saved?.restore(weights, optimizer)
    let done = saved?.iteration ?? 0
    earlierConfiguration = saved?.configuration
    let agreed = [run, configuration.network.pretrained?.sha256].compactMap(\.self)
    guard try parallel.agree(on: "\(done) \(agreed.joined(separator: " "))") else {
      throw UnsuitableSettings(
        "The processes have different settings, or find different checkpoints in '\(folder)'; "
          + "process \(parallel.rank) continues from iteration \(done).")
    }
    try parallel.synchronize(parameters: weights.all.map(\.tensor))
    trajectory = parallel.isFirst ? try Self.trajectory(in: folder, keepingUntil: done) : nil
    trainer = Trainer(
      network, weights: weights, optimizer: optimizer, on: batches,
      objective: objective, continuingAt: done, parallel: parallel)
    self.configuration = configuration
    self.folder = folder
    self.network = network
    self.weights = weights
    self.training = training
    self.test = test
    self.run = run
    imageShape = training.exampleShape
    schedule = configuration.optimizer.schedule(iterations: configuration.iterations)
  }

  /// Prepares a run in this process, from its checkpoint if `resumes` is true and there is one.
  ///
  /// - Parameters:
  ///   - configuration: The settings that determine the result.
  ///   - folder: The folder of the results; it is created if it does not exist.
  ///   - device: The device of the computation.
  ///   - resumes: Whether to resume from a checkpoint in the folder.
  /// - Throws: ``UnsuitableSettings``, ``TrainingError``, and errors of data sets, files and
  ///   libtorch.
  public init(
    _ configuration: TrainingConfiguration, folder: String, device: TorchDevice = .cpu,
    resumes: Bool = false
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try self.init(
      configuration, run: String(decoding: try encoder.encode(configuration), as: UTF8.self),
      folder: folder, device: device, resumes: resumes)
  }

  /// The number of completed iterations.
  public var iteration: Int { trainer.iteration }

  /// Whether all iterations are completed.
  public var isFinished: Bool { iteration >= configuration.iterations }

  /// The learning rate of the next iteration.
  package var learningRate: Double { schedule.rate(at: iteration) }

  /// The number of trained scalars.
  package var parameterCount: Int { weights.parameterCount }

  /// Records the state of the network before the first iteration. Returns `nil` if the run was
  /// resumed, and in all processes but the first.
  ///
  /// - Throws: Errors of measuring and writing.
  @discardableResult
  public mutating func start() throws -> Entry? {
    guard iteration == 0, let trajectory else { return nil }
    var entry = Entry(iteration: 0)
    try evaluate(&entry)
    try measure(&entry)
    try trajectory.append(entry)
    return entry
  }

  /// Runs one iteration, and the evaluations, measurements and writes that are due after it.
  ///
  /// - Parameter savesIfDue: Whether a checkpoint is written when it is due, instead of by the
  ///   caller.
  /// - Returns: The record of the iteration, with numbers of the test split and deviations if they
  ///   were due.
  /// - Throws: Errors of training, measuring and writing. A run that has thrown an error cannot
  ///   continue.
  @discardableResult
  public mutating func advance(savingIfDue savesIfDue: Bool = true) throws -> Entry {
    let step = try trainer.advance(learningRate: learningRate)
    var entry = Entry(iteration: iteration, loss: step.loss, accuracy: step.accuracy)
    if isAnythingDue { try trainer.averageStatistics() }
    guard let trajectory else { return entry }
    if isDue(configuration.evaluation.every) { try evaluate(&entry) }
    if let measure = configuration.measure, isDue(measure.every) { try self.measure(&entry) }
    // Before the record's line is written: a run that is killed in between finds the weights when
    // it resumes.
    if entry.betterAccuracy(than: trajectory.bestAccuracy) != trajectory.bestAccuracy {
      try saveBest(entry)
    }
    try trajectory.append(entry)
    if savesIfDue && isDue(configuration.checkpointEvery) { try writeCheckpoint() }
    return entry
  }

  /// Whether a checkpoint is due after the next iteration.
  package var willSave: Bool { isDue(configuration.checkpointEvery, after: iteration + 1) }

  private var isAnythingDue: Bool {
    isDue(configuration.evaluation.every) || isDue(configuration.checkpointEvery)
      || configuration.measure.map { isDue($0.every) } ?? false
  }

  private func isDue(_ interval: Int, after count: Int? = nil) -> Bool {
    (count ?? iteration) >= configuration.iterations
      || (count ?? iteration).isMultiple(of: interval)
  }

  private func evaluate(_ entry: inout Entry) throws {
    if configuration.evaluatesByProbe {
      let settings = configuration.evaluation
      let seed = configuration.seed
      entry.testClassifier = .linearProbe
      entry.testAccuracy = try LinearProbe.accuracy(
        of: network,
        fittedTo: ChosenExamples(
          settings.probeCount ?? LinearProbe.exampleCount, of: training, seed: seed),
        on: settings.count.map { ChosenExamples($0, of: test, seed: seed) } ?? test,
        device: weights.device)
      return
    }
    let evaluation = try Evaluation(
      of: network, on: test, count: configuration.evaluation.count, seed: configuration.seed,
      device: weights.device)
    entry.testLoss = evaluation.loss
    entry.testAccuracy = evaluation.accuracy
  }

  private mutating func measure(_ entry: inout Entry) throws {
    guard var run = try measurement?.start() else { return }
    var records: [MeasurementRecord] = []
    while try run.advance(addingRecordsTo: &records) {}
    let result = run.result
    entry.deviations = result.results
    lastMeasurement = Measured(iteration: iteration, result: result, records: records)
  }

  /// A measurement after some iterations.
  public struct Measured: Sendable {
    /// The number of completed iterations.
    public let iteration: Int
    /// The result of the measurement.
    public let result: MeasurementResult
    /// The records from which the result was computed.
    package let records: [MeasurementRecord]
  }
}
