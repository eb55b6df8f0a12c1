// SPDX-License-Identifier: MIT

import Foundation
import Synchronization
import Testing
import _GEEDTestSupport

@testable import GEED

@Suite struct MeasurementRecordTests {
  /// As the records are kept: written, read and without a model.
  private func fold(
    _ records: [MeasurementRecord], of measurement: DeviationMeasurement
  ) throws -> MeasurementResult {
    var measurement = measurement
    measurement.model = ClosureModel { _ in throw NoModel() }
    var run = try measurement.start(
      resuming: try records.map { try MeasurementRecord(bytes: $0.bytes) })
    while try run.advance() {}
    return run.result
  }

  private struct NoModel: Error {}

  // MARK: Laws

  @Test("The fold over all records is the run, without the model", arguments: RecordedKind.allCases)
  func fold(kind: RecordedKind) throws {
    let measurement = try kind.measurement()
    let (records, result) = try allRecords(of: measurement)
    #expect(result == (try measurement.run()))
    #expect(result.results.allSatisfy { $0.value != nil })
    #expect(try fold(records, of: measurement) == result)
    #expect(records.map(\.position) == Array(records.indices))
    #expect(records.filter(\.isOrbit).count == 9)
  }

  @Test("The results of a fold do not depend on the batch size", arguments: [1, 3, 16, 1000])
  func batchSizes(size: Int) throws {
    var measurement = try RecordedKind.allMetrics.measurement()
    let (records, result) = try allRecords(of: measurement)
    measurement.batchSize = size
    let (others, other) = try allRecords(of: measurement)
    #expect(others == records)
    #expect(other == result)
    #expect(try fold(records, of: measurement) == result)
  }

  /// A floor takes the first 50 examples; 55 end within a batch.
  @Test("A floor does not depend on the batch size", arguments: [7, 64, 1000])
  func floors(size: Int) throws {
    var measurement = try RecordedKind.smallGrid.measurement()
    measurement.dataset = pictures(60)
    measurement.exampleCount = 50
    let expected = try #require(try measurement.run().results[0].floor)
    measurement.exampleCount = 55
    measurement.batchSize = size
    #expect(try measurement.run().results[0].floor == expected)
  }

  @Test(
    "A run that continues from records ends as one that was never stopped",
    arguments: RecordedKind.allCases, [5, 16])
  func resumed(kind: RecordedKind, batchSize: Int) throws {
    var measurement = try kind.measurement()
    measurement.batchSize = batchSize
    let (records, result) = try allRecords(of: measurement)
    for count in 0...records.count {
      var run = try measurement.start(resuming: Array(records.prefix(count)))
      var rest: [MeasurementRecord] = []
      while try run.advance(addingRecordsTo: &rest) {}
      #expect(run.result == result)
      #expect(rest == Array(records.dropFirst(count)))
      #expect(run.progress.completedInputs == run.progress.totalInputs)
    }
  }

  @Test("What goes through the model after records are whole batches of the run in one go")
  func batchesAfterRecords() throws {
    var measurement = try RecordedKind.allMetrics.measurement()
    measurement.batchSize = 6
    let batches = Mutex<[Tensor]>([])
    let model = measurement.model
    measurement.model = ClosureModel { batch in
      batches.withLock { $0.append(batch) }
      return try model.outputs(for: batch)
    }
    let (records, _) = try allRecords(of: measurement)
    let whole = batches.withLock { $0 }
    // 9 orbits of 4 and 5 examples of M: 41 inputs.
    #expect(whole.map(\.rowCount) == [6, 6, 6, 6, 6, 6, 5])
    // The first input that is missing after 5 orbits is number 20, in batch 3; after 10 units number 37.
    for (count, first) in [(5, 3), (0, 0), (10, 6), (14, 7)] {
      batches.withLock { $0 = [] }
      var run = try measurement.start(resuming: Array(records.prefix(count)))
      while try run.advance() {}
      #expect(batches.withLock { $0 } == Array(whole.dropFirst(first)))
    }
  }

