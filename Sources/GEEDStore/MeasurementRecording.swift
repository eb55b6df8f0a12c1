// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GRDB

/// A measurement that is being written into a store.
///
///     let recording = try store.beginMeasurement(description, of: measurement, resuming: true)
///     var run = try measurement.start(resuming: recording.records())
///     var records: [MeasurementRecord] = []
///     while try run.advance(addingRecordsTo: &records) {
///       try recording.append(records)
///       records.removeAll()
///     }
///     try recording.append(records)
///     try recording.finish(run.result)
public struct MeasurementRecording: Sendable {
  /// The store.
  public let store: RunStore

  /// The number of the run.
  public let id: Int64

  private let dataset: any Dataset
  private let probes: ProbeRows

  init(_ id: Int64, of measurement: DeviationMeasurement, in store: RunStore, _ database: Database)
    throws
  {
    self.store = store
    self.id = id
    dataset = measurement.dataset
    probes = try ProbeRows(of: measurement, run: id, in: database)
  }

  /// What is there already, in the order of the plan.
  ///
  /// - Throws: ``StoreError`` if the store cannot be read, or holds records of another version.
  public func records() throws(StoreError) -> [MeasurementRecord] {
    try store.records(ofRun: id)
  }

  /// Writes records, with an observation for each probe and element, in one transaction.
  ///
  /// - Throws: ``StoreError`` if the store cannot be written; nothing was then.
  public func append(_ records: [MeasurementRecord]) throws(StoreError) {
    guard !records.isEmpty else { return }
    try store.write("write to") { database in
      let insert = try database.cachedStatement(
        sql: "INSERT OR REPLACE INTO record (run, position, bytes) VALUES (?, ?, ?)")
      for record in records {
        try insert.execute(arguments: [id, record.position, Data(record.bytes)])
      }
      try probes.insert(records, iteration: 0, dataset: dataset, into: database)
    }
  }

  /// Writes the results, and that the run is complete.
  ///
  /// - Parameters:
  ///   - result: What the run has found.
  ///   - document: What it prints as JSON.
  /// - Throws: ``StoreError`` if the store cannot be written.
  public func finish(_ result: MeasurementResult, document: String? = nil) throws(StoreError) {
    try store.write("write to") { database in
      try probes.insert(result.results, iteration: 0, into: database)
      try database.execute(
        sql: "UPDATE run SET status = 'finished', document = ? WHERE id = ?",
        arguments: [document, id])
    }
  }
}

extension RunStore {
  /// Begins a measurement.
  ///
  /// - Parameters:
  ///   - description: What the run is.
  ///   - measurement: What is measured.
  ///   - resuming: Whether to go on with the newest run of the same settings and shard, if there is
  ///     one.
  /// - Throws: ``StoreError`` if the store cannot be written.
  public func beginMeasurement(
    _ description: RunDescription, of measurement: DeviationMeasurement, resuming: Bool = false
  ) throws(StoreError) -> MeasurementRecording {
    let earlier = resuming ? try latestRun(of: .measure, like: description) : nil
    return try write("write to") { database in
      let id = try earlier?.id ?? insert(description, kind: .measure, into: database)
      return try MeasurementRecording(id, of: measurement, in: self, database)
    }
  }

  /// The records of a measurement, in the order of the plan.
  ///
  /// - Throws: ``StoreError`` if there is no such run, or it holds records of another version.
  public func records(ofRun id: Int64) throws(StoreError) -> [MeasurementRecord] {
    _ = try run(id)
    return try read("read") { database in
      try Data.fetchAll(
        database, sql: "SELECT bytes FROM record WHERE run = ? ORDER BY position", arguments: [id]
      ).map { bytes in
        do {
          return try MeasurementRecord(bytes: Array(bytes))
        } catch {
          throw StoreError.damaged(path: path, run: id, reason: "\(error)")
        }
      }
    }
  }
}
