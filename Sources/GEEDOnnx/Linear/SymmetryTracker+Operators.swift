// SPDX-License-Identifier: MIT

import GEED

extension SymmetryTracker {
  /// What an operator does to the symmetry of its inputs, if these have it.
  func effect(of node: ProtoNode, name: String) -> Effect {
    // The first input that the group moves says where the grid is.
    let source = node.input.first { input in
      switch layout(of: input) {
      case .grid, .flat: true
      default: false
      }
    }
    guard let source, let layout = layout(of: source) else {
      let isLost = node.dependencies.contains { self.layout(of: $0) == .lost }
      return isLost ? .unknown("where its input keeps the grid is not known") : .keeps(.none)
    }
    switch node.opType {
    case let operation where Self.pointwise.contains(operation): return .keeps(layout)
    case let operation where Self.combining.contains(operation): return combining(node, layout)
    case "Conv", "Gemm", "MatMul", "ConvTranspose": return linear(node, name: name, layout)
    case "MaxPool", "AveragePool", "LpPool": return pooling(node, name: name, layout)
    case "Pad": return padding(node, name: name, layout)
    case "BatchNormalization", "InstanceNormalization", "GroupNormalization", "LRN":
      return layout == .grid([2, 3])
        ? .keeps(layout) : .unknown("it does not normalize channels of a grid")
    case "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool":
      return layout == .grid([2, 3])
        ? .makesInvariant : .unknown("it does not pool over the grid")
    case let operation where operation.hasPrefix("Reduce"): return reduction(node, layout)
    case "Softmax", "LogSoftmax", "Hardmax", "LayerNormalization", "Concat", "Split",
      "QuantizeLinear", "DequantizeLinear":
      return alongAxis(node, layout)
    case "Flatten", "Reshape", "Squeeze", "Unsqueeze": return reshaping(name, source, layout)
    case "Transpose": return transposition(node, layout)
    // Turning a square and reflecting keep lengths.
    case "Shape", "Size": return .makesInvariant
    default: return .unknown("\(node.opType) is not known to keep symmetries")
    }
  }

  private func linear(_ node: ProtoNode, name: String, _ layout: Layout) -> Effect {
    guard let layer = layers.last, layer.name == name, let norm = layer.commutator else {
      return .unknown(
        layers.last?.reason ?? "its weights are not known", node.opType == "Conv" ? layout : .lost)
    }
    if case .flat = layout { return norm.isExact ? .makesInvariant : .breaks(.none) }
    return norm.isExact ? .keeps(layout) : .breaks(layout)
  }

  /// A pooling is equivariant where its windows are: where a convolution with ones would be.
  private func pooling(_ node: ProtoNode, name: String, _ layout: Layout) -> Effect {
    guard let window = node.integers("kernel_shape"), window.count == 2 else {
      return .unknown("it has no window of two axes")
    }
    return windowing(
      node, name: name, layout, kernel: Tensor(repeating: 1, shape: [1, 1] + window))
  }

  private func padding(_ node: ProtoNode, name: String, _ layout: Layout) -> Effect {
    let pads =
      node.integers("pads") ?? (node.input.count > 1 ? constants.integers(node.input[1]) : nil)
    guard let pads, pads.count == 8, layout == .grid([2, 3]), node.input.count < 4 else {
      return .unknown("by how much it pads is not known")
    }
    guard pads[0] == 0, pads[1] == 0, pads[4] == 0, pads[5] == 0 else {
      return .unknown("it pads other axes than those of the grid")
    }
    return pads[2] == pads[6] && pads[3] == pads[7] && pads[2] == pads[3]
      ? .keeps(layout)
      : windowing(
        pads: [pads[2], pads[3], pads[6], pads[7]], from: node.input[0], name: name, layout)
  }

  private func windowing(
    _ node: ProtoNode, name: String, _ layout: Layout, kernel: Tensor
  ) -> Effect {
    guard layout == .grid([2, 3]), let size = gridSize(of: node.input[0]) else {
      return .unknown("the size of its grid is not known")
    }
    let output = gridSize(of: name)
    guard let convolution = Convolution(node, kernel: kernel, size: size, outputSize: output) else {
      return .unknown("its window does not belong to two axes")
    }
    return effect(of: convolution, size, output, layout)
  }

  private func windowing(
    pads: [Int], from input: String, name: String, _ layout: Layout
  ) -> Effect {
    guard let size = gridSize(of: input) else {
      return .unknown("the size of its grid is not known")
    }
    let convolution = Convolution(
      kernel: Tensor(repeating: 1, shape: [1, 1, 1, 1]),
      padding: GridPadding(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3]))
    return effect(of: convolution, size, gridSize(of: name), layout)
  }

  private func effect(
    of convolution: Convolution, _ size: GridSteps, _ output: GridSteps?, _ layout: Layout
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
