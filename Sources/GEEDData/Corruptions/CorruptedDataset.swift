// SPDX-License-Identifier: MIT

import GEED

/// The pictures of another data set, each corrupted with its own fixed random choices.
///
/// The result for picture *i* depends only on the corruption, the seed and *i*.
package struct CorruptedDataset: DatasetWrapper {
  package let name: String

  /// The kind of corruption and its severity.
  package let corruption: Corruption

  /// The seed of the random choices.
  package let seed: UInt64

  package let base: any Dataset

  /// - Parameters:
  ///   - base: Pictures `[C, H, W]` with values in 0...1; normalize afterwards
  ///     (``NormalizedDataset``).
  ///   - corruption: The kind of corruption and its severity.
  ///   - seed: The seed of the random choices.
  /// - Throws: ``DataError`` if the examples are not pictures of at least 2 x 2 pixels.
  package init(
    _ base: any Dataset, by corruption: Corruption, seed: UInt64 = 0
  ) throws(DataError) {
    let shape = base.exampleShape
    guard shape.count == 3, shape[1] > 1, shape[2] > 1 else {
      throw .unsuitable(
        path: base.name, expected: "pictures [C, H, W]", found: "shape \(shape)",
        fix: "only pictures can be corrupted")
    }
    self.base = base
    self.corruption = corruption
    self.seed = seed
    name = "\(base.name), \(corruption.kind.rawValue) \(corruption.severity)"
  }

  package func example(at index: Int) throws -> Tensor {
    var generator = SplitMix64(seed: seed, for: .item(index))
    return corruption(try base.example(at: index), using: &generator)
  }
}
