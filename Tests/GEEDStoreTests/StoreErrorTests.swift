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
      try RunStore(creating: scratch.path("nowhere/a.sqlite"), patience: .zero)
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
    let store = try RunStore(creating: path, patience: .milliseconds(50))
    let other = try RunStore(opening: path)
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

  @Test("Records of another version, or damaged ones, name the run")
  func damaged() throws {
    let scratch = try Scratch()
    let path = scratch.path("a.sqlite")
    let store = try RunStore(creating: path)
    let id = try StoredMeasurement(in: store).id
    try store.write("damage") { try $0.execute(sql: "UPDATE record SET bytes = x'09'") }
    let error = #expect(throws: StoreError.self) { try store.records(ofRun: id) }
    #expect(
      error?.description
        == "Run 1 of '\(path)' cannot be read: A record is of format 9, but expected 1.")
  }
}
