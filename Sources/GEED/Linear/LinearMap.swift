// SPDX-License-Identifier: MIT

/// A linear map between spaces of arrays, *W*: X → Y, given by its matrix.
///
/// A linear map is determined by its values on a basis, so its equivariance can be decided exactly,
/// without examples: *W* φ_X(g) = φ_Y(g) *W* for every *g* of a set of generators (§ 3.1 of the
/// paper). ``commutator(inputAction:outputAction:)`` measures the difference of the two sides.
package struct LinearMap: Sendable, Hashable {
  /// The shape of input arrays, without a batch axis.
  package let inputShape: [Int]

  /// The shape of output arrays.
  package let outputShape: [Int]

  /// The matrix, row-major: one row for each scalar of the output.
  package let entries: [Double]

  /// Creates a map from its matrix.
  ///
  /// - Precondition: There is one entry for each pair of an output and an input scalar.
  package init(inputShape: [Int], outputShape: [Int], entries: [Double]) {
    let count = Tensor.count(of: inputShape) * Tensor.count(of: outputShape)
    precondition(
      entries.count == count,
      "Expected \(count) entries for \(inputShape) to \(outputShape), but got \(entries.count).")
    self.inputShape = inputShape
    self.outputShape = outputShape
    self.entries = entries
  }

  /// Creates the matrix of a linear function from its values on the standard basis.
  ///
  /// - Precondition: `function` returns as many scalars as `outputShape` holds.
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

  /// The number of input scalars: the columns of the matrix.
  package var inputCount: Int { Tensor.count(of: inputShape) }

  /// The number of output scalars: the rows of the matrix.
  package var outputCount: Int { Tensor.count(of: outputShape) }

  /// The Frobenius norm: the square root of the sum of the squares of all entries.
  package var norm: Double {
    entries.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// Returns *Wx*.
  ///
  /// - Precondition: `x` holds ``inputCount`` scalars.
  /// - Complexity: O(``inputCount`` · ``outputCount``).
  package func callAsFunction(_ x: [Double]) -> [Double] {
    precondition(x.count == inputCount, "Expected \(inputCount) scalars, but got \(x.count).")
    return (0..<outputCount).map { row in
      var sum = 0.0
      for column in 0..<x.count { sum += entries[row * x.count + column] * x[column] }
      return sum
    }
  }

  /// Returns the map "first `other`, then this one".
  ///
  /// - Precondition: The inputs of this map have the shape of the outputs of `other`.
  package func composed(with other: LinearMap) -> LinearMap {
    precondition(
      other.outputShape == inputShape,
      "Expected a map to \(inputShape), but got one to \(other.outputShape).")
    return LinearMap(inputShape: other.inputShape, outputShape: outputShape) { self(other($0)) }
  }
}
