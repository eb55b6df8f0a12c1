// SPDX-License-Identifier: MIT

/// A permutation of the items 0, 1, …, *n* − 1.
///
/// Applied to an array, it moves the entry at position *i* to position `images[i]`.
public struct Permutation: Sendable, Hashable {
  /// The position to which each item moves.
  public let images: [Int]

  /// Creates a permutation from the images of 0, 1, …, *n* − 1, which holds each of these once.
  public init(_ images: [Int]) {
    precondition(
      Set(images) == Set(images.indices), "Expected each of 0..<\(images.count) once: \(images).")
    self.images = images
  }

  /// Returns the permutation that moves nothing.
  package static func identity(_ count: Int) -> Permutation {
    Permutation(Array(0..<count))
  }

  /// Returns the permutation "first `other`, then this one".
  package func composed(with other: Permutation) -> Permutation {
    Permutation(other.images.map { images[$0] })
  }

  /// The inverse permutation.
  package var inverse: Permutation {
    var result = images
    for (source, target) in images.enumerated() { result[target] = source }
    return Permutation(result)
  }

  /// Returns all permutations of `count` items in lexicographic order, the identity first.
  package static func all(of count: Int) -> [Permutation] {
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
  /// The images in sequence: `021`, or `0-2-1-…` for more than ten items.
  public var description: String {
    images.map(String.init).joined(separator: images.count > 10 ? "-" : "")
  }
}
