// SPDX-License-Identifier: MIT

import GEED

/// A selection of the examples of another data set, with their labels and names.
///
/// Data are often sorted by class, so a subset has to be drawn at random instead of taken from the
/// beginning.
package struct ChosenExamples: DerivedDataset {
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

  package var count: Int { indices.count }
  package var exampleShape: [Int] { base.exampleShape }
  package func example(at index: Int) throws -> Tensor { try base.example(at: indices[index]) }
  package func baseIndex(of index: Int) -> Int { indices[index] }
}
