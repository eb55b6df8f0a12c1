// SPDX-License-Identifier: MIT

extension ProtoNode {
  /// The names of all tensors that the operator reads, including those in its branches and loops.
  var dependencies: [String] {
    input.filter { !$0.isEmpty } + innerNodes.flatMap(\.dependencies)
  }

  /// The operators in the branches and loops of the operator, without those inside of them.
  var innerNodes: some Sequence<ProtoNode> { attribute.lazy.filter(\.hasG).flatMap(\.g.node) }

  /// Returns the name of the input at a position, or `nil` if it is omitted.
  func input(at position: Int) -> String? {
    guard input.indices.contains(position), !input[position].isEmpty else { return nil }
    return input[position]
  }

  private func attribute(_ name: String) -> ProtoAttribute? { attribute.first { $0.name == name } }

  /// Returns the integer of an attribute, or `nil` if it is missing.
  func integer(_ name: String) -> Int? { attribute(name).map { Int($0.i) } }

  /// Returns the integers of an attribute, or `nil` if it is missing.
  func integers(_ name: String) -> [Int]? { attribute(name).map { $0.ints.map(Int.init) } }

  /// Returns the integers of an attribute or, in newer operator sets, of a constant input.
  func integers(
    _ name: String, orInput position: Int, _ constants: (String) -> [Int]?
  ) -> [Int]? {
    integers(name) ?? input(at: position).flatMap(constants)
  }

  /// Returns the text of an attribute, or `nil` if it is missing.
  func text(_ name: String) -> String? {
    attribute(name).map { String(decoding: $0.s, as: UTF8.self) }
  }

  /// Returns the attribute `axis`, `usual` if it is missing, as an index into `rank` axes; `nil` for
  /// an axis that the tensor does not have.
  func axis(ofRank rank: Int, usual: Int) -> Int? {
    let index = (integer("axis") ?? usual).axisIndex(ofRank: rank)
    return (0..<rank).contains(index) ? index : nil
  }
}

extension [ProtoNode] {
  /// The operators in their order, except that those that stand before one on which they depend follow
  /// it. ONNX Runtime accepts such files, although the format requires an order of computation.
  ///
  /// - Complexity: Linear in the number of inputs and outputs.
  var inOrderOfComputation: [ProtoNode] {
    var makers: [String: Int] = [:]
    for index in indices {
      for name in self[index].output where !name.isEmpty { makers[name] = index }
    }
    let needed = map { node in node.dependencies.compactMap { makers[$0] } }
    guard zip(indices, needed).contains(where: { index, needed in needed.contains { $0 > index } })
    else { return self }
    var isPlaced = [Bool](repeating: false, count: count)
    var isWaiting = isPlaced
    var order: [Int] = []
    for first in indices {
      var stack = [first]
      while let index = stack.last {
        // An operator that waits already depends on itself, which the runtime refuses.
        let missing =
          isWaiting[index] ? [] : needed[index].filter { !isPlaced[$0] && !isWaiting[$0] }
        isWaiting[index] = true
        if !missing.isEmpty {
          stack += missing.reversed()
          continue
        }
        stack.removeLast()
        if !isPlaced[index] { order.append(index) }
        isPlaced[index] = true
      }
    }
    return order.map { self[$0] }
  }
}

extension Int {
  /// The number of an axis counted from the start: negative numbers count from the end.
  func axisIndex(ofRank rank: Int) -> Int { self < 0 ? self + rank : self }
}

extension ProtoNode {
  /// ONNX Runtime's own operators for which layouts, scores and symmetries are tracked.
  private static let runtimeOperators: Set = [
    "Attention", "BiasGelu", "BiasSoftmax", "DequantizeLinear", "FastGelu", "FusedConv",
    "FusedGemm", "FusedMatMul", "GatherND", "Gelu", "GroupQueryAttention", "MultiHeadAttention",
    "NhwcConv", "NhwcFusedConv", "NhwcMaxPool", "Pad", "QGemm", "QLinearAdd",
    "QLinearAveragePool", "QLinearConcat", "QLinearConv", "QLinearGlobalAveragePool",
    "QLinearLeakyRelu", "QLinearMul", "QLinearSigmoid", "QLinearSoftmax", "QuantizeLinear",
    "QuickGelu", "ReduceSumInteger", "RotaryEmbedding", "SkipLayerNormalization",
    "SkipSimplifiedLayerNormalization", "Trilu",
  ]

  /// Whether the operator's name determines what it computes.
  ///
  /// In all other domains a name can stand for anything: a file may define functions there, and a
  /// library may define operators. Functions cannot replace operators of ONNX, but ONNX Runtime
  /// runs functions that a file adds to the runtime's own domains. Its blocks of channels,
  /// `com.microsoft.nchwc`, have an order of their own.
  var isStandard: Bool {
    switch domain {
    case "", "ai.onnx", "ai.onnx.ml": true
    case "com.microsoft": Self.runtimeOperators.contains(opType)
    default: false
    }
  }

  /// Whether the domain belongs to ONNX or to ONNX Runtime.
  var hasKnownDomain: Bool {
    [
      "", "ai.onnx", "ai.onnx.ml", "com.microsoft", "com.microsoft.nchwc", "com.ms.internal.nhwc",
    ].contains(domain)
  }

  /// The operator's name, qualified with its domain unless that is ONNX's own.
  var qualifiedName: String {
    domain.isEmpty || domain == "ai.onnx" ? opType : "\(domain).\(opType)"
  }
}
