// SPDX-License-Identifier: MIT

extension LinearMap {
  /// Compares *W* φ_X(g) with φ_Y(g) *W* on the whole basis, for every element.
  package func commutator(
    inputAction: PreparedAction, outputAction: PreparedAction
  ) -> CommutatorNorm {
    let group = commonGroup(inputAction, outputAction)
    let columns = columns
    let squares = group.elements.map { g in
      if inputAction.operators[g].isIdentity, outputAction.operators[g].isIdentity { return 0.0 }
      let turned = multiply(columns, by: inputAction.operators[g])
      let moved = apply(outputAction.operators[g], to: columns)
      return zip(turned, moved).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    return CommutatorNorm(
      group: group, squares: squares,
      squaredNorm: entries.reduce(0) { $0 + $1 * $1 })
  }

  private func commonGroup(
    _ inputAction: PreparedAction, _ outputAction: PreparedAction
  ) -> FiniteGroup {
    guard let group = inputAction.group, group == outputAction.group else {
      preconditionFailure(
        "Expected actions of one finite group, but got \(inputAction.transformations.name) and "
          + "\(outputAction.transformations.name).")
    }
    precondition(
      inputAction.shape == inputShape && outputAction.shape == outputShape,
      "Expected actions on \(inputShape) and \(outputShape), but got \(inputAction.shape) and "
        + "\(outputAction.shape).")
    return group
  }

  /// The matrix in column-major order: the image of each basis vector.
  private var columns: [Double] {
    let (rows, width) = (outputCount, inputCount)
    return (0..<entries.count).map { entries[$0 % rows * width + $0 / rows] }
  }

  /// Returns the columns of W·φ.
  private func multiply(_ columns: [Double], by operation: ArrayOperator) -> [Double] {
    let rows = outputCount
    var result = [Double](repeating: 0, count: columns.count)
    for (j, taps) in operation.map.columns.enumerated() {
      if taps.count == 1, taps[0].weight == 1 {
        for i in 0..<rows { result[j * rows + i] = columns[taps[0].row * rows + i] }
        continue
      }
      for (row, weight) in taps {
        for i in 0..<rows { result[j * rows + i] += weight * columns[row * rows + i] }
      }
    }
    return result
  }

  /// Returns the columns of φ·W.
  private func apply(_ operation: ArrayOperator, to columns: [Double]) -> [Double] {
    let rows = outputCount
    return [Double](unsafeUninitializedCapacity: columns.count) { result, count in
      count = columns.count
      columns.withUnsafeBufferPointer { source in
        for start in stride(from: 0, to: columns.count, by: rows) {
          operation.map.apply(
            UnsafeBufferPointer(rebasing: source[start..<start + rows]),
            to: UnsafeMutableBufferPointer(rebasing: result[start..<start + rows]))
        }
      }
    }
  }
}

/// The deviation of a linear map from equivariance: ‖W φ_X(g) − φ_Y(g) W‖ / ‖W‖ for each element
/// *g*, in the Frobenius norm.
///
/// 0 means that the map is exactly equivariant on every input, not only on those that were tried.
/// If both actions permute scalars, the norm is 0 only if all entries agree to the bit. For two
/// unrelated maps it is √2, and 2 is the maximum for orthogonal actions.
package struct CommutatorNorm: Sendable, Hashable, Codable {
  package let group: String
  package let elements: [String]

  /// The relative norm for each element, in order; 0 for all if the map itself is 0.
  package let perElement: [Double]

  init(group: FiniteGroup, squares: [Double], squaredNorm: Double) {
    self.group = group.name
    elements = group.elementNames
    perElement = squares.map { $0 == 0 ? 0 : ($0 / squaredNorm).squareRoot() }
  }

  /// The largest norm over all elements.
  package var largest: Double { perElement.max() ?? 0 }

  /// The first element with the largest norm, or `nil` if the map is equivariant.
  package var worstElement: String? {
    let largest = largest
    guard largest > 0 else { return nil }
    return perElement.firstIndex(of: largest).map { elements[$0] }
  }

  /// Whether the norm is exactly 0 for all elements, without rounding.
  package var isExact: Bool { largest == 0 }
}
