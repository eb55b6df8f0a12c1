// SPDX-License-Identifier: MIT

import GEED

// An operator that reads each output from a window of the input, or from one position of it, is
// equivariant if a convolution with ones on that window is.

extension SymmetryTracker {
  /// Returns the effect of a pooling.
  func pooling(_ node: ProtoNode, name: String, _ layout: Layout) -> Effect {
    guard let window = node.integers("kernel_shape"), window.count == 2 else {
      return .unknown("it has no window of two axes", layout)
    }
    guard layout == .grid([2, 3]), let size = gridSize(of: node.input[0]) else {
      return .unknown("the size of its grid is not known", layout)
    }
    let output = gridSize(of: name)
    let ones = Tensor(repeating: 1, shape: [1, 1] + window)
    guard let convolution = Convolution(node, kernel: ones, size: size, outputSize: output) else {
      return .unknown("its window does not belong to two axes", layout)
    }
    return effect(of: convolution, size, output, layout)
  }

  /// Returns the effect of padding, which adds or removes lines and channels.
  func padding(_ node: ProtoNode, name: String, _ layout: Layout) -> Effect {
    let pads = node.integers("pads", orInput: 1, constants.integers)
    guard let pads, pads.count == 8, pads[0] == 0, pads[4] == 0, layout == .grid([2, 3]),
      node.input.count < 4, let size = gridSize(of: node.input[0])
    else { return .unknown("by how much it pads is not known", layout) }
    let convolution = Convolution(
      kernel: Tensor(repeating: 1, shape: [1, 1, 1, 1]),
      padding: GridPadding(top: pads[2], left: pads[3], bottom: pads[6], right: pads[7]))
    return effect(of: convolution, size, gridSize(of: name), layout)
  }

  /// Returns the effect of slicing with steps, in which each output reads one position.
  func slicing(_ node: ProtoNode, name: String, _ layout: Layout) -> Effect {
    guard layout == .grid([2, 3]), let size = gridSize(of: node.input[0]),
      let output = gridSize(of: name), let (starts, named, steps) = node.slice(constants.integers)
    else { return .unknown("what it takes is not known", layout) }
    let axes = named.map { $0.axisIndex(ofRank: 4) }
    guard !axes.contains(0), steps.allSatisfy({ $0 > 0 }) else {
      return .unknown("what it takes is not known", layout)
    }
    var stride = Size2D(1)
    var first = Size2D(0)
    for (position, axis) in axes.enumerated() where axis >= 2 {
      let length = axis == 2 ? size.rows : size.columns
      let start = min(max(starts[position].axisIndex(ofRank: length), 0), length)
      if axis == 2 {
        (stride.rows, first.rows) = (steps[position], start)
      } else {
        (stride.columns, first.columns) = (steps[position], start)
      }
    }
    let convolution = Convolution(
      kernel: Tensor(repeating: 1, shape: [1, 1, 1, 1]), stride: stride,
      padding: GridPadding(top: -first.rows, left: -first.columns, bottom: 0, right: 0))
    return effect(of: convolution, size, output, layout)
  }

  private func effect(
    of convolution: Convolution, _ size: Size2D, _ output: Size2D?, _ layout: Layout
  ) -> Effect {
    do {
      guard
        let norm = try convolution.commutator(under: action, size: size, outputSize: output)
      else { return .unknown("\(action.group.name) is no symmetry of the grid", layout) }
      return norm.isExact ? .keeps(layout) : .breaks(layout)
    } catch {
      // A grid that the group cannot act on.
      return .breaks(.lost)
    }
  }
}
