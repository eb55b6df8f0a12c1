// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDModels
import GEEDTorch

extension SteerableConvolution {
  /// Sets the coefficients to those of a filter `[C_out, C_in, size, size]`, such as one that escnn has
  /// expanded, and returns the residual, relative to the norm of the filter.
  ///
  /// - Throws: ``SteerabilityError`` if the residual is greater than `tolerance`; then nothing is
  ///   changed.
  @discardableResult
  package func fit(filter: Tensor, tolerance: Double = 1e-4) throws -> Double {
    let shape = [output.channelCount, input.channelCount, size, size]
    precondition(
      filter.shape == shape, "Expected a filter \(shape), but got shape \(filter.shape).")
    let (fitted, residual) = basis.fit(
      filter.scalars.map(Double.init), outputFields: output.count, inputFields: input.count)
    guard residual <= tolerance else {
      throw SteerabilityError(residual: residual, tolerance: tolerance)
    }
    try coefficients.assign(TorchTensor(fitted, shape: coefficients.shape))
    return residual
  }
}

extension SteerableKernelBasis {
  /// Returns the coefficients whose kernels are nearest to a filter.
  ///
  /// - Parameters:
  ///   - filter: `[F_out * output.fieldSize, F_in * input.fieldSize, size, size]`, row-major, for
  ///     any numbers of fields.
  ///   - outputFields: The number of fields of the output, F_out.
  ///   - inputFields: The number of fields of the input, F_in.
  /// - Returns: `coefficients` of shape `[F_out, F_in, dimension]`, and the `residual`: the norm of
  ///   the difference, divided by the norm of the filter; 0 for a filter that is 0.
  /// - Complexity: O(*n*·*f*) for a filter of *n* numbers and *f* functions of the rings.
  package func fit(
    _ filter: [Double], outputFields: Int, inputFields: Int
  ) -> (coefficients: [Double], residual: Double) {
    let pixelCount = harmonics.size * harmonics.size
    let inputCount = inputFields * input.fieldSize
    let expected = outputFields * output.fieldSize * inputCount * pixelCount
    precondition(filter.count == expected, "Expected \(expected) numbers, but got \(filter.count).")
    let orbits = orbitProjections()
    var coefficients: [Double] = []
    var leftOver = 0.0
    for outputField in 0..<outputFields {
      for inputField in 0..<inputFields {
        for orbit in orbits {
          let numbers = orbit.pairs.flatMap { pair in
            let row = outputField * output.fieldSize + pair.output
            let column = inputField * input.fieldSize + pair.input
            let start = (row * inputCount + column) * pixelCount
            return filter[start..<start + pixelCount]
          }
          let (solution, square) = orbit.project(numbers)
          coefficients += solution
          leftOver += square
        }
      }
    }
    let total = filter.reduce(0) { $0 + $1 * $1 }
    return (coefficients, total > 0 ? (leftOver / total).squareRoot() : 0)
  }

  /// The basis elements on each orbit of pairs of channels, in the order of ``elements``.
  private func orbitProjections() -> [OrbitProjection] {
    let functions = harmonics.samples()
    var projections: [OrbitProjection] = []
    var start = 0
    while start < elements.count {
      let pairs = elements[start].pairs
      let end = elements[start...].firstIndex { $0.pairs != pairs } ?? elements.count
      projections.append(
        OrbitProjection(
          pairs: pairs,
          rows: elements[start..<end].map { element in
            element.entries.flatMap { $0.values(element.band, of: functions) }
          }))
      start = end
    }
    return projections
  }
}

extension SteerableKernelBasis.Element {
  fileprivate var pairs: [SteerableKernelBasis.Pair] { entries.map(\.pair) }
}

/// An error for a filter that is not a steerable kernel.
package struct SteerabilityError: Error, Hashable, CustomStringConvertible {
  /// The norm of the part of the filter outside the basis, divided by the norm of the filter.
  package let residual: Double
  /// The largest accepted residual.
  package let tolerance: Double

  package var description: String {
    "The filter is not in the span of the steerable basis: \(residual) of its norm is left over, "
      + "where \(tolerance) was allowed. Group, fields, kernel size and the order of the channels must "
      + "be the layer's."
  }
}

/// The pairs of channels of an orbit, and the values of the basis elements there.
private struct OrbitProjection {
  let pairs: [SteerableKernelBasis.Pair]
  private let rows: [[Double]]
  /// The lower triangle L of L·Lᵀ, the matrix of the scalar products of rows.
  private var lower: [[Double]] = []

  /// Prepares the normal equations. A row that depends linearly on those before it gets the
  /// coefficient 0.
  init(pairs: [SteerableKernelBasis.Pair], rows: [[Double]]) {
    self.pairs = pairs
    self.rows = rows
    for (i, row) in rows.enumerated() {
      var line: [Double] = []
      for j in 0...i {
        let product = dot(row, rows[j])
        let rest = product - (0..<j).reduce(0) { $0 + line[$1] * (j == i ? line : lower[j])[$1] }
        if j < i {
          line.append(quotient(rest, lower[j][j]))
        } else {
          line.append(rest > 1e-10 * product ? rest.squareRoot() : 0)
        }
      }
      lower.append(line)
    }
  }

  /// The coefficients of the combination of rows nearest to `numbers`, and the squared norm of the
  /// rest.
  func project(_ numbers: [Double]) -> (coefficients: [Double], square: Double) {
    var x = rows.map { dot($0, numbers) }
    for i in rows.indices {
      let known = (0..<i).reduce(0) { $0 + lower[i][$1] * x[$1] }
      x[i] = quotient(x[i] - known, lower[i][i])
    }
    for i in rows.indices.reversed() {
      let known = (i + 1..<rows.count).reduce(0) { $0 + lower[$1][i] * x[$1] }
      x[i] = quotient(x[i] - known, lower[i][i])
    }
    var rest = numbers
    for (row, coefficient) in zip(rows, x) {
      for index in rest.indices { rest[index] -= coefficient * row[index] }
    }
    return (x, dot(rest, rest))
  }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
}

/// Returns a / b, or 0 if b is 0.
private func quotient(_ a: Double, _ b: Double) -> Double { b == 0 ? 0 : a / b }
#endif
