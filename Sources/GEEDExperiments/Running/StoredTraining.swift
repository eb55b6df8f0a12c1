// SPDX-License-Identifier: MIT

import GEED
import GEEDModels
import GEEDStore
import GEEDTorch

/// A training that writes to its folder, and its steps, results and every observation to a store.
///
/// The store is never behind the checkpoint in the folder: a run that was killed continues from the
/// checkpoint, and later data in the store are deleted.
package struct StoredTraining {
  package private(set) var run: TrainingRun
  private let recording: TrainingRecording?
  /// The steps that are not written yet.
  private var steps: [StoredStep] = []

  /// Begins or resumes a recording; all processes but the first have no store.
  package init(
    _ run: TrainingRun, in store: RunStore?, _ description: RunDescription,
    extending shorter: RunDescription? = nil
  ) throws {
    self.run = run
    recording = try store?.beginTraining(description, resuming: true, extending: shorter)
    try recording?.truncate(afterIteration: run.iteration > 0 ? run.iteration : -1)
  }

  /// Records the network before the first iteration; does nothing if the run is resumed.
  @discardableResult
  package mutating func start() throws -> Trajectory.Entry? {
    guard let entry = try run.start() else { return nil }
    steps.append(StoredStep(entry))
    try write(measuredAt: 0)
    return entry
  }

  /// Does one iteration, with the evaluation, measurement and checkpoint that are due after it.
  @discardableResult
  package mutating func advance() throws -> Trajectory.Entry {
    let (rate, isDue) = (run.learningRate, run.willSave)
    // A measurement is in the store before a checkpoint records that it was done.
    let entry = try run.advance(savingIfDue: false)
    steps.append(StoredStep(entry, learningRate: rate))
    if entry.testAccuracy != nil || entry.deviations != nil || isDue {
      try write(measuredAt: entry.iteration)
    }
    if isDue { try run.writeCheckpoint() }
    return entry
  }

  /// Writes a checkpoint from which the run can be resumed.
  package mutating func save() throws {
    try write(measuredAt: nil)
    try run.save()
  }

  /// Writes the network and marks the run as finished.
  package mutating func finish() throws {
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
