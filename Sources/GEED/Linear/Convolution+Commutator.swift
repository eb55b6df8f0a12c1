// SPDX-License-Identifier: MIT
// Group Equivariant Convolutional Networks, Cohen and Welling 2016,
// https://arxiv.org/abs/1602.07576

// Why the kernel is enough
//
// Write the convolution as a kernel over offsets: y(p) = Σ K(o) x(s·p + o), with K(d·r − padding) =
// w(r) and 0 elsewhere. A quarter turn or reflection g moves the pixels of a grid of n pixels about
// its center c = (n − 1)/2: g(q) = A(q − c) + c. Moving input and output by g turns W into
// φ_Y(g) W φ_X(g)⁻¹, whose entry at (p, q) is
//
//     K(g⁻¹q − s·g⁻¹p) = K(A⁻¹(o − e) + e)   with o = q − s·p and e = c_input − s·c_output,
//
// that is, the convolution with the kernel turned about e. Both actions are orthogonal, so
//
//     ‖W φ_X(g) − φ_Y(g) W‖² = Σ_o N(o) · ‖K(A⁻¹(o − e) + e) − K(o)‖²,
//
// where N(o) counts the outputs p for which s·p + o lies on the input. This holds for every stride,
// padding, dilation and size, at the border too. Where e is the center of the kernel, the
// convolution is equivariant if and only if each slice of the kernel is turned into itself; where it
// is not, no kernel that is seen whole is.

extension Convolution {
  /// Compares *W* φ_X(g) with φ_Y(g) *W* for symmetries of the pixel grid, from the kernel alone.
  ///
  /// The result is the relative Frobenius norm of the whole matrix on a grid of the given size, the
  /// same as ``LinearMap/commutator(inputAction:outputAction:)`` finds on the basis, at the cost of
  /// the kernel. It is exactly 0 if and only if the convolution is exactly equivariant on such a
  /// grid: symmetric padding and stride 1 leave that to the kernel; with a larger stride the outputs
  /// must also lie symmetrically on the input, such as stride 2 with a 3 × 3 kernel and padding 1 on
  /// a grid of odd size.
  ///
  /// - Parameters:
  ///   - action: Quarter turns and reflections.
  ///   - size: The size of the input grid.
  ///   - outputSize: The size of the output grid, where it is another than ``outputSize(for:)``.
  ///   - inputFields: How the group permutes the input's channels.
  ///   - outputFields: How the group permutes the output's channels.
  /// - Returns: The norms, or `nil` if `action` holds anything but quarter turns and reflections, or
  ///   swaps axes along which the strides differ.
  /// - Throws: ``ActionError`` if the group cannot act on such grids or channels.
  /// - Complexity: O(|G|·K·C·R·S).
  public func commutator(
    under action: ImageAction, size: GridSteps, outputSize: GridSteps? = nil,
    inputFields: ChannelFields = ChannelFields(.trivial),
    outputFields: ChannelFields = ChannelFields(.trivial)
  ) throws(ActionError) -> CommutatorNorm? {
    let swapsAxes = action.transforms.contains(where: \.swapsAxes)
    guard action.transforms.allSatisfy(\.isGridSymmetry),
      !swapsAxes || stride.rows == stride.columns
    else { return nil }
    let output = outputSize ?? self.outputSize(for: size)
    for grid in [size, output] where swapsAxes && grid.rows != grid.columns {
      throw .notSquare(group: action.group.name, shape: [grid.rows, grid.columns])
    }
    let inputs = try channelPermutations(inputFields, of: inputChannelCount, action.group)
    let outputs = try channelPermutations(outputFields, of: outputChannelCount, action.group)
    let counts = PlaceCounts(self, size: size, output: output)
    // Twice e, so that it is a whole number.
    let center = GridSteps(
      rows: size.rows - 1 - stride.rows * (output.rows - 1),
      columns: size.columns - 1 - stride.columns * (output.columns - 1))
    let squares = action.group.elements.map { g in
      squaredChange(
        by: action.transforms[g], about: center, inputs: inputs[g], outputs: outputs[g],
        counts: counts)
    }
    return CommutatorNorm(
      group: action.group, squares: squares, squaredNorm: squaredNorm(counts))
  }

