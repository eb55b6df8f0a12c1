// SPDX-License-Identifier: MIT

import GEED

/// The pictures of another data set with black and white exchanged: every value *v* becomes 1 - *v*.
///
/// Dark ink on paper, as in Omniglot, becomes bright strokes on black, as in MNIST, and the
/// background of the drawing becomes 0, the value that a rotation fills in.
public struct InvertedDataset: DatasetWrapper {
  public let name: String

  package let base: any Dataset

  /// - Parameters:
  ///   - base: Examples with values in 0...1, not yet normalized.
  ///   - name: The name of the data set; `nil` for the base's name and "inverted".
  public init(_ base: any Dataset, named name: String? = nil) {
    self.base = base
    self.name = name ?? "\(base.name), inverted"
  }

  public func example(at index: Int) throws -> Tensor {
    var example = try base.example(at: index)
    example.scalars = example.scalars.map { 1 - $0 }
    return example
  }
}
