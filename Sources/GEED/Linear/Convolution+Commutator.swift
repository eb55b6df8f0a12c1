// SPDX-License-Identifier: MIT
// Group Equivariant Convolutional Networks, Cohen and Welling 2016,
// https://arxiv.org/abs/1602.07576

// Write the convolution as a kernel over offsets, y(p) = Σ K(o) x(s·p + o). A quarter turn or
// reflection g with matrix A turns W into the convolution with the kernel rotated about
// e = c_input − s·c_output, where c = (n − 1)/2 is the center of a grid of n pixels, so that
//
//     ‖W φ_X(g) − φ_Y(g) W‖² = Σ_o N(o) · ‖K(A⁻¹(o − e) + e) − K(o)‖²,
//
// where N(o) is the number of outputs p for which s·p + o lies on the input (article LinearMaps).

extension Convolution {
  /// Returns the norms of ‖W φ_X(g) − φ_Y(g) W‖ for symmetries of the pixel grid, from the kernel
  /// alone; `nil` for other transforms, and if axes with different strides are exchanged.
  ///
  /// They equal those of ``LinearMap/commutator(inputAction:outputAction:)``, and are exactly 0 if
  /// and only if the convolution is exactly equivariant on such a grid.
  package func commutator(
    under action: ImageAction, size: Size2D, outputSize: Size2D? = nil,
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
    // Twice e, which is a whole number.
    let center = Size2D(
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

  /// Returns ‖W‖² on the grid.
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

  /// Returns Σ N(o)·(K_g(o) − K(o))² over all offsets at which K_g or K is not 0. Those that only
  /// K_g reaches are counted at the positions of K whose images they are; N is the same at both.
  private func squaredChange(
    by transform: GridTransform, about center: Size2D, inputs: Permutation,
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

  /// Returns the offset at which a position of the kernel reads, from stride · output position.
  private func offset(_ row: Int, _ column: Int) -> Size2D {
    Size2D(
      rows: dilation.rows * row - padding.top,
      columns: dilation.columns * column - padding.left)
  }

  /// Returns the position of the kernel that reads at an offset, if there is one.
  private func place(at offset: Size2D) -> Size2D? {
    let (row, rowRest) = (offset.rows + padding.top).quotientAndRemainder(
      dividingBy: dilation.rows)
    let (column, columnRest) = (offset.columns + padding.left).quotientAndRemainder(
      dividingBy: dilation.columns)
    guard rowRest == 0, columnRest == 0, (0..<kernelSize.rows).contains(row),
      (0..<kernelSize.columns).contains(column)
    else { return nil }
    return Size2D(rows: row, columns: column)
  }
}

/// N(o): the number of outputs *p* for which the position stride · p + o lies on the input.
private struct PlaceCounts {
  let stride: Size2D
  let size: Size2D
  let output: Size2D

  init(_ convolution: Convolution, size: Size2D, output: Size2D) {
    stride = convolution.stride
    self.size = size
    self.output = output
  }

  subscript(offset: Size2D) -> Double {
    let rows = (0..<max(0, output.rows)).count {
      (0..<size.rows).contains(stride.rows * $0 + offset.rows)
    }
    let columns = (0..<max(0, output.columns)).count {
      (0..<size.columns).contains(stride.columns * $0 + offset.columns)
    }
    return Double(rows) * Double(columns)
  }
}

extension GridTransform {
  /// Whether the transform is a quarter turn, a reflection or both, about the center.
  package var isGridSymmetry: Bool {
    quarterTurns != nil && rowShift == 0 && columnShift == 0
  }

  /// Returns the preimage of a position, for a symmetry about a center other than the image's.
  func preimage(of place: Size2D, about doubledCenter: Size2D) -> Size2D {
    precondition(isGridSymmetry, "Expected a quarter turn or a reflection.")
    let origin = (
      2 * place.rows - doubledCenter.rows, 2 * place.columns - doubledCenter.columns
    )
    let turned = source(row: origin.0, column: origin.1, height: 1, width: 1)
    return Size2D(
      rows: (Int(turned.row) + doubledCenter.rows) / 2,
      columns: (Int(turned.column) + doubledCenter.columns) / 2)
  }

  /// Returns the image of a position.
  func image(of place: Size2D, about doubledCenter: Size2D) -> Size2D {
    // A reflection is its own inverse; the inverse of a rotation by quarter turns is its third
    // power.
    if reflects { return preimage(of: place, about: doubledCenter) }
    var result = place
    for _ in 0..<3 { result = preimage(of: result, about: doubledCenter) }
    return result
  }
}
