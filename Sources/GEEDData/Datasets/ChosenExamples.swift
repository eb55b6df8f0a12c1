// SPDX-License-Identifier: MIT

import GEED

/// Some examples of another data set, with their labels and names.
///
/// Data are often sorted by class, so that a part of them has to be drawn and not taken from the
/// beginning.
package struct ChosenExamples: DerivedDataset {
  package let name: String
  package let base: any Dataset
  private let indices: [Int]

  /// - Parameters:
  ///   - indices: Which examples, in this order.
  ///   - base: Where they come from.
  ///   - name: What to call them.
  /// - Precondition: They are examples of `base`.
  package init(_ indices: [Int], of base: any Dataset, named name: String) {
    precondition(
      indices.allSatisfy((0..<base.count).contains), "Expected examples of \(base.name).")
    self.base = base
    self.indices = indices
    self.name = name
  }

  /// Draws examples without regard to their classes, and keeps their order.
  ///
  /// - Parameters:
  ///   - count: How many; more than there are counts as all.
  ///   - base: Where they come from.
  ///   - seed: Where the draw starts.
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
