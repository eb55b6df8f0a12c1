// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GRDB
import Testing

@testable import GEEDStore

@Suite struct StoreErrorTests {
  @Test("A run that is not there is named, with those that are")
  func noRun() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.sqlite")
    let store = try RunStore(creating: path)
    #expect(throws: StoreError.noRun(path: path, id: 4, available: [])) { try store.run(4) }
    _ = try StoredMeasurement(in: store)
    let error = #expect(throws: StoreError.self) { try store.records(ofRun: 4) }
    #expect(error?.description == "'\(path)' has no run 4, only 1.")
    #expect(throws: StoreError.self) { try store.document(ofRun: 4) }
    #expect(throws: StoreError.self) { try store.results(ofRun: 4) }
    #expect(throws: StoreError.self) { try store.remove(run: 4) }
  }

  @Test("A file that is not there is missing, unless it is to be made")
  func missing() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.sqlite")
    #expect(throws: StoreError.missing(path: path)) { try RunStore(opening: path) }
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(throws: StoreError.self) {
      try RunStore(creating: scratch.path("nowhere/a.sqlite"), timeout: .zero)
    }
  }

  @Test("Files of others are refused, and left as they are")
  func foreign() throws {
    let scratch = try Scratch()
    let text = try scratch.write(
      Array("run,value\n1,2\n".utf8) + [UInt8](repeating: 32, count: 999))
    var error = #expect(throws: StoreError.self) { try RunStore(creating: text) }
    #expect(error == .foreign(path: text, found: "no SQLite file"))
    let database = scratch.path("other.sqlite")
    do {
      let queue = try DatabaseQueue(path: database)
      try queue.write { try $0.execute(sql: "CREATE TABLE run (name TEXT)") }
      try queue.close()
    }
    let before = try Data(contentsOf: URL(fileURLWithPath: database))
    error = #expect(throws: StoreError.self) { try RunStore(creating: database) }
    #expect(
      error?.description
        == "'\(database)': expected a store of runs, but found a database with the tables run.")
    #expect(try Data(contentsOf: URL(fileURLWithPath: database)) == before)
  }

  @Test("A store of a newer version is refused")
  func newer() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.sqlite")
    let version = StoreSchema.version
    try RunStore(creating: path).write("age") {
      try $0.execute(sql: "PRAGMA user_version = \(version + 1)")
    }
    #expect(throws: StoreError.newer(path: path, found: version + 1, supported: version)) {
      try RunStore(opening: path)
    }
  }

  @Test("A store that another process holds is waited for, then it is an error")
  func locked() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.sqlite")
    let store = try RunStore(creating: path, timeout: .milliseconds(50))
    let other = try RunStore(creating: path)
    try other.database.writeWithoutTransaction { database in
      try database.execute(sql: "BEGIN IMMEDIATE")
      #expect(throws: StoreError.locked(path: path, operation: "write to")) {
        try store.beginMeasurement(description(seed: 1), of: storedMeasurement())
      }
      // Readers are not held up.
      #expect(try store.runs().isEmpty)
      try database.execute(sql: "ROLLBACK")
    }
    _ = try store.beginMeasurement(description(seed: 1), of: storedMeasurement())
  }

  @Test("A recording that another one has gone on with writes no more")
  func takenOver() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.sqlite")
    let store = try RunStore(creating: path)
    let measurement = storedMeasurement()
    var records: [MeasurementRecord] = []
    var run = try measurement.start()
    while try run.advance(addingRecordsTo: &records) {}
    let first = try store.beginMeasurement(description(seed: 1), of: measurement)
    try first.append(Array(records.prefix(2)))
    let second = try RunStore(creating: path).beginMeasurement(
      description(seed: 1), of: measurement, resuming: true)
    let error = #expect(throws: StoreError.self) { try first.append(records) }
    #expect(error?.description.hasPrefix("Run 1 of '\(path)' was taken over by process ") == true)
    #expect(throws: StoreError.self) { try first.finish(run.result) }
    #expect(try second.records() == Array(records.prefix(2)))
    try second.append(records)
    try second.finish(run.result)
    #expect(try store.records(ofRun: 1) == records)
    let training = try store.beginTraining(description(seed: 2))
    _ = try store.beginTraining(description(seed: 2), resuming: true)
    #expect(throws: StoreError.self) { try training.append([StoredStep(iteration: 1)]) }
    try store.remove(run: 1)
    #expect(throws: StoreError.noRun(path: path, id: 1, available: [])) {
      try second.finish(run.result)
    }
  }

  @Test("A store that is opened to be read cannot be written to")
  func readOnly() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.sqlite")
    _ = try StoredMeasurement(in: try RunStore(creating: path))
    let store = try RunStore(opening: path)
    #expect(throws: StoreError.self) { try store.remove(run: 1) }
    #expect(try store.runs().count == 1)
  }

  @Test("A store that changes while it is read as one at rest is said to")
  func changed() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.sqlite")
    _ = try StoredMeasurement(in: try RunStore(creating: path))
    let reading = try RunStore(opening: path)
    do {
      // The log is brought into the file when it is closed.
      let queue = try DatabaseQueue(path: path)
      try queue.write { try $0.execute(sql: "UPDATE run SET tag = 'other'") }
      try queue.close()
    }
    #expect(throws: StoreError.changed(path: path)) { try reading.runs() }
  }

  @Test("Records of another version name the run")
  func otherVersion() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.sqlite")
    let store = try RunStore(creating: path)
    let id = try StoredMeasurement(in: store).id
    let settings = try store.run(id).settings
    try store.write("damage") {
      try $0.execute(
        sql: "UPDATE record SET bytes = x'09', checksum = ? WHERE position = 0",
        arguments: [Checksum.ofRecord([9], at: 0, run: id, settings: settings)])
    }
    let error = #expect(throws: StoreError.self) { try store.records(ofRun: id) }
    #expect(
      error?.description
        == "Run 1 of '\(path)' cannot be read: A record is of format 9, but expected 2.")
  }
}
