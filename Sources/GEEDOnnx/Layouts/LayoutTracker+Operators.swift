// SPDX-License-Identifier: MIT

extension LayoutTracker {
  /// Operators that compute each position of their output from the same position of their first
  /// input, or along an axis whose positions stay unchanged.
  static let keeping: Set = [
    "Abs", "Acos", "Asin", "Atan", "BatchNormalization", "BiasGelu", "Bernoulli", "BitwiseNot",
    "Cast", "CastLike", "Ceil", "Celu", "Clip", "Cos", "Cosh", "CumSum", "DequantizeLinear",
    "Dropout", "DynamicQuantizeLinear", "Elu", "Erf", "Exp", "FastGelu", "Floor", "Gelu",
    "GroupNormalization", "HardSigmoid", "HardSwish", "Hardmax", "Identity",
    "InstanceNormalization", "IsInf", "IsNaN", "LRN", "LayerNormalization", "LeakyRelu", "Log",
    "LogSoftmax", "LpNormalization", "MeanVarianceNormalization", "Mish", "Neg", "Not",
    "QLinearLeakyRelu", "QLinearSigmoid", "QLinearSoftmax", "QuantizeLinear", "QuickGelu",
    "RMSNormalization", "Reciprocal", "Relu", "RotaryEmbedding", "Round", "ScatterElements",
    "ScatterND", "Selu", "Shrink", "Sigmoid", "Sign", "SimplifiedLayerNormalization", "Sin",
    "Sinh", "SkipLayerNormalization", "SkipSimplifiedLayerNormalization", "Softmax", "Softplus",
    "Softsign", "Sqrt", "Swish", "Tan", "Tanh", "ThresholdedRelu", "Trilu",
  ]

  /// Operators that combine tensors elementwise.
  private static let combining: Set = [
    "Add", "And", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Div", "Equal", "Greater",
    "GreaterOrEqual", "Less", "LessOrEqual", "Max", "Mean", "Min", "Mod", "Mul", "Or", "PRelu",
    "Pow", "QLinearAdd", "QLinearMul", "Sub", "Sum", "Where", "Xor",
  ]

  /// Returns the tracked axes of an output, or `nil` if they are unknown.
  func axes(of node: ProtoNode, output: Int, shape: [Int]) -> [TrackedAxis]? {
    switch node.opType {
    case "ScatterElements", "ScatterND": return scattered(node, shape)
    case let operation where Self.keeping.contains(operation): return kept(node, output, shape)
    case let operation where Self.combining.contains(operation): return combined(node, shape)
    case "Conv", "ConvInteger", "ConvTranspose", "FusedConv", "QLinearConv", "NhwcConv",
      "NhwcFusedConv", "DeformConv":
      return convolved(node, shape)
    case "AveragePool", "LpPool", "MaxPool", "NhwcMaxPool", "QLinearAveragePool":
      return pooled(node, shape)
    case "MaxUnpool": return unpooled(node, shape)
    case "GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool", "QLinearGlobalAveragePool":
      return globallyPooled(node, shape)
    case "Resize", "Upsample": return resized(node, shape)
    case "DepthToSpace", "SpaceToDepth": return regridded(node, shape)
    case "ArgMax", "ArgMin": return reduced(node, along: [node.integer("axis") ?? 0], shape)
    case let operation where operation.hasPrefix("Reduce"): return reduced(node, along: nil, shape)
    case "Transpose": return transposed(node)
    case "Flatten", "Reshape", "Squeeze", "Unsqueeze":
      return axes(of: node, input: 0)?.reshaped(to: shape)
    case "Expand", "Tile": return repeated(node, shape)
    case "Slice": return sliced(node, shape)
    case "Split": return split(node, output, shape)
    case "Gather": return gathered(node, shape)
    case "Concat", "QLinearConcat": return concatenated(node, shape)
    case "Pad": return padded(node, shape)
    case "TopK": return selected(node, shape)
    case "FusedMatMul", "MatMul", "MatMulInteger", "QLinearMatMul": return multiplied(node, shape)
    case "FusedGemm", "Gemm", "QGemm": return multipliedByGemm(node, shape)
    case "Einsum": return einsum(node, shape)
    case "Attention", "GroupQueryAttention", "MultiHeadAttention":
      return attended(node, output, shape)
    default: return nil
    }
  }

