// SPDX-License-Identifier: MIT

import GEED
import GRDB

/// The ids of a run's probes in the store.
struct ProbeRows: Sendable {
  let run: Int64
  let ids: [Int64]

  /// Finds the probes of a measurement; inserts them and the group's elements if they are missing.
  init(
    of measurement: DeviationMeasurement, run: Int64, in store: RunStore, _ database: Database
  ) throws {
    self.run = run
    let transformations = measurement.inputAction.transformations
    for (number, name) in transformations.elementNames.enumerated() {
      try database.execute(
        literal: """
          INSERT OR IGNORE INTO element (run, number, name, weight)
          VALUES (\(run), \(number), \(name), \(transformations.weights[number]))
          """)
    }
    ids = try measurement.probes.enumerated().map { number, probe in
      let (metric, tensor) = (probe.metric.rawValue, probe.tensor)
      try database.execute(
        literal: """
          INSERT OR IGNORE INTO probe (run, number, metric, tensor)
          VALUES (\(run), \(number), \(metric), \(tensor))
          """)
      let id = try store.rows(
        of: "probe", run: run,
        "SELECT id, metric, tensor FROM probe WHERE run = \(run) AND number = \(number)",
        in: database
      ) { row -> Int64? in
        guard try row.value("metric") == metric, try row.value("tensor") == tensor else {
          return nil
        }
        return try row.value("id")
      }.next()
      guard let id = id ?? nil else {
        throw StoreError.damaged(
          path: store.path, run: run,
          reason: "Its probe \(number) is not '\(metric)' of '\(tensor)'.")
      }
      return id
    }
  }

  /// Writes examples with their names and labels, and observations for each probe and element.
  func insert(_ records: [MeasurementRecord], iteration: Int, into database: Database) throws {
    let example = try database.cachedStatement(
      sql: "INSERT OR IGNORE INTO example (run, number, name, label) VALUES (?, ?, ?, ?)")
    let observation = try database.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO observation (probe, iteration, example, element, value, prediction)
        VALUES (?, ?, ?, ?, ?, ?)
        """)
    for record in records where record.isOrbit {
      try example.execute(arguments: [
        run, record.example, record.source.name, record.source.label,
      ])
      for (number, id) in ids.enumerated() {
        let predictions = record.predictedClasses(ofProbe: number)
        for (element, value) in record.deviations(ofProbe: number).enumerated() {
          let prediction = predictions.isEmpty ? nil : predictions[element]
          try observation.execute(arguments: [
            id, iteration, record.example, element, value, prediction,
          ])
        }
      }
    }
  }

  func insert(_ results: [ProbeResult], iteration: Int, into database: Database) throws {
    precondition(
      results.count == ids.count, "Expected \(ids.count) results, but got \(results.count).")
    for (id, result) in zip(ids, results) {
      let interval = result.confidenceInterval
      try database.execute(
        literal: """
          INSERT OR REPLACE INTO result (probe, iteration, value, low, high, unnormalized, scale,
            floor, example_count, details)
          VALUES (\(id), \(iteration), \(result.value), \(interval?.lowerBound),
            \(interval?.upperBound), \(result.unnormalized), \(result.scale), \(result.floor),
            \(result.exampleCount), \(try result.canonicalJSON))
          """)
    }
  }
}
