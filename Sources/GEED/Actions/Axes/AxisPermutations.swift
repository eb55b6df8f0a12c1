// SPDX-License-Identifier: MIT

/// Permutations of the entries along one axis: the points of a set, the steps of a sequence, the
/// samples of a signal.
///
/// The permutations are exact. A set of permutations of one length is not defined on axes of another
/// length; circular shifts by fractions of the length, and the reversal, are defined on many.
package struct AxisPermutations: OperatorAction {
  /// The permutations of an axis of each length.
  private enum Rule: Sendable, Hashable {
    /// One permutation for each transformation, of one length.
    case listed([Permutation])
    /// Circular shifts by multiples of the length divided by the number of shifts.
    case shifts
    /// The identity and the reversal.
    case reversal
  }

  package let transformations: TransformationSet

  /// The axis whose entries move.
  package let axis: ArrayAxis
  private let rule: Rule

  /// Creates the action of a group by one permutation for each element: entry *i* moves to position
  /// `permutations[g].images[i]`.
  ///
  /// - Throws: ``GroupLawViolation`` if products of elements do not act as products of permutations.
  package init(
    group: FiniteGroup, permutations: [Permutation], axis: ArrayAxis
  ) throws(GroupLawViolation) {
    precondition(
      permutations.count == group.order,
      "Expected \(group.order) permutations, but got \(permutations.count).")
    for g in group.elements {
      for h in group.elements
      where permutations[group.product(g, h)] != permutations[g].composed(with: permutations[h]) {
        throw .notHomomorphic(g: g, h: h)
      }
    }
    self.init(TransformationSet(group), axis: axis, .listed(permutations))
  }

  private init(_ transformations: TransformationSet, axis: ArrayAxis, _ rule: Rule) {
    self.transformations = transformations
    self.axis = axis
    self.rule = rule
  }

  /// Returns the action of S*n*, all permutations of an axis of length *n*, at most 6.
  package static func symmetric(_ degree: Int, axis: ArrayAxis) -> AxisPermutations {
    AxisPermutations(
      TransformationSet(FiniteGroup.symmetric(degree).named("S\(degree)@\(axis)")), axis: axis,
      .listed(Permutation.all(of: degree)))
  }

  /// Returns random permutations of an axis of length `degree`, a sample of S*n*, which has too many
  /// elements to measure all for *n* ≥ 7.
  ///
  /// They are drawn once, independently and uniformly, and are used for all arrays.
  package static func sample(
    _ count: Int, ofSymmetric degree: Int, axis: ArrayAxis, seed: UInt64
  ) -> AxisPermutations {
    precondition(degree >= 1, "Expected a positive degree, but got \(degree).")
    var generator = SplitMix64(seed: seed, for: .elements)
    let drawn = (0..<count).map { _ in Permutation.random(degree, using: &generator) }
    let set = TransformationSet(
      sample: "S\(degree)@\(axis):\(count)", elementNames: drawn.map(\.description),
      summary: "\(count) permutations, drawn uniformly from all of \(degree) entries with seed "
        + "\(seed)")
    return AxisPermutations(set, axis: axis, .listed([.identity(degree)] + drawn))
  }

  /// Returns circular shifts by multiples of the length divided by `count`, towards higher positions.
  package static func shifts(_ count: Int, axis: ArrayAxis) -> AxisPermutations {
    let group = FiniteGroup.cyclic(count).named("shift:\(count)@\(axis)")
    return AxisPermutations(TransformationSet(group), axis: axis, .shifts)
  }

  /// Returns the group of order 2 that reverses the axis.
  package static func reversal(axis: ArrayAxis) -> AxisPermutations {
    let group = FiniteGroup(
      name: "reverse@\(axis)", elementNames: ["e", "reversed"], knownProduct: { ($0 + $1) % 2 })
    return AxisPermutations(TransformationSet(group), axis: axis, .reversal)
  }

  package var gridAction: (any TransformationAction)? { nil }

  package func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    let name = transformations.name
    let (position, outer, inner) = try axis.place(in: shape, for: name)
    let length = shape[position]
    let permutations = try permutations(ofLength: length) { (expected) throws(ActionError) in
      throw .wrongAxis(group: name, shape: shape, length: length, expected: expected)
    }
    return permutations.map { permutation in
      let sources = permutation.inverse.images
      return ArrayOperator(
        count: outer * length * inner, blockSize: inner, map: .identity,
        blockSources: (0..<outer).flatMap { row in sources.map { row * length + $0 } })
    }
  }

  /// Returns the permutation by each transformation of an axis of so many entries.
  private func permutations(
    ofLength length: Int, otherwise fail: (_ expected: String) throws(ActionError) -> Never
  ) throws(ActionError) -> [Permutation] {
    switch rule {
    case .listed(let permutations):
      let degree = permutations[0].images.count
      guard degree == length else { try fail("length \(degree)") }
      return permutations
    case .shifts:
      let count = transformations.count
      guard length > 0, length.isMultiple(of: count) else {
        try fail("a length that is a multiple of \(count)")
      }
      return transformations.indices.map { step in
        Permutation((0..<length).map { ($0 + step * (length / count)) % length })
      }
    case .reversal:
      guard length > 0 else { try fail("a positive length") }
      return [.identity(length), Permutation((0..<length).reversed())]
    }
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
