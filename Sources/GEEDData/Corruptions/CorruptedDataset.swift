// SPDX-License-Identifier: MIT

import GEED

/// The pictures of another data set, each made worse in its own way that never changes.
///
/// What happens to picture *i* depends on the corruption, the seed and *i* alone.
public struct CorruptedDataset: DerivedDataset {
  public let name: String

  /// What goes wrong, and how much.
  public let corruption: Corruption

  /// Where random choices start.
  public let seed: UInt64

  package let base: any Dataset

  /// - Parameters:
  ///   - base: Pictures `[C, H, W]` with values in 0...1; normalize afterwards
  ///     (``NormalizedDataset``).
  ///   - corruption: What goes wrong, and how much.
  ///   - seed: Where random choices start.
  /// - Throws: ``DataError`` if the examples are no pictures of at least 2 x 2 pixels.
  public init(
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

  public var count: Int { base.count }

  public var exampleShape: [Int] { base.exampleShape }

  public func example(at index: Int) throws -> Tensor {
    var seeds = SplitMix64(seed: seed)
    var generator = SplitMix64(seed: seeds.next() ^ UInt64(index))
    return corruption(try base.example(at: index), using: &generator)
  }
}

/// The pictures of another data set with (value - mean) / standard deviation in each channel.
public struct NormalizedDataset: DerivedDataset {
  package let base: any Dataset
  private let mean: [Float]
  private let standardDeviation: [Float]

  /// - Throws: ``DataError`` if there is not one mean and one standard deviation for each channel.
  /// - Precondition: Standard deviations are positive.
  public init(
    _ base: any Dataset, mean: [Float], standardDeviation: [Float]
  ) throws(DataError) {
    precondition(
      standardDeviation.allSatisfy { $0 > 0 }, "Expected positive standard deviations.")
    let channels = base.exampleShape.first ?? 0
    guard mean.count == channels, standardDeviation.count == channels else {
      throw .unsuitable(
        path: base.name, expected: "\(channels) means and standard deviations",
        found: "\(mean.count) and \(standardDeviation.count)", fix: "give one for each channel")
    }
    self.base = base
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  public var name: String { base.name }

  public var count: Int { base.count }

  public var exampleShape: [Int] { base.exampleShape }

  public func example(at index: Int) throws -> Tensor {
    var example = try base.example(at: index)
    let size = example.scalars.count / mean.count
    for i in example.scalars.indices {
      example.scalars[i] = (example.scalars[i] - mean[i / size]) / standardDeviation[i / size]
    }
    return example
  }
}
