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

  /// Adds the names and classes of the examples that a run has measured.
  ///
  /// - Parameters:
  ///   - id: The number of the run.
  ///   - store: The store of the run.
  /// - Throws: ``StoreError`` if there is no such run.
  public mutating func addExamples(ofRun id: Int64, in store: RunStore) throws(StoreError) {
    for example in try store.examples(ofRun: id) {
      names[example.number] = example.name
      labels[example.number] = example.label
    }
  }

  /// Throws: examples are not kept.
  public func example(at index: Int) throws -> Tensor {
    throw StoreError.noExample(dataset: name, index: index)
  }

  public func label(at index: Int) -> Int? { labels[index] }

  public func exampleName(at index: Int) -> String? { names[index] }
}
