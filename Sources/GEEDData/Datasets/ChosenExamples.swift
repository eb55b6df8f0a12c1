// SPDX-License-Identifier: MIT

import GEED

/// Some examples of another data set, with their labels and names.
package struct ChosenExamples: DatasetWrapper {
  package let name: String

  package let base: any Dataset
  private let indices: [Int]

  /// Keeps the examples with the given indices, in this order.
  package init(_ indices: [Int], of base: any Dataset, named name: String) {
    precondition(
      indices.allSatisfy((0..<base.count).contains), "Expected examples of \(base.name).")
    self.base = base
    self.indices = indices
    self.name = name
  }

  /// Draws `count` examples at random, or all, and keeps their order. Data are often sorted by class,
  /// so the first examples would not do.
  package init(_ count: Int, of base: any Dataset, seed: UInt64) {
    let count = min(count, base.count)
    self.init(
      randomExamples(count, of: base.count, seed: seed).sorted(), of: base,
      named: "\(count) of \(base.name)")
  }

  /// Keeps the examples whose label is one of `classes`, in the same order.
  package init(
    of base: any Dataset, classes: Range<Int>
  ) throws(DataError) {
    let text = "\(classes.lowerBound)-\(classes.upperBound - 1)"
    let indices = (0..<base.count).filter { base.label(at: $0).map(classes.contains) ?? false }
    guard !indices.isEmpty else {
      throw .unsuitable(
        path: base.name, expected: "examples of the classes \(text)",
        found: base.label(at: 0) == nil ? "no labels" : "none",
        fix: "name a data set that has them")
    }
    self.init(indices, of: base, named: "\(base.name), classes \(text)")
  }

  package var count: Int { indices.count }

  package func baseIndex(of index: Int) -> Int { indices[index] }

  package var classes: ClassCounts? { countedClasses }
}
