// SPDX-License-Identifier: MIT

import GEED

/// A group acting on vectors by matrices: φ(g, x) = ρ(g)·x along the last axis.
///
/// - Shape: `[..., d]` for *d* × *d* matrices; all leading axes are transformed alike.
package struct LinearRepresentation: GroupAction {
  package let group: FiniteGroup

  /// The length of the vectors, *d*.
  package let dimension: Int

  private let matrices: [[Double]]

  /// Creates a representation and checks that ρ(gh) = ρ(g)·ρ(h).
  package init(
    group: FiniteGroup, matrices: [[Double]], tolerance: Double = 1e-9
  ) throws(GroupLawViolation) {
    let dimension = Int(Double(matrices.first?.count ?? 0).squareRoot().rounded())
    precondition(
      matrices.count == group.order && dimension > 0
        && matrices.allSatisfy { $0.count == dimension * dimension },
      "Expected \(group.order) square matrices of one size.")
    let largest = matrices.joined().reduce(0) { max($0, abs($1)) }
    for g in group.elements {
      for h in group.elements {
        let product = multiply(matrices[g], matrices[h], dimension)
        let expected = matrices[group.product(g, h)]
        guard zip(product, expected).allSatisfy({ abs($0 - $1) <= tolerance * largest }) else {
          throw .notHomomorphic(g: g, h: h)
        }
      }
    }
    self.group = group
    self.dimension = dimension
    self.matrices = matrices
  }

  package func requireDefined(on shape: [Int]) throws(ActionError) {
    guard let length = shape.last else {
      throw .missingAxes(group: group.name, shape: shape, expected: "[..., \(dimension)]")
    }
    guard length == dimension else {
      throw .wrongLength(
        group: group.name, shape: shape, axis: shape.count - 1, expected: "length \(dimension)")
    }
  }

  package func apply(_ g: FiniteGroup.Element, to x: [Double], shape: [Int]) -> [Double] {
    x.indices.map { i in
      let (vector, row) = (i / dimension * dimension, i % dimension)
      return (0..<dimension).reduce(0) {
        $0 + matrices[g][row * dimension + $1] * x[vector + $1]
      }
    }
  }
}

private func multiply(_ a: [Double], _ b: [Double], _ n: Int) -> [Double] {
  (0..<n * n).map { entry in
    (0..<n).reduce(0) { $0 + a[entry / n * n + $1] * b[$1 * n + entry % n] }
  }
}
