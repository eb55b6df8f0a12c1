// SPDX-License-Identifier: MIT

import GEED

/// The examples of some classes of another data set, in the same order, with their labels.
package struct ClassSubset: DerivedDataset {
  package let name: String

  package let base: any Dataset
  private let indices: [Int]

  /// Keeps the examples whose label is one of `classes`.
  ///
  /// - Parameters:
  ///   - base: A data set with labels.
  ///   - classes: The labels to keep.
  ///   - name: The name of the subset; `nil` for the base's name with the classes.
  /// - Throws: ``DataError`` if there are no such examples, as in a data set without labels.
  /// - Complexity: O(n) in the number of examples of `base`.
  package init(
    of base: any Dataset, classes: Range<Int>, named name: String? = nil
  ) throws(DataError) {
    indices = (0..<base.count).filter { base.label(at: $0).map(classes.contains) ?? false }
    guard !indices.isEmpty else {
      throw .unsuitable(
        path: base.name, expected: "examples of the classes \(classes.text)",
        found: base.label(at: 0) == nil ? "no labels" : "none",
        fix: "name a data set that has them")
    }
    self.base = base
    self.name = name ?? "\(base.name), classes \(classes.text)"
  }

  package var count: Int { indices.count }

  package var exampleShape: [Int] { base.exampleShape }

  package func example(at index: Int) throws -> Tensor { try base.example(at: indices[index]) }

  package func baseIndex(of index: Int) -> Int { indices[index] }
}

extension Range<Int> {
  /// "0-8" for `0..<9`.
  fileprivate var text: String { "\(lowerBound)-\(upperBound - 1)" }
}
