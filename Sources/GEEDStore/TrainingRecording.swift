// SPDX-License-Identifier: MIT

import GEED
import GRDB

/// A training that is being written into a store.
///
///     let training = try store.beginTraining(description, resuming: true)
///     try training.truncate(afterIteration: checkpoint.iteration)
///     …
///     try training.append(StoredStep(iteration: 200, loss: 0.31, learningRate: 0.01))
///     try training.append(try run.result, iteration: 200, records: records, of: measurement)
///     …
///     try training.finish()
public struct TrainingRecording: Sendable {
  /// The store.
  public let store: RunStore

  /// The number of the run.
  public let id: Int64

  let owner: RunOwner

  /// Writes steps, in one transaction. A step that is already stored is replaced.
  ///
  /// - Throws: ``StoreError`` if the store cannot be written; nothing is written in that case.
  public func append(_ steps: StoredStep...) throws(StoreError) { try append(steps) }

  /// Writes steps, in one transaction. A step that is already stored is replaced.
  ///
  /// - Throws: ``StoreError`` if the store cannot be written; nothing is written in that case.
  public func append(_ steps: [StoredStep]) throws(StoreError) {
    try write { database in
      let insert = try database.cachedStatement(
        sql: """
          INSERT OR REPLACE INTO step (run, iteration, loss, accuracy, test_loss, test_accuracy,
            learning_rate)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          """)
      for step in steps {
        try insert.execute(arguments: [
          id, step.iteration, step.loss, step.accuracy, step.testLoss, step.testAccuracy,
          step.learningRate,
        ])
      }
    }
  }

  /// Writes the measurement after an iteration, in one transaction.
  ///
  /// - Parameters:
  ///   - result: The result of the measurement.
  ///   - iteration: The number of iterations done.
  ///   - records: The records behind the result, to write an observation of every example and
  ///     element; without them, only the results are stored.
  ///   - measurement: The measurement, with the same probes each time.
  /// - Throws: ``StoreError`` if the store cannot be written; nothing is written in that case.
  public func append(
    _ result: MeasurementResult, iteration: Int, records: [MeasurementRecord] = [],
    of measurement: DeviationMeasurement
  ) throws(StoreError) {
    try write { database in
      let probes = try ProbeRows(of: measurement, run: id, in: store, database)
      try probes.insert(result.results, iteration: iteration, into: database)
      try probes.insert(records, iteration: iteration, into: database)
    }
  }

  /// Deletes everything after an iteration, because a training that continues from a checkpoint
  /// repeats it.
  ///
  /// - Throws: ``StoreError`` if the store cannot be written.
  public func truncate(afterIteration iteration: Int) throws(StoreError) {
    try write { database in
      try database.execute(
        sql: "DELETE FROM step WHERE run = ? AND iteration > ?", arguments: [id, iteration])
      for table in ["result", "observation"] {
        try database.execute(
          sql: """
            DELETE FROM \(table)
            WHERE probe IN (SELECT id FROM probe WHERE run = ?) AND iteration > ?
            """,
          arguments: [id, iteration])
      }
      try database.execute(
        sql: "UPDATE run SET status = 'running' WHERE id = ?", arguments: [id])
      try store.seal(id, in: database)
    }
  }

  /// Marks the training as finished.
  ///
  /// - Throws: ``StoreError`` if the store cannot be written.
  public func finish() throws(StoreError) {
    try write { try store.finish(id, document: nil, in: $0) }
  }

  /// Changes the run in one transaction, unless another process has taken it over.
  private func write(_ body: (Database) throws -> Void) throws(StoreError) {
    try store.write("write to") { database in
      try store.requireOwner(owner, of: id, in: database)
      try body(database)
    }
  }
}

/// One iteration of a training.
public struct StoredStep: Sendable, Hashable, Codable {
  /// The number of iterations done.
  public let iteration: Int
  /// The loss of the batch.
  public var loss: Double?
  /// The share of the batch that was classified correctly.
  public var accuracy: Double?
  /// The loss on the test split, where it was evaluated.
  public var testLoss: Double?
  /// The share of the test split that was classified correctly, where it was evaluated.
  public var testAccuracy: Double?
  /// The learning rate of the iteration.
  public var learningRate: Double?

  /// Creates a step.
  ///
  /// - Parameters:
  ///   - iteration: The number of iterations done.
  ///   - loss: The loss of the batch.
  ///   - accuracy: The share of the batch that was classified correctly.
  ///   - testLoss: The loss on the test split.
  ///   - testAccuracy: The share of the test split that was classified correctly.
  ///   - learningRate: The learning rate of the iteration.
  public init(
    iteration: Int, loss: Double? = nil, accuracy: Double? = nil, testLoss: Double? = nil,
    testAccuracy: Double? = nil, learningRate: Double? = nil
  ) {
    self.iteration = iteration
    self.loss = loss
    self.accuracy = accuracy
    self.testLoss = testLoss
    self.testAccuracy = testAccuracy
    self.learningRate = learningRate
  }
}

extension RunStore {
  /// Begins a training.
  ///
  /// - Parameters:
  ///   - description: The description of the run.
  ///   - resuming: Whether to continue the newest run with the same settings, if there is one;
  ///     ``TrainingRecording/truncate(afterIteration:)`` then sets the iteration to continue from.
  ///   - shorter: The description of the run before its number of iterations was increased, if it
  ///     was.
  /// - Throws: ``StoreError`` if the store cannot be written.
  public func beginTraining(
    _ description: RunDescription, resuming: Bool = false, extending shorter: RunDescription? = nil
  ) throws(StoreError) -> TrainingRecording {
    let same = resuming ? try latestRun(of: .train, like: description) : nil
    var earlier = same
    if resuming, same == nil, let shorter {
      earlier = try latestRun(of: .train, like: shorter)
    }
    let owner = RunOwner()
    let id = try write("write to") { database in
      if let earlier, same == nil {
        try database.execute(
          sql: "UPDATE run SET settings = ? WHERE id = ?",
          arguments: [description.settings, earlier.id])
        try seal(earlier.id, in: database)
      }
      let id = try earlier?.id ?? insert(description, kind: .train, into: database)
      try take(id, by: owner, in: database)
      return id
    }
    return TrainingRecording(store: self, id: id, owner: owner)
  }
}
