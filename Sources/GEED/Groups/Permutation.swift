// SPDX-License-Identifier: MIT

/// A rearrangement of the things numbered 0, 1, …, *n* − 1.
///
/// Acting on an array it moves the entry at position *i* to position `images[i]`.
public struct Permutation: Sendable, Hashable {
  /// Where each thing goes.
  public let images: [Int]

  /// Creates a permutation from the place to which each thing goes.
  ///
  /// - Precondition: `images` holds each of 0, 1, …, *n* − 1 once.
  public init(_ images: [Int]) {
    precondition(
      Set(images) == Set(images.indices), "Expected each of 0..<\(images.count) once: \(images).")
    self.images = images
  }

  /// The permutation that moves nothing.
  public static func identity(_ count: Int) -> Permutation {
    Permutation(Array(0..<count))
  }

  /// The permutation "first `other`, then this one".
  public func composed(with other: Permutation) -> Permutation {
    Permutation(other.images.map { images[$0] })
  }

  /// The permutation that undoes this one.
  public var inverse: Permutation {
    var result = images
    for (source, target) in images.enumerated() { result[target] = source }
    return Permutation(result)
  }

  /// All permutations of `count` things in lexicographic order, the identity first.
  ///
  /// - Complexity: O(*n*·*n*!).
  public static func all(of count: Int) -> [Permutation] {
    var prefixes: [[Int]] = [[]]
    for _ in 0..<count {
      prefixes = prefixes.flatMap { prefix in
        (0..<count).filter { !prefix.contains($0) }.map { prefix + [$0] }
      }
    }
    return prefixes.map(Permutation.init)
  }
}

extension Permutation: CustomStringConvertible {
  /// The images in a row: `021`, or `0-2-1-…` for more than ten things.
  public var description: String {
    images.map(String.init).joined(separator: images.count > 10 ? "-" : "")
  }
}
