// SPDX-License-Identifier: MIT

import GEED

/// What a store knows of the examples of a run: enough to make results of records, without the
/// examples themselves.
public struct StoredDataset: Dataset {
  public let name: String
  public let count: Int
  public let exampleShape: [Int]
  public let classes: ClassCensus?
  private var names: [Int: String] = [:]
  private var labels: [Int: Int] = [:]

  /// Creates a data set of examples that are known by name and class alone.
  ///
  /// - Parameters:
  ///   - name: What to call it.
  ///   - count: How many examples there are.
  ///   - exampleShape: The shape of each.
  ///   - classes: Which classes they have.
  public init(name: String, count: Int, exampleShape: [Int], classes: ClassCensus?) {
    self.name = name
    self.count = count
    self.exampleShape = exampleShape
    self.classes = classes
  }

  /// Adds the names and classes of the examples that have records.
  public mutating func addExamples(of records: [MeasurementRecord]) {
    for record in records where record.isOrbit {
      names[record.example] = record.source.name
      labels[record.example] = record.source.label
    }
  }

  /// Throws: examples are not kept.
  public func example(at index: Int) throws -> Tensor {
    throw StoreError.noExample(dataset: name, index: index)
  }

  public func label(at index: Int) -> Int? { labels[index] }

  public func exampleName(at index: Int) -> String? { names[index] }
}
