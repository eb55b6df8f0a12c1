// SPDX-License-Identifier: MIT

import GEED

extension SymmetryTracker {
  /// Returns the effect of an operator on the symmetry of its inputs, if they have it.
  func effect(of node: ProtoNode, name: String) -> Effect {
    // The first input that the group moves determines the location of the grid.
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
    guard node.isStandard else {
      return .unknown("the operator \(node.qualifiedName) is not known to keep symmetries")
    }
    switch node.opType {
    case let operation where Self.pointwise.contains(operation): return .keeps(layout)
    case let operation where Self.combining.contains(operation): return combining(node, layout)
    case "Conv", "Gemm", "MatMul", "ConvTranspose": return linear(node, name: name, layout)
    case "MaxPool", "AveragePool", "LpPool": return pooling(node, name: name, layout)
    case "Pad": return padding(node, name: name, layout)
    case "Slice": return slicing(node, name: name, layout)
    case "Resize", "Upsample":
      return .unknown("whether its interpolation is symmetric is not known", layout)
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
    // Reflections and rotations of a square keep lengths.
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
}
