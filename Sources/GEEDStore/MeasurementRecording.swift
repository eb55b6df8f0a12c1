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
  /// The number of the run.
  public let id: Int64

  let store: RunStore
  let owner = RunOwner()
  fileprivate let settings: String
  fileprivate let probes: ProbeRows

  /// Returns the records that are already stored, in the order of the plan.
  ///
  /// - Throws: ``StoreError`` if the store cannot be read, or holds records that are of another
  ///   version or do not match their checksums.
  public func records() throws(StoreError) -> [MeasurementRecord] {
    try store.records(ofRun: id)
  }

  /// Writes records, with an observation for each probe and element, in one transaction.
  ///
  /// - Throws: ``StoreError`` if the store cannot be written, or another process has taken over the
  ///   run; nothing is written in that case.
  public func append(_ records: [MeasurementRecord]) throws(StoreError) {
    guard !records.isEmpty else { return }
    try store.write(run: id, of: owner) { database in
      let insert = try database.cachedStatement(
        sql: "INSERT OR REPLACE INTO record (run, position, bytes, checksum) VALUES (?, ?, ?, ?)")
      for record in records {
        let bytes = record.bytes
        let checksum = Checksum.ofRecord(bytes, at: record.position, run: id, settings: settings)
        try insert.execute(arguments: [id, record.position, Data(bytes), checksum])
      }
      try probes.insert(records, iteration: 0, into: database)
    }
  }

  /// Writes the results and marks the run as finished.
  ///
  /// - Parameters:
  ///   - result: The result of the run.
  ///   - document: The JSON that the run prints.
  /// - Throws: ``StoreError`` if the store cannot be written, or another process has taken over the
  ///   run.
  public func finish(_ result: MeasurementResult, document: String? = nil) throws(StoreError) {
    try store.write(run: id, of: owner) { database in
      try probes.insert(result.results, iteration: 0, into: database)
      try store.finish(id, document: document, in: database)
    }
  }
}

extension RunStore {
  /// Begins a measurement. If an unfinished run is resumed, this process becomes its owner; a
  /// former owner stops at its next write.
  ///
  /// - Parameters:
  ///   - description: The description of the run.
  ///   - measurement: The measurement.
  ///   - resuming: Whether to continue the newest run with the same settings and shard, if there is
  ///     one.
  /// - Throws: ``StoreError`` if the store cannot be written.
  public func beginMeasurement(
    _ description: RunDescription, of measurement: DeviationMeasurement, resuming: Bool = false
  ) throws(StoreError) -> MeasurementRecording {
    try write { database in
      let earlier =
        resuming ? try latestRun(of: .measure, like: description, in: database)?.id : nil
      let id = try earlier ?? insert(description, kind: .measure, into: database)
      let recording = MeasurementRecording(
        id: id, store: self, settings: description.settings,
        probes: try ProbeRows(of: measurement, run: id, in: self, database))
      try take(id, by: recording.owner, in: database)
      return recording
    }
  }
}
