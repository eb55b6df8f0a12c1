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

  private let owner: RunOwner
  private let settings: String
  private let probes: ProbeRows

  init(
    _ id: Int64, of measurement: DeviationMeasurement, settings: String, in store: RunStore,
    _ database: Database
  ) throws {
    self.store = store
    self.id = id
    self.settings = settings
    owner = RunOwner()
    try store.take(id, by: owner, in: database)
    probes = try ProbeRows(of: measurement, run: id, in: store, database)
  }

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
    try store.write("write to") { database in
      try store.requireOwner(owner, of: id, in: database)
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
    try store.write("write to") { database in
      try store.requireOwner(owner, of: id, in: database)
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
    let earlier = resuming ? try latestRun(of: .measure, like: description) : nil
    return try write("write to") { database in
      let id = try earlier?.id ?? insert(description, kind: .measure, into: database)
      return try MeasurementRecording(
        id, of: measurement, settings: description.settings, in: self, database)
    }
  }

  /// Returns the records of a measurement, in the order of the plan.
  ///
  /// - Throws: ``StoreError`` if there is no such run, or it holds records that are of another
  ///   version or do not match their checksums.
  public func records(ofRun id: Int64) throws(StoreError) -> [MeasurementRecord] {
    let settings = try run(id).settings
    return try read("read") { database in
      let checksum = format > 1 ? "checksum" : "NULL AS checksum"
      let rows = try Row.fetchCursor(
        database,
        sql: "SELECT position, bytes, \(checksum) FROM record WHERE run = ? ORDER BY position",
        arguments: [id])
      var records: [MeasurementRecord] = []
      while let row = try rows.next() {
        records.append(
          try record(StoredRow(row, of: "record", in: path, run: id), run: id, settings: settings))
      }
      return records
    }
  }

  private func record(
    _ row: StoredRow, run id: Int64, settings: String
  ) throws -> MeasurementRecord {
    let position = try row.count("position")
    let bytes = Array(try row.value("bytes", as: Data.self))
    guard let checksum = try row.valueIfPresent("checksum", as: Data.self) else {
      throw StoreError.unchecked(path: path, run: id)
    }
    guard checksum == Checksum.ofRecord(bytes, at: position, run: id, settings: settings) else {
      throw StoreError.checksum(path: path, run: id, part: "its record at position \(position)")
    }
    do {
      return try MeasurementRecord(bytes: bytes)
    } catch {
      throw StoreError.damaged(path: path, run: id, reason: "\(error)")
    }
  }
}
