// SPDX-License-Identifier: MIT

import GEED

extension LinearMap {
  /// Creates the matrix of a linear function from its values on the standard basis.
  package init(
    inputShape: [Int], outputShape: [Int], of function: ([Double]) throws -> [Double]
  ) rethrows {
    let inputCount = Tensor.count(of: inputShape)
    let outputCount = Tensor.count(of: outputShape)
    var entries = [Double](repeating: 0, count: inputCount * outputCount)
    var basisVector = [Double](repeating: 0, count: inputCount)
    for column in 0..<inputCount {
      basisVector[column] = 1
      let value = try function(basisVector)
      basisVector[column] = 0
      precondition(
        value.count == outputCount, "Expected \(outputCount) scalars, but got \(value.count).")
      for row in 0..<outputCount { entries[row * inputCount + column] = value[row] }
    }
    self.init(inputShape: inputShape, outputShape: outputShape, entries: entries)
  }

  /// The Frobenius norm: the square root of the sum of the squares of all entries.
  package var norm: Double {
    entries.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  package func callAsFunction(_ x: [Double]) -> [Double] {
    precondition(x.count == inputCount, "Expected \(inputCount) scalars, but got \(x.count).")
    return (0..<outputCount).map { row in
      var sum = 0.0
      for column in 0..<x.count { sum += entries[row * x.count + column] * x[column] }
      return sum
    }
  }

  /// Returns the map "first `other`, then this one".
  package func composed(with other: LinearMap) -> LinearMap {
    precondition(
      other.outputShape == inputShape,
      "Expected a map to \(inputShape), but got one to \(other.outputShape).")
    return LinearMap(inputShape: other.inputShape, outputShape: outputShape) { self(other($0)) }
  }

  /// Returns the mean over the group of φ_Y(g⁻¹) *W* φ_X(g): the equivariant map nearest to this
  /// one, if both actions are orthogonal.
  package func projected(
    inputAction: PreparedAction, outputAction: PreparedAction
  ) -> LinearMap {
    guard let group = inputAction.group, group == outputAction.group else {
      preconditionFailure("Expected actions of one finite group.")
    }
    return LinearMap(inputShape: inputShape, outputShape: outputShape) { x in
      var total = [Double](repeating: 0, count: outputCount)
      for g in group.elements {
        let moved = outputAction.operators[group.inverse(of: g)](self(inputAction.operators[g](x)))
        for i in moved.indices { total[i] += moved[i] }
      }
      return total.map { $0 / Double(group.order) }
    }
  }
}