  private func channelPermutations(
    _ fields: ChannelFields, of count: Int, _ group: FiniteGroup
  ) throws(ActionError) -> [Permutation] {
    guard let permutations = fields.permutations(of: group, channelCount: count) else {
      throw .wrongLength(
        group: group.name, shape: [count], axis: 0, expected: fields.expectation(for: group))
    }
    return permutations
  }

  /// ‖W‖² on the grid.
  private func squaredNorm(_ counts: PlaceCounts) -> Double {
    var total = 0.0
    forEachPlace { row, column in
      let count = counts[offset(row, column)]
      forEachSlice { k, c in
        let w = weight(output: k, input: c, row: row, column: column)
        total += count * w * w
      }
    }
    return total
  }

  /// Σ N(o)·(K_g(o) − K(o))² over all offsets where one of the two is not 0.
  ///
  /// Offsets that only the turned kernel K_g reaches are those that g brings from places of K whose
  /// own turned place is empty; N is the same at both.
  private func squaredChange(
    by transform: GridTransform, about center: GridSteps, inputs: Permutation,
    outputs: Permutation, counts: PlaceCounts
  ) -> Double {
    let (inputSources, outputSources) = (inputs.inverse.images, outputs.inverse.images)
    var total = 0.0
    forEachPlace { row, column in
      let offset = offset(row, column)
      let count = counts[offset]
      guard count > 0 else { return }
      let before = place(at: transform.preimage(of: offset, about: center))
      let after = place(at: transform.image(of: offset, about: center))
      forEachSlice { k, c in
        let w = weight(output: k, input: c, row: row, column: column)
        var turned = 0.0
        if let before {
          turned = weight(
            output: outputSources[k], input: inputSources[c], row: before.rows,
            column: before.columns)
        }
        total += count * (turned - w) * (turned - w)
        if after == nil { total += count * w * w }
      }
    }
    return total
  }

  private func forEachSlice(_ body: (_ k: Int, _ c: Int) -> Void) {
    for k in 0..<outputChannelCount {
      for c in 0..<inputChannelCount { body(k, c) }
    }
  }

  private func forEachPlace(_ body: (_ row: Int, _ column: Int) -> Void) {
    for row in 0..<kernelSize.rows {
      for column in 0..<kernelSize.columns { body(row, column) }
    }
  }

  /// Where a place of the kernel reads, seen from the output's place times the stride.
  private func offset(_ row: Int, _ column: Int) -> GridSteps {
    GridSteps(
      rows: dilation.rows * row - padding.top,
      columns: dilation.columns * column - padding.left)
  }

  /// The place of the kernel that reads at an offset, if there is one.
  private func place(at offset: GridSteps) -> GridSteps? {
    let (row, rowRest) = (offset.rows + padding.top).quotientAndRemainder(
      dividingBy: dilation.rows)
    let (column, columnRest) = (offset.columns + padding.left).quotientAndRemainder(
      dividingBy: dilation.columns)
    guard rowRest == 0, columnRest == 0, (0..<kernelSize.rows).contains(row),
      (0..<kernelSize.columns).contains(column)
    else { return nil }
    return GridSteps(rows: row, columns: column)
  }
}

/// N(o): for how many outputs *p* the place stride · p + o lies on the input.
private struct PlaceCounts {
  let stride: GridSteps
  let size: GridSteps
  let output: GridSteps

  init(_ convolution: Convolution, size: GridSteps, output: GridSteps) {
    stride = convolution.stride
    self.size = size
    self.output = output
  }

  subscript(offset: GridSteps) -> Double {
    let rows = (0..<max(0, output.rows)).count {
      (0..<size.rows).contains(stride.rows * $0 + offset.rows)
    }
    let columns = (0..<max(0, output.columns)).count {
      (0..<size.columns).contains(stride.columns * $0 + offset.columns)
    }
    return Double(rows) * Double(columns)
  }
}