  private func kept(_ node: ProtoNode, _ output: Int, _ shape: [Int]) -> [TrackedAxis]? {
    guard let axes = axes(of: node, input: 0) else { return nil }
    if axes.map(\.length) == shape { return axes }
    // Further outputs are statistics, such as scales and means.
    return output > 0 ? shape.map { .mixed($0) } : nil
  }

  /// Tracks values that are overwritten by others: constants leave the positions unchanged, and so
  /// do values that are written along the channels alone.
  private func scattered(_ node: ProtoNode, _ shape: [Int]) -> [TrackedAxis]? {
    guard let axes = axes(of: node, input: 0), axes.map(\.length) == shape, node.input.count > 2
    else { return nil }
    if isConstant(node.input[2]) { return axes }
    guard node.opType == "ScatterElements", var written = self.axes(of: node.input[2]),
      written.count == axes.count, let index = node.axis(ofRank: axes.count, usual: 0),
      axes[index].isFeatures
    else { return nil }
    written[index] = axes[index]
    return written == axes ? axes : nil
  }

  private func combined(_ node: ProtoNode, _ shape: [Int]) -> [TrackedAxis]? {
    let operands = node.opType.hasPrefix("QLinear") ? [0, 3] : Array(node.input.indices)
    let moving = operands.compactMap(node.input(at:)).filter { !isConstant($0) }
    let known = moving.compactMap(axes(of:))
    // An unknown operand takes its meaning from another one that has the shape of the result.
    guard known.count == moving.count || known.contains(where: { $0.map(\.length) == shape }) else {
      return nil
    }
    return .broadcast(known, shape: shape)
  }

  private func reduced(_ node: ProtoNode, along given: [Int]?, _ shape: [Int]) -> [TrackedAxis]? {
    guard let axes = axes(of: node, input: 0) else { return nil }
    let named = given ?? node.integers("axes", orInput: 1, integers) ?? Array(axes.indices)
    let reduced = Set(named.map { $0.axisIndex(ofRank: axes.count) })
    let remaining = axes.enumerated().compactMap { index, axis -> TrackedAxis? in
      guard reduced.contains(index) else { return axis }
      return shape.count == axes.count ? TrackedAxis() : nil
    }
    return remaining.map(\.length) == shape ? remaining.coarsened() : nil
  }

  private func transposed(_ node: ProtoNode) -> [TrackedAxis]? {
    guard let axes = axes(of: node, input: 0) else { return nil }
    let order = node.integers("perm") ?? axes.indices.reversed()
    guard order.sorted() == Array(axes.indices) else { return nil }
    return order.map { axes[$0] }
  }

  /// Tracks repetition: copies of a position are features of that position.
  private func repeated(_ node: ProtoNode, _ shape: [Int]) -> [TrackedAxis]? {
    guard let axes = axes(of: node, input: 0), axes.count <= shape.count else { return nil }
    let missing = shape.count - axes.count
    return shape.indices.map { index in
      let axis = index < missing ? TrackedAxis() : axes[index - missing]
      if axis.length == shape[index] { return axis }
      return axis.factors.isEmpty || axis.source == .features
        ? .features(shape[index]) : .mixed(shape[index])
    }
  }

  /// Tracks the largest values along an axis, whose positions differ from example to example.
  private func selected(_ node: ProtoNode, _ shape: [Int]) -> [TrackedAxis]? {
    guard var axes = axes(of: node, input: 0), axes.count == shape.count,
      let place = node.axis(ofRank: axes.count, usual: -1)
    else { return nil }
    axes[place] =
      axes[place].source == .features ? .features(shape[place]) : .mixed(shape[place])
    return axes.map(\.length) == shape ? axes : nil
  }

  private func attended(_ node: ProtoNode, _ output: Int, _ shape: [Int]) -> [TrackedAxis]? {
    guard output == 0, var axes = axes(of: node, input: 0), axes.count == shape.count,
      axes.dropLast().map(\.length) == Array(shape.dropLast())
    else { return nil }
    axes[axes.count - 1] = .features(shape[axes.count - 1])
    return axes
  }
}
