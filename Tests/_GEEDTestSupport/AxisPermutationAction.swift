// SPDX-License-Identifier: MIT

import GEED

/// A group that permutes the entries along one axis: the points of a set, the channels of a layer,
/// the steps of a sequence.
///
/// Entry *i* moves to position `permutations[g].images[i]`.
package struct AxisPermutationAction: GroupAction, OperatorAction {
  package let group: FiniteGroup
  package let permutations: [Permutation]

  /// The axis whose entries move, counted from 0 without the batch axis.
  package let axis: Int

  package init(
    group: FiniteGroup, permutations: [Permutation], axis: Int
  ) throws(GroupLawViolation) {
    precondition(
      permutations.count == group.order && axis >= 0,
      "Expected \(group.order) permutations, but got \(permutations.count).")
    for g in group.elements {
      for h in group.elements
      where permutations[group.product(g, h)] != permutations[g].composed(with: permutations[h]) {
        throw .notHomomorphic(g: g, h: h)
      }
    }
    self.group = group
    self.permutations = permutations
    self.axis = axis
  }

  /// Creates the action of all permutations of an axis of length `degree`, the natural action of
  /// S*n*.
  package init(symmetric degree: Int, axis: Int) {
    self.group = .symmetric(degree)
    self.permutations = Permutation.all(of: degree)
    self.axis = axis
  }

  package func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    try permutations.operators(on: shape, axis: axis, named: group.name)
  }
}

extension [Permutation] {
  /// Returns the maps that move the entries along one axis of arrays of `shape`, one for each
  /// permutation.
  func operators(
    on shape: [Int], axis: Int, named name: String
  ) throws(ActionError) -> [ArrayOperator] {
    let degree = first?.images.count ?? 0
    guard shape.indices.contains(axis) else {
      throw .missingAxes(
        group: name, shape: shape, expected: "at least \(axis + 1) axes")
    }
    guard shape[axis] == degree else {
      throw .wrongLength(
        group: name, shape: shape, axis: axis, expected: "length \(degree)")
    }
    let outer = Tensor.count(of: [Int](shape[..<axis]))
    let inner = Tensor.count(of: [Int](shape[(axis + 1)...]))
    return map { permutation in
      let sources = permutation.inverse.images
      return ArrayOperator(
        count: Tensor.count(of: shape), blockSize: inner, map: .identity,
        blockSources: (0..<outer).flatMap { row in sources.map { row * degree + $0 } })
    }
  }
}
