// SPDX-License-Identifier: MIT

import GEED
import GRDB

/// A training that is being written into a store.
package struct TrainingRecording: Sendable {
  package let id: Int64

  fileprivate let store: RunStore
  fileprivate let owner = RunOwner()

  /// Writes steps, in one transaction. A step that is already stored is replaced.
  package func append(_ steps: [StoredStep]) throws(StoreError) {
    try store.write(run: id, of: owner) { database in
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

  /// Writes the measurement after an iteration, in one transaction; its probes are always the same.
  package func append(
    _ result: MeasurementResult, iteration: Int, records: [MeasurementRecord] = [],
    of measurement: DeviationMeasurement
  ) throws(StoreError) {
    try store.write(run: id, of: owner) { database in
      let probes = try ProbeRows(of: measurement, run: id, in: store, database)
      try probes.insert(result.results, iteration: iteration, into: database)
      try probes.insert(records, iteration: iteration, into: database)
    }
  }

  /// Deletes everything after an iteration, which a training from a checkpoint repeats.
  package func truncate(afterIteration iteration: Int) throws(StoreError) {
    try store.write(run: id, of: owner) { database in
      try database.execute(
        literal: """
          DELETE FROM step WHERE run = \(id) AND iteration > \(iteration);
          DELETE FROM result
          WHERE probe IN (SELECT id FROM probe WHERE run = \(id)) AND iteration > \(iteration);
          DELETE FROM observation
          WHERE probe IN (SELECT id FROM probe WHERE run = \(id)) AND iteration > \(iteration);
          """)
      try store.update(id, "status = 'running'", in: database)
    }
  }

  package func finish() throws(StoreError) {
    try store.write(run: id, of: owner) { try store.finish(id, document: nil, in: $0) }
  }
}

extension RunStore {
  /// Begins or resumes a training; `shorter` describes it before more iterations were requested.
  package func beginTraining(
    _ description: RunDescription, resuming: Bool = false, extending shorter: RunDescription? = nil
  ) throws(StoreError) -> TrainingRecording {
    try write { database in
      var earlier = resuming ? try latestRun(of: .train, like: description, in: database)?.id : nil
      if resuming, earlier == nil, let shorter {
        earlier = try latestRun(of: .train, like: shorter, in: database)?.id
        if let earlier {
          try update(earlier, "settings = \(description.settings)", in: database)
        }
      }
      let id = try earlier ?? insert(description, kind: .train, into: database)
      let recording = TrainingRecording(id: id, store: self)
      try take(id, by: recording.owner, in: database)
      return recording
    }
  }
}
