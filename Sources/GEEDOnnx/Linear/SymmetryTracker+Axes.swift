// SPDX-License-Identifier: MIT

import GEED

extension SymmetryTracker {
  /// Operators that treat every scalar alike, whatever its position.
  static let pointwise: Set = [
    "Abs", "Cast", "Ceil", "Celu", "Clip", "Cos", "Dropout", "Elu", "Erf", "Exp", "Floor", "Gelu",
    "HardSigmoid", "HardSwish", "Identity", "LeakyRelu", "Log", "Mish", "Neg", "Reciprocal", "Relu",
    "Round", "Selu", "Sigmoid", "Sign", "Sin", "Softplus", "Softsign", "Sqrt", "Swish", "Tanh",
    "ThresholdedRelu",
  ]

  /// Operators that combine the scalars of several tensors elementwise.
  static let combining: Set = [
    "Add", "Div", "Max", "Mean", "Min", "Mul", "PRelu", "Pow", "Sub", "Sum", "Where",
  ]

  /// Returns the effect of an elementwise combination: symmetric operands give symmetric results,
  /// and a value that is the same at all positions is symmetric.
  func combining(_ node: ProtoNode, _ layout: Layout) -> Effect {
    for operand in node.input where !operand.isEmpty {
      if self.layout(of: operand) == layout { continue }
      let shape = constants.shape(of: operand) ?? self.shape(of: operand)?.map { $0 ?? 0 }
      guard let shape else { return .unknown("the shape of '\(operand)' is not known") }
      guard case .grid(let axes) = layout else {
        if Tensor.count(of: shape) == 1 { continue }
        return .unknown("'\(operand)' is added to a flattened grid")
      }
      // Shapes are aligned at their last axes, and missing axes have length 1.
      let lengths = Array(repeating: 1, count: max(0, 4 - shape.count)) + shape
      if axes.allSatisfy({ lengths[$0] == 1 }) { continue }
      guard constants.contains(operand) else {
        return .unknown("'\(operand)' is not moved as the other operands are")
      }
      guard axes == [2, 3], let isSymmetric = isSymmetric(operand, shape: lengths) else {
        return .unknown("whether '\(operand)' is symmetric is not known")
      }
      if !isSymmetric { return .breaks(layout) }
    }
    return .keeps(layout)
  }

  /// Returns whether a constant `[1, C, H, W]` is unchanged by every element of the group.
  private func isSymmetric(_ name: String, shape: [Int]) -> Bool? {
    guard let constant = try? constants.tensor(name), shape[0] == 1,
      let action = try? action.prepared(for: Array(shape.dropFirst()))
    else { return nil }
    let image = constant.reshaped(to: action.shape)
    return action.transformations.indices.allSatisfy { action($0, image) == image }
  }

  /// Returns the effect of a sum, mean or extreme along axes: over the whole grid, or over other
  /// axes.
  func reduction(_ node: ProtoNode, _ layout: Layout) -> Effect {
    guard case .grid(let grid) = layout else { return .unknown("it reduces a flattened grid") }
    let given = node.integers("axes", orInput: 1, constants.integers) ?? [0, 1, 2, 3]
    let axes = Set(given.map { $0.axisIndex(ofRank: 4) })
    guard !axes.contains(0) else { return .unknown("it mixes the examples of a batch") }
    if axes.isSuperset(of: grid) { return .makesInvariant }
    guard axes.isDisjoint(with: grid), node.integer("keepdims") ?? 1 == 1 else {
      return .unknown("it reduces one axis of the grid and not the other")
    }
    return .keeps(layout)
  }

  /// Returns the effect of an operator that treats all positions alike unless its axis is in the
  /// grid.
  func alongAxis(_ node: ProtoNode, _ layout: Layout) -> Effect {
    guard case .grid(let grid) = layout else { return .unknown("its input is flattened") }
    let usual =
      ["Concat": 1, "Split": 0, "QuantizeLinear": 1, "DequantizeLinear": 1][node.opType] ?? -1
    guard let first = node.axis(ofRank: 4, usual: usual) else {
      return .unknown("its input has no such axis")
    }
    // A layer normalization covers its axis and all that follow; over the whole grid that would be
    // symmetric too, except for its weights.
    let axes = node.opType == "LayerNormalization" ? Array(first..<4) : [first]
    guard axes.allSatisfy({ !grid.contains($0) }) else {
      return .unknown("its axis is one of the grid's")
    }
    for input in node.input where node.opType == "Concat" && self.layout(of: input) != layout {
      return .unknown("'\(input)' is not moved as the other parts are")
    }
    return .keeps(layout)
  }

  /// Returns the effect of a change of shape, which keeps the grid if the shape stays, or flattens
  /// it.
  func reshaping(_ name: String, _ source: String, _ layout: Layout) -> Effect {
    guard let before = shape(of: source), let after = shape(of: name) else {
      return .unknown("its shape is not known")
    }
    if before.count == after.count, zip(before, after).allSatisfy({ $0 == $1 }) {
      return .keeps(layout)
    }
    let example = before.dropFirst().compactMap(\.self)
    guard layout == .grid([2, 3]), example.count == 3, after.count == 2,
      after[1] == Tensor.count(of: example)
    else { return .unknown("it takes the grid apart") }
    return .keeps(.flat(example))
  }

  /// Returns the effect of a transposition, which moves the axes of the grid.
  func transposition(_ node: ProtoNode, _ layout: Layout) -> Effect {
    guard case .grid(let grid) = layout, let order = node.integers("perm"), order.count == 4,
      order[0] == 0, let rows = order.firstIndex(of: grid[0]),
      let columns = order.firstIndex(of: grid[1])
    else { return .unknown("where it moves the grid is not known") }
    guard rows < columns else { return .unknown("it swaps rows and columns") }
    return .keeps(.grid([rows, columns]))
  }
}