  @Test(
    "Results along the way are the same before and after",
    arguments: [RecordedKind.allMetrics, .scaleFirst])
  func partialResults(kind: RecordedKind) throws {
    var measurement = try kind.measurement()
    // Three orbits at least, for the error of M of a single pair is not a number, and no two such are
    // equal.
    measurement.batchSize = 12
    let (records, _) = try allRecords(of: measurement)
    var whole = try measurement.start()
    var resumed = try measurement.start(resuming: Array(records.prefix(7)))
    var isDone = false
    while !isDone {
      isDone = try !whole.advance()
      #expect(try resumed.advance() == !isDone)
      #expect(resumed.result == whole.result)
      #expect(resumed.progress == whole.progress)
      #expect(resumed.completedExampleCount == whole.completedExampleCount)
    }
  }

  @Test("A rule that stops early looks at resumed runs as it looks at others")
  func precision() throws {
    var measurement = try RecordedKind.scaleFirst.measurement()
    measurement.exampleCount = nil
    measurement.scaleExampleCount = nil
    measurement.probes = [.latent("features")]
    measurement.batchSize = 7
    func stopped(
      resuming records: [MeasurementRecord]
    ) throws -> (MeasurementResult, [MeasurementRecord], PrecisionRule) {
      var rule = PrecisionRule(relativeHalfWidth: 0.5)
      var run = try measurement.start(resuming: records)
      var records = records
      while try run.advance(addingRecordsTo: &records), !rule.isMet(by: run) {}
      return (rule.result(of: run), records, rule)
    }
    let (result, records, rule) = try stopped(resuming: [])
    #expect(rule.isMet && records.count < 80)
    for count in [1, 30, 55, records.count] {
      let (other, _, otherRule) = try stopped(resuming: Array(records.prefix(count)))
      #expect(other == result && otherRule == rule)
    }
  }

  @Test(
    "The records of all shards are those of the whole",
    arguments: RecordedKind.allCases, [1, 2, 3, 7, 30])
  func shards(kind: RecordedKind, count: Int) throws {
    var measurement = try kind.measurement()
    let (records, result) = try allRecords(of: measurement)
    var merged: [MeasurementRecord] = []
    for index in 0..<count {
      measurement.shard = Shard(index: index, of: count)
      let part = try allRecords(of: measurement).records
      #expect(part.allSatisfy { $0.position % count == index })
      merged += part
    }
    merged.sort { $0.position < $1.position }
    #expect(merged == records)
    measurement.shard = .whole
    #expect(try fold(merged, of: measurement) == result)
  }

  @Test("A shard has a result of its own, which says what it is")
  func shardResult() throws {
    var measurement = try RecordedKind.allMetrics.measurement()
    measurement.shard = Shard(index: 1, of: 4)
    let (records, result) = try allRecords(of: measurement)
    // Positions 1, 5 and 9, 13 of 9 orbits and 5 examples of M.
    #expect(records.map(\.position) == [1, 5, 9, 13])
    let examples = randomExamples(9, of: 40, seed: 0)
    #expect(result.results[0].perExample.map(\.index) == [examples[1], examples[5]])
    #expect(result.results[0].notes.texts == ["Shard 2 of 4: 2 of 9 examples."])
    #expect(result.results[1].scale != nil)
    #expect(try fold(records, of: measurement) == result)
  }

