// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GRDB
import Testing

@testable import GEEDStore

@Suite struct RunStoreTests {
  @Test("What is written is read back", arguments: [false, true])
  func roundTrip(reopened: Bool) throws {
    let scratch = try Scratch()
    var store = try RunStore(creating: scratch.path("a.sqlite"))
    let measured = try StoredMeasurement(in: store)
    if reopened { store = try RunStore(opening: scratch.path("a.sqlite")) }
    let run = try #require(try store.runs().first)
    #expect(run.kind == .measure && run.status == .finished && run.count == 6)
    #expect(run.model == "model.onnx" && run.group == "C4" && run.seed == .max)
    #expect(run.created.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
    #expect(run.settings == #"{"probe":"all","seed":3}"#)
    #expect(try store.records(ofRun: run.id) == measured.records)
    #expect(try store.document(ofRun: run.id) == "{}")
    let results = try store.results(ofRun: run.id)
    #expect(results.map(\.iteration) == [0, 0, 0])
    let found = try results.map { try $0.result.canonicalJSON }
    #expect(try found == measured.result.results.map { try $0.canonicalJSON })
    #expect(results.map(\.result.metric) == [.softmax, .latent, .channelwise])
  }

  @Test(
    "A result whose columns contradict its details is refused",
    arguments: [
      ("value = value + 1e-9", "value"), ("low = NULL", "low"), ("high = 'x'", "high"),
      ("unnormalized = 0", "unnormalized"), ("scale = 2", "scale"), ("floor = 2", "floor"),
      ("example_count = 7", "example_count"), ("details = '{}'", "details"),
      ("details = replace(details, '\"features\"', '\"other\"')", "details"),
    ])
  func contradictoryColumns(change: String, column: String) throws {
    let scratch = try Scratch()
    let path = scratch.path("a.sqlite")
    let store = try RunStore(creating: path)
    let id = try StoredMeasurement(in: store).id
    try store.write { try $0.execute(sql: "UPDATE result SET \(change) WHERE probe = 2") }
    let error = #expect(throws: StoreError.self) { try store.results(ofRun: id) }
    #expect(
      error?.description.contains("in column '\(column)' of table 'result'") == true,
      "\(String(describing: error))")
  }

  @Test("Every observation is there, and their means are the results")
  func observations() throws {
    let scratch = try Scratch()
    let store = try RunStore(creating: scratch.path("a.sqlite"))
    let measured = try StoredMeasurement(in: store)
    for (number, result) in measured.result.results.enumerated() {
      var values: [Observation] = []
      try store.forEachObservation(
        ofRun: measured.id, metric: result.metric, tensor: result.tensor
      ) { values.append($0) }
      #expect(values.count == 6 * 4)
      for record in measured.records where record.isOrbit {
        let own = values.filter { $0.example == record.example }
        #expect(own.map(\.element) == ["r0", "r1", "r2", "r3"])
        #expect(own.map(\.value) == record.deviations(ofProbe: number))
        #expect(own.allSatisfy { $0.exampleName == nil && $0.label == record.example % 3 })
      }
      let mean = values.reduce(0) { $0 + $1.value } / Double(values.count)
      // The same 24 numbers, summed in another order.
      #expect(abs(mean - (try #require(result.unnormalized))) <= 1e-12)
    }
  }

  @Test("Plain SQL reads names and numbers")
  func views() throws {
    let scratch = try Scratch()
    let store = try RunStore(creating: scratch.path("a.sqlite"))
    let measured = try StoredMeasurement(in: store)
    let queue = try DatabaseQueue(path: scratch.path("a.sqlite"))
    let rows = try queue.read {
      try Row.fetchAll(
        $0,
        sql: """
          SELECT metric, tensor, avg(value) AS mean FROM observations
          WHERE run = 1 AND weight > 0 GROUP BY metric, tensor ORDER BY metric
          """)
    }
    #expect(rows.map { $0["metric"] as String } == ["channelwise", "latent", "softmax"])
    let mean: Double = rows[2]["mean"]
    #expect(abs(mean - (try #require(measured.result.results[0].value))) <= 1e-12)
    let count = try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM results") }
    #expect(count == 3)
  }

  @Test("A run is resumed by its settings and its shard, the newest first")
  func resuming() throws {
    let scratch = try Scratch()
    let store = try RunStore(creating: scratch.path("a.sqlite"))
    let measurement = storedMeasurement()
    func begin(_ seed: Int, shard: Shard = .whole, resuming: Bool) throws -> Int64 {
      try store.beginMeasurement(
        description(seed: seed, shard: shard), of: measurement, resuming: resuming
      ).id
    }
    #expect(try begin(1, resuming: false) == 1)
    #expect(try begin(1, resuming: true) == 1)
    #expect(try begin(1, resuming: false) == 2)
    #expect(try begin(1, resuming: true) == 2)
    #expect(try begin(2, resuming: true) == 3)
    #expect(try begin(1, shard: Shard(index: 0, of: 2), resuming: true) == 4)
    #expect(try begin(1, shard: Shard(index: 1, of: 2), resuming: true) == 5)
    #expect(try begin(1, shard: Shard(index: 0, of: 2), resuming: true) == 4)
    #expect(try store.runs().map(\.status) == Array(repeating: .running, count: 5))
  }

  @Test("The same run, begun by several at the same time, is one run")
  func simultaneous() async throws {
    let scratch = try Scratch()
    let path = scratch.path("a.sqlite")
    let store = try RunStore(creating: path)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          _ = try RunStore(creating: path).beginMeasurement(
            description(seed: 1), of: storedMeasurement(), resuming: true)
        }
      }
      try await group.waitForAll()
    }
    #expect(try store.runs().map(\.id) == [1])
  }

  @Test("What was appended is there, however the run ended; a run goes on from it")
  func abandoned() throws {
    let scratch = try Scratch()
    let store = try RunStore(creating: scratch.path("a.sqlite"))
    let measurement = storedMeasurement()
    var recording = try store.beginMeasurement(description(seed: 1), of: measurement)
    var run = try measurement.start()
    var records: [MeasurementRecord] = []
    _ = try run.advance(addingRecordsTo: &records)
    try recording.append(records)
    let other = try RunStore(creating: scratch.path("a.sqlite"))
    recording = try other.beginMeasurement(
      description(seed: 1), of: measurement, resuming: true)
    #expect(try recording.records() == records)
    var resumed = try measurement.start(resuming: try recording.records())
    while try resumed.advance() {}
    #expect(resumed.result == (try measurement.run()))
  }

  @Test("A record that comes twice replaces itself")
  func twice() throws {
    let scratch = try Scratch()
    let store = try RunStore(creating: scratch.path("a.sqlite"))
    let measured = try StoredMeasurement(in: store)
    try measured.recording.append(measured.records)
    #expect(try store.records(ofRun: measured.id) == measured.records)
  }

  @Test("A run that is removed leaves nothing behind")
  func removing() throws {
    let scratch = try Scratch()
    let store = try RunStore(creating: scratch.path("a.sqlite"))
    let id = try StoredMeasurement(in: store).id
    try store.remove(run: id)
    let counts = try store.read { database in
      try ["run", "probe", "element", "example", "observation", "result", "record", "step"].map {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM \($0)")
      }
    }
    #expect(counts == Array(repeating: 0, count: 8))
  }

  @Test("The examples of a run are known by name and class alone")
  func storedDataset() throws {
    let scratch = try Scratch()
    let store = try RunStore(creating: scratch.path("a.sqlite"))
    let measured = try StoredMeasurement(in: store)
    var dataset = StoredDataset(
      name: "glyphs", count: 20, exampleShape: [3, 6, 6],
      classes: ClassCounts(count: 3, largest: 2))
    dataset.addExamples(of: try store.records(ofRun: measured.id))
    let example = measured.records[0].example
    #expect(dataset.label(at: example) == example % 3)
    #expect(throws: StoreError.noExample(dataset: "glyphs", index: 3)) {
      try dataset.example(at: 3)
    }
    // That is enough to make the result again.
    var measurement = storedMeasurement()
    measurement.dataset = dataset
    var run = try measurement.start(resuming: measured.records, checkingExamples: false)
    while try run.advance() {}
    #expect(run.result == measured.result)
  }
}
