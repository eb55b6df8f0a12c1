// SPDX-License-Identifier: MIT

import GEED
import GRDB

/// The ids of a run's probes in the store.
struct ProbeRows: Sendable {
  let run: Int64
  let ids: [Int64]

  /// Finds the probes of a measurement, and inserts them and the group's elements if they are
  /// missing.
  init(
    of measurement: DeviationMeasurement, run: Int64, in store: RunStore, _ database: Database
  ) throws {
    self.run = run
    let transformations = measurement.inputAction.transformations
    for (number, name) in transformations.elementNames.enumerated() {
      try database.execute(
        sql: "INSERT OR IGNORE INTO element (run, number, name, weight) VALUES (?, ?, ?, ?)",
        arguments: [run, number, name, transformations.weights[number]])
    }
    ids = try measurement.probes.enumerated().map { number, probe in
      try database.execute(
        sql: "INSERT OR IGNORE INTO probe (run, number, metric, tensor) VALUES (?, ?, ?, ?)",
        arguments: [run, number, probe.metric.rawValue, probe.tensor])
      let row = try Row.fetchOne(
        database, sql: "SELECT id, metric, tensor FROM probe WHERE run = ? AND number = ?",
        arguments: [run, number])
      guard let row = row.map({ StoredRow($0, of: "probe", in: store.path, run: run) }),
        try row.value("metric", as: String.self) == probe.metric.rawValue,
        try row.value("tensor", as: String.self) == probe.tensor
      else {
        throw StoreError.damaged(
          path: store.path, run: run,
          reason: "Its probe \(number) is not '\(probe.metric.rawValue)' of '\(probe.tensor)'.")
      }
      return try row.value("id")
    }
  }

  /// Writes an observation for each probe, example and element, and the names and labels of the
  /// examples.
  func insert(
    _ records: [MeasurementRecord], iteration: Int, into database: Database
  ) throws {
    let example = try database.cachedStatement(
      sql: "INSERT OR IGNORE INTO example (run, number, name, label) VALUES (?, ?, ?, ?)")
    let observation = try database.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO observation (probe, iteration, example, element, value)
        VALUES (?, ?, ?, ?, ?)
        """)
    for record in records where record.isOrbit {
      try example.execute(arguments: [
        run, record.example, record.source.name, record.source.label,
      ])
      for (number, id) in ids.enumerated() {
        for (element, value) in record.deviations(ofProbe: number).enumerated() {
          try observation.execute(arguments: [id, iteration, record.example, element, value])
        }
      }
    }
  }

  /// Writes one result for each probe.
  func insert(_ results: [ProbeResult], iteration: Int, into database: Database) throws {
    precondition(
      results.count == ids.count, "Expected \(ids.count) results, but got \(results.count).")
    for (id, result) in zip(ids, results) {
      try database.execute(
        sql: """
          INSERT OR REPLACE INTO result (probe, iteration, value, low, high, unnormalized, scale,
            floor, example_count, details)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          id, iteration, result.value, result.confidenceInterval?.lowerBound,
          result.confidenceInterval?.upperBound, result.unnormalized, result.scale, result.floor,
          result.exampleCount, try result.canonicalJSON,
        ])
    }
  }
}