  /// 9 examples of E and 14 of M, drawn in the same order. Two shards, M first: shard 2 has numbers
  /// 1, 3, …, 13 of M, and of E, which begins at position 14, numbers 1, 3, 5, 7, all among those of M.
  /// Three shards: the first has 0, 3, …, 12 of M and 1, 4, 7 of E, none of which is. An example that
  /// enters both has one share in the error of E/M.
  @Test(
    "In a shard, examples of E find themselves among those of M",
    arguments: [(2, 1, true, 7), (2, 1, false, 7), (3, 0, true, 8), (3, 0, false, 5)])
  func pairing(count: Int, index: Int, scaleFirst: Bool, shareCount: Int) throws {
    var measurement = try RecordedKind.allMetrics.measurement()
    measurement.measuresScaleFirst = scaleFirst
    measurement.probes = [.latent("features")]
    measurement.shard = Shard(index: index, of: count)
    let result = try measurement.run().results[0]
    #expect(result.statistic?.exampleCount == shareCount)
  }

  // MARK: Examples that have changed

  @Test(
    "A record of an example that is not what it was is refused",
    arguments: [(0, true), (5, true), (13, false)])
  func changedExample(position: Int, isOrbit: Bool) throws {
    var measurement = try RecordedKind.labels.measurement()
    let records = try allRecords(of: measurement).records
    let record = records[position]
    #expect(record.isOrbit == isOrbit)
    let dataset = measurement.dataset
    let examples = try (0..<dataset.count).map { try dataset.example(at: $0) }
    func error(_ examples: [Tensor], labels: [Int]? = nil) -> String? {
      measurement.dataset = ArrayDataset(
        examples, labels: labels ?? (0..<40).map { $0 % 4 }, name: "pictures")
      do {
        _ = try measurement.start(resuming: records)
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(error(examples) == nil)
    var changed = examples
    var scalars = changed[record.example].scalars
    scalars[7] = scalars[7].nextUp
    changed[record.example] = Tensor(shape: changed[record.example].shape, scalars: scalars)
    #expect(
      error(changed)
        == "Example \(record.example) of pictures has changed since it was measured: its values are "
        + "others; restore it, or measure all of the data again.")
    var labels = (0..<40).map { $0 % 4 }
    labels[record.example] = 9
    #expect(
      error(examples, labels: labels)?.contains(
        "its class is 9 and was \(record.example % 4); restore it") == true)
    // Where the data are not there, nothing is read.
    _ = try measurement.start(resuming: records, checkingExamples: false)
  }

  @Test("Examples of M that have their own data set are looked up there")
  func changedScaleExample() throws {
    var measurement = try RecordedKind.ownScale.measurement()
    let records = try allRecords(of: measurement).records
    _ = try measurement.start(resuming: records)
    measurement.scaleDataset = pictures(20, seed: 78)
    let error = #expect(throws: MeasurementError.self) {
      _ = try measurement.start(resuming: records)
    }
    #expect("\(try #require(error))".contains("has changed since it was measured"))
  }

  // MARK: Records of another measurement

  @Test("Records that are not the first ones of the measurement are refused")
  func foreignRecords() throws {
    let measurement = try RecordedKind.allMetrics.measurement()
    let records = try allRecords(of: measurement).records
    func error(
      _ records: [MeasurementRecord], _ change: (inout DeviationMeasurement) -> Void = { _ in }
    ) -> String? {
      var measurement = measurement
      change(&measurement)
      do {
        var run = try measurement.start(resuming: records)
        while try run.advance() {}
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(
      error(Array(records.dropFirst()))
        == "Record 1 is of another measurement: record 0 before it is missing.")
    #expect(error(records) { $0.seed = 1 }?.contains("its example is") == true)
    #expect(error(records) { $0.probes.removeLast() }?.contains("number of its probes") == true)
    #expect(error(records) { $0.exampleCount = 8 } != nil)
    #expect(
      error(records) { $0.inputAction = ImageAction.rotations(2) }
        == "Record 0 is of another measurement: it has 4 comparisons of tensor 'features', but "
        + "expected 2.")
    #expect(error(records) { $0.measuresSubgroups = true }?.contains("subgroups") == true)
    #expect(
      error(records + [records[13]])
        == "Record 0 is of another measurement: the number of records is 15, but expected 14.")
    #expect(error(records) { $0.probes[1] = .softmax("features") } != nil)
  }
}
