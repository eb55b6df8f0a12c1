// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GRDB

extension RunStore {
  /// Returns the records of a measurement, in the order of the plan.
  ///
  /// - Throws: ``StoreError`` if there is no such run, or it holds records that are of another
  ///   version or do not match their checksums.
  public func records(ofRun id: Int64) throws(StoreError) -> [MeasurementRecord] {
    try read(run: id) { run, database in
      try Array(
        rows(
          of: "record", run: id,
          """
          SELECT position, bytes, \(laterColumn("checksum"))
          FROM record WHERE run = \(id) ORDER BY position
          """, in: database
        ) { try record($0, of: run) })
    }
  }

  private func record(_ row: StoredRow, of run: RunSummary) throws -> MeasurementRecord {
    let position = try row.count("position")
    let bytes = Array(try row.value("bytes", as: Data.self))
    guard let checksum = try row.valueIfPresent("checksum", as: Data.self) else {
      throw StoreError.unchecked(path: path, run: run.id)
    }
    guard checksum == Checksum.ofRecord(bytes, at: position, run: run.id, settings: run.settings)
    else {
      throw StoreError.checksum(path: path, run: run.id, part: "its record at position \(position)")
    }
    do {
      return try MeasurementRecord(bytes: bytes)
    } catch {
      throw StoreError.damaged(path: path, run: run.id, reason: "\(error)")
    }
  }
}

/// What is stored of a run's examples, enough to compute results from records without the examples.
package struct StoredDataset: Dataset {
  package let name: String
  package let count: Int
  package let exampleShape: [Int]
  package let classes: ClassCounts?
  private var sources: [Int: ExampleFingerprint] = [:]

  package init(name: String, count: Int, exampleShape: [Int], classes: ClassCounts?) {
    self.name = name
    self.count = count
    self.exampleShape = exampleShape
    self.classes = classes
  }

  /// Adds the names and classes of the examples that have records.
  package mutating func addExamples(of records: [MeasurementRecord]) {
    for record in records where record.isOrbit { sources[record.example] = record.source }
  }

  /// Always throws, because examples are not stored.
  package func example(at index: Int) throws -> Tensor {
    throw StoreError.noExample(dataset: name, index: index)
  }

  package func label(at index: Int) -> Int? { sources[index]?.label }

  package func exampleName(at index: Int) -> String? { sources[index]?.name }
}
