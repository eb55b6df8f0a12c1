// SPDX-License-Identifier: MIT

/// A group acting on vectors by matrices: φ(g, x) = ρ(g)·x along the last axis.
///
/// - Shape: `[..., d]` for *d* × *d* matrices; all leading axes are transformed alike.
package struct LinearRepresentation: GroupAction, OperatorAction {
  package let group: FiniteGroup

  /// The length of the vectors, *d*.
  package let dimension: Int

  private let matrices: [[Double]]

  /// Creates a representation and checks that ρ(gh) = ρ(g)·ρ(h).
  ///
  /// - Parameters:
  ///   - group: The group that acts.
  ///   - matrices: One *d* × *d* matrix for each element in order, row-major; that of the identity
  ///     must be the identity matrix.
  ///   - tolerance: The largest difference allowed between an entry of ρ(g)·ρ(h) and that of ρ(gh),
  ///     relative to the largest entry.
  /// - Throws: ``GroupLawViolation/notHomomorphic(g:h:)`` if ρ(gh) differs from ρ(g)·ρ(h).
  /// - Complexity: O(|G|²·*d*³).
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

  package func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    guard let length = shape.last else {
      throw .missingAxes(group: group.name, shape: shape, expected: "[..., \(dimension)]")
    }
    guard length == dimension else {
      throw .wrongLength(
        group: group.name, shape: shape, axis: shape.count - 1, expected: "length \(dimension)")
    }
    return matrices.map {
      ArrayOperator(count: Tensor.count(of: shape), blockSize: dimension, map: .matrix($0))
    }
  }
}

private func multiply(_ a: [Double], _ b: [Double], _ n: Int) -> [Double] {
  (0..<n * n).map { entry in
    (0..<n).reduce(0) { $0 + a[entry / n * n + $1] * b[$1 * n + entry % n] }
  }
}
