// SPDX-License-Identifier: MIT

/// Matrices that act on the vectors along one axis: the coordinates of points, the components of
/// fields, or features under any representation.
package struct AxisMatrices: OperatorAction {
  package let transformations: TransformationSet

  /// The axis along which the vectors are.
  package let axis: ArrayAxis
  private let matrices: [ChannelMatrix]

  /// Creates the action of a group by one matrix for each element, row by row.
  ///
  /// - Throws: ``GroupLawViolation`` if products of elements do not act as products of matrices, up to
  ///   `tolerance` times the largest entry.
  package init(
    group: FiniteGroup, matrices: [[[Double]]], axis: ArrayAxis, tolerance: Double = 1e-9
  ) throws(GroupLawViolation) {
    precondition(
      matrices.count == group.order, "Expected \(group.order) matrices, but got \(matrices.count).")
    let largest = matrices.joined().joined().reduce(0) { max($0, abs($1)) }
    let matrices = matrices.map(ChannelMatrix.init(dense:))
    for g in group.elements {
      for h in group.elements
      where (matrices[g] * matrices[h]).distance(to: matrices[group.product(g, h)])
        > tolerance * largest
      {
        throw .notHomomorphic(g: g, h: h)
      }
    }
    self.init(TransformationSet(group), matrices, axis: axis)
  }

  /// Creates an action of matrices of one size, the first of which is the identity.
  init(_ transformations: TransformationSet, _ matrices: [ChannelMatrix], axis: ArrayAxis) {
    precondition(
      matrices.count == transformations.count && matrices.allSatisfy { $0.count > 0 },
      "Expected \(transformations.count) matrices, but got \(matrices.count).")
    self.transformations = transformations
    self.matrices = matrices
    self.axis = axis
  }

  package var gridAction: (any TransformationAction)? { nil }

  package func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    let name = transformations.name
    let (position, outer, inner) = try axis.place(in: shape, for: name)
    let dimension = matrices[0].count
    guard shape[position] == dimension else {
      throw .wrongAxis(
        group: name, shape: shape, length: shape[position], expected: "length \(dimension)")
    }
    return matrices.map { matrix in
      if matrix.isIdentity { return .identity(count: outer * dimension * inner) }
      return ArrayOperator(
        MixedAxis(matrix: matrix, outer: outer, inner: inner), count: outer * dimension * inner)
    }
  }
}

/// A matrix that mixes the entries along one axis of an array.
private struct MixedAxis: ArrayMap {
  let matrix: ChannelMatrix
  /// The numbers of scalars in the axes before and after it.
  let outer: Int
  let inner: Int

  var count: Int { outer * matrix.count * inner }

  var isIdentity: Bool { matrix.isIdentity }

  var hasNegativeWeights: Bool { !matrix.isNonnegative }

  func followed(byParts permutation: Permutation) -> any ArrayMap {
    MixedChannels(self, mixedBy: ChannelMatrix(permutation), count: count)
  }

  func apply(
    _ source: UnsafeBufferPointer<Float>, to result: UnsafeMutableBufferPointer<Float>
  ) {
    mix(source, into: result)
  }

  func apply(
    _ source: UnsafeBufferPointer<Double>, to result: UnsafeMutableBufferPointer<Double>
  ) {
    mix(source, into: result)
  }

  /// Sums are in double precision.
  private func mix<Scalar: BinaryFloatingPoint>(
    _ source: UnsafeBufferPointer<Scalar>, into result: UnsafeMutableBufferPointer<Scalar>
  ) {
    for block in 0..<outer {
      let start = block * matrix.count * inner
      for (row, entries) in matrix.rows.enumerated() {
        for i in 0..<inner {
          var sum = 0.0
          for entry in entries {
            sum += entry.weight * Double(source[start + entry.column * inner + i])
          }
          result[start + row * inner + i] = Scalar(sum)
        }
      }
    }
  }
}
