// SPDX-License-Identifier: MIT

import GEED

/// Some examples of another data set, with their labels and names.
package struct ChosenExamples: DatasetWrapper {
  package let name: String

  package let base: any Dataset
  private let indices: [Int]

  /// - Parameters:
  ///   - indices: The indices of the examples, in the order of the selection.
  ///   - base: The data set that they come from.
  ///   - name: The name of the selection.
  /// - Precondition: All indices are valid in `base`.
  package init(_ indices: [Int], of base: any Dataset, named name: String) {
    precondition(
      indices.allSatisfy((0..<base.count).contains), "Expected examples of \(base.name).")
    self.base = base
    self.indices = indices
    self.name = name
  }

  /// Draws examples at random, regardless of class, and keeps their order.
  ///
  /// Data are often sorted by class, so the first examples would not do.
  ///
  /// - Parameters:
  ///   - count: The number of examples, capped at `base.count`.
  ///   - base: The data set that they come from.
  ///   - seed: The seed of the random choice.
  package init(_ count: Int, of base: any Dataset, seed: UInt64) {
    let count = min(count, base.count)
    self.init(
      randomExamples(count, of: base.count, seed: seed).sorted(), of: base,
      named: "\(count) of \(base.name)")
  }

  /// Keeps the examples whose label is one of `classes`, in the same order.
  ///
  /// - Parameters:
  ///   - base: A data set with labels.
  ///   - classes: The labels to keep.
  ///   - name: The name of the selection; `nil` for the base's name with the classes.
  /// - Throws: ``DataError`` if there are no such examples, as in a data set without labels.
  /// - Complexity: O(n) in the number of examples of `base`.
  package init(
    of base: any Dataset, classes: Range<Int>, named name: String? = nil
  ) throws(DataError) {
    let text = "\(classes.lowerBound)-\(classes.upperBound - 1)"
    let indices = (0..<base.count).filter { base.label(at: $0).map(classes.contains) ?? false }
    guard !indices.isEmpty else {
      throw .unsuitable(
        path: base.name, expected: "examples of the classes \(text)",
        found: base.label(at: 0) == nil ? "no labels" : "none",
        fix: "name a data set that has them")
    }
    self.init(indices, of: base, named: name ?? "\(base.name), classes \(text)")
  }

  package var count: Int { indices.count }

  package func baseIndex(of index: Int) -> Int { indices[index] }

  package var classes: ClassCounts? { countedClasses }
}
