// SPDX-License-Identifier: MIT

import GEED

/// Random permutations of the entries along one axis: a sample of S*n*, which is too large to
/// enumerate for n ≥ 7.
///
/// The permutations are drawn once, independently and uniformly, and are used for all arrays.
package struct SampledAxisPermutations: OperatorAction {
  package let transformations: TransformationSet

  /// The permutation of the entries by each element; the first is the identity.
  package let permutations: [Permutation]

  /// The axis whose entries move, counted from 0 without the batch axis.
  package let axis: Int

  /// Creates an action of `count` random permutations of an axis of length `degree`.
  package init(_ count: Int, symmetric degree: Int, axis: Int, seed: UInt64) {
    precondition(
      degree >= 1 && axis >= 0, "Expected a positive degree and an axis: \(degree), \(axis).")
    var generator = SplitMix64(seed: seed, for: .elements)
    let drawn = (0..<count).map { _ in Permutation.random(degree, using: &generator) }
    self.permutations = [.identity(degree)] + drawn
    self.axis = axis
    self.transformations = TransformationSet(
      sample: "S\(degree):\(count):haar", elementNames: drawn.map(\.description),
      summary: "\(count) permutations, drawn uniformly from all of \(degree) things with seed "
        + "\(seed)")
  }

  package func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    try permutations.operators(on: shape, axis: axis, named: transformations.name)
  }
}

extension Permutation {
  /// Returns a uniformly random permutation of `count` items (Fisher-Yates).
  package static func random(_ count: Int, using generator: inout SplitMix64) -> Permutation {
    var images = Array(0..<count)
    for position in images.indices {
      images.swapAt(position, position + generator.next(below: count - position))
    }
    return Permutation(images)
  }
}
