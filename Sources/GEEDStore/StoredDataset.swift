// SPDX-License-Identifier: MIT

import GEED

/// The stored information on the examples of a run, which is enough to compute results from records
/// without the examples themselves.
public struct StoredDataset: Dataset {
  public let name: String
  public let count: Int
  public let exampleShape: [Int]
  public let classes: ClassCounts?
  private var names: [Int: String] = [:]
  private var labels: [Int: Int] = [:]

  /// Creates a data set of examples that are known only by name and class.
  ///
  /// - Parameters:
  ///   - name: The name of the data set.
  ///   - count: The number of examples.
  ///   - exampleShape: The shape of each example.
  ///   - classes: The classes of the examples.
  public init(name: String, count: Int, exampleShape: [Int], classes: ClassCounts?) {
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

  /// Always throws, because examples are not stored.
  public func example(at index: Int) throws -> Tensor {
    throw StoreError.noExample(dataset: name, index: index)
  }

  public func label(at index: Int) -> Int? { labels[index] }

  public func exampleName(at index: Int) -> String? { names[index] }
}
