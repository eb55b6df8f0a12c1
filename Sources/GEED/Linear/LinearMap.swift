// SPDX-License-Identifier: MIT

/// A linear map between spaces of arrays, *W*: X → Y, given by its matrix.
///
/// A linear map is determined by its values on a basis, so its equivariance can be decided exactly,
/// without examples: *W* φ_X(g) = φ_Y(g) *W* for every *g* of a set of generators (§ 3.1 of the
/// paper). ``commutator(inputAction:outputAction:)`` measures the difference of the two sides.
package struct LinearMap: Sendable, Hashable {
  package let inputShape: [Int]
  package let outputShape: [Int]

  /// The matrix, row-major: one row for each scalar of the output.
  package let entries: [Double]

  package init(inputShape: [Int], outputShape: [Int], entries: [Double]) {
    let count = Tensor.count(of: inputShape) * Tensor.count(of: outputShape)
    precondition(
      entries.count == count,
      "Expected \(count) entries for \(inputShape) to \(outputShape), but got \(entries.count).")
    self.inputShape = inputShape
    self.outputShape = outputShape
    self.entries = entries
  }

  package var inputCount: Int { Tensor.count(of: inputShape) }

  package var outputCount: Int { Tensor.count(of: outputShape) }
}
