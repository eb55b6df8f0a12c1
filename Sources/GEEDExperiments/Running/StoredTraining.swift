// SPDX-License-Identifier: MIT

import GEED
import GEEDModels
import GEEDStore
import GEEDTorch

/// A training that writes its steps, results and every observation into a store, besides its folder.
///
///     var training = try StoredTraining(run, in: store, description)
///     try training.start()
///     while !training.run.isFinished { try training.advance() }
///     try training.finish()
///
/// The store is never behind the checkpoint in the folder: a run that was killed goes on from the
/// checkpoint, and the store forgets what it has after that. A fresh run takes the place of an earlier
/// one with the same settings.
public struct StoredTraining {
  /// The training.
  public private(set) var run: TrainingRun
  /// Where it is written besides its folder.
  public let recording: TrainingRecording?
  /// Steps that are not written yet.
  private var steps: [StoredStep] = []

  /// - Parameters:
  ///   - run: The training, fresh or from its checkpoint.
  ///   - store: Where it is written; `nil` for nowhere, as in all processes but the first.
  ///   - description: What the run is.
  ///   - shorter: What the run was before it got more iterations, if it did.
  /// - Throws: `StoreError` if the store cannot be written.
  public init(
    _ run: TrainingRun, in store: RunStore?, _ description: RunDescription,
    extending shorter: RunDescription? = nil
  ) throws {
    self.run = run
    recording = try store?.beginTraining(description, resuming: true, extending: shorter)
    try recording?.truncate(afterIteration: run.iteration > 0 ? run.iteration : -1)
  }

  /// What the network is before the first iteration; nothing where the run goes on.
  ///
  /// - Throws: What measuring and writing throw.
  @discardableResult
  public mutating func start() throws -> Trajectory.Entry? {
    guard let entry = try run.start() else { return nil }
    steps.append(StoredStep(entry))
    try write(measuredAt: 0)
    return entry
  }

  /// Does one iteration, and what is due after it.
  ///
  /// - Throws: What training, measuring and writing throw.
  @discardableResult
  public mutating func advance() throws -> Trajectory.Entry {
    let (rate, isDue) = (run.learningRate, run.willSave)
    // What is measured is in the store before a checkpoint says that it was done.
    let entry = try run.advance(savingIfDue: false)
    steps.append(StoredStep(entry, learningRate: rate))
    if entry.testAccuracy != nil || entry.deviations != nil || isDue {
      try write(measuredAt: entry.iteration)
    }
    if isDue { try run.writeCheckpoint() }
    return entry
  }

  /// Writes what the run can go on from.
  ///
  /// - Throws: What writing throws.
  public mutating func save() throws {
    try write(measuredAt: nil)
    try run.save()
  }

  /// Writes the network, and that the run is complete.
  ///
  /// - Throws: What writing throws.
  public mutating func finish() throws {
    try write(measuredAt: nil)
    try run.export()
    try recording?.finish()
  }

  private mutating func write(measuredAt iteration: Int?) throws {
    defer { steps = [] }
    guard let recording else { return }
    try recording.append(steps)
    if let measured = run.lastMeasurement, measured.iteration == iteration,
      let measurement = run.measurement
    {
      try recording.append(
        measured.result, iteration: measured.iteration, records: measured.records,
        of: measurement)
    }
  }
}

extension StoredStep {
  fileprivate init(_ entry: Trajectory.Entry, learningRate: Double? = nil) {
    self.init(
      iteration: entry.iteration, loss: entry.loss, accuracy: entry.accuracy,
      testLoss: entry.testLoss, testAccuracy: entry.testAccuracy, learningRate: learningRate)
  }
}
