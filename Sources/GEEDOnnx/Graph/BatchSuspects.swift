// SPDX-License-Identifier: MIT

import GEED

extension OnnxGraph {
  /// The error for a model that is random or mixes the examples of a batch, with the operators that
  /// can be the cause; `nil` for other errors.
  package func explanation(of error: MeasurementError) -> OnnxModelError? {
    switch error {
    case .notDeterministic(let tensors):
      let tensor = first(of: tensors)
      let random = suspects(before: tensor) { $0.randomness }
      let mixing = suspects(before: tensor) { $0.mixing }
      // A normalization in training mode may carry statistics over to the next run.
      return random.isEmpty && !mixing.isEmpty
        ? .mixesExamples(path: path, tensor: tensor, operators: mixing)
        : .notDeterministic(path: path, tensor: tensor, operators: random)
    case .mixesExamples(let tensors):
      let tensor = first(of: tensors)
      return .mixesExamples(
        path: path, tensor: tensor, operators: suspects(before: tensor) { $0.mixing })
    default: return nil
    }
  }

  /// The operators that may mix the examples of a batch, before the first of some tensors that has any.
  package func mixingOperators(before names: [String]) -> [String] {
    let wanted = Set(names)
    return tensors.lazy.filter { wanted.contains($0.name) }
      .map { suspects(before: $0.name) { $0.mixing } }.first { !$0.isEmpty } ?? []
  }

  /// Throws if a tensor depends on a random operator, even if that rarely changes the tensor.
  ///
  /// - Throws: ``OnnxModelError/random(path:tensor:operators:)`` for the tensor that is computed first.
  package func requireDeterminism(of names: [String]) throws(OnnxModelError) {
    // In older operator sets the engine decides whether Dropout is active.
    let isOld = (opsetVersion ?? 0) < 12
    guard nodes.contains(where: { $0.mayBeRandom && !(isOld && $0.opType == "Dropout") }) else {
      return
    }
    let wanted = Set(names)
    for tensor in tensors where wanted.contains(tensor.name) {
      let operators = suspects(before: tensor.name) { $0.randomness }
      guard operators.isEmpty else {
        throw .random(path: path, tensor: tensor.name, operators: operators)
      }
    }
  }

  /// The tensors whose rows are boxes kept by `NonMaxSuppression`: those computed from its output,
  /// unless they declare the model's own batch axis.
  var tensorsOfBoxes: Set<String> {
    var found: Set<String> = []
    for node in nodes {
      guard node.opType == "NonMaxSuppression" || node.dependencies.contains(where: found.contains)
      else { continue }
      found.formUnion(node.output)
    }
    let batch = inputs.first?.shape?.first
    return found.subtracting(
      tensors.filter { $0.shape?.first != nil && $0.shape?.first == batch }.map(\.name))
  }

  /// Whether some operator rounds numbers to 8 bits by the range of a whole batch.
  var quantizesByBatch: Bool {
    nodes.contains { ["DynamicQuantizeLinear", "DynamicQuantizeMatMul"].contains($0.opType) }
  }

  /// Returns the tensor among `names` that is computed first.
  private func first(of names: [String]) -> String {
    let wanted = Set(names)
    return tensors.first { wanted.contains($0.name) }?.name ?? names.first ?? ""
  }

  /// The operators that a tensor depends on and for which `reason` returns a reason, in file order.
  private func suspects(
    before tensor: String, _ reason: (BatchSuspect) -> String?
  ) -> [String] {
    let constants = try? OnnxConstants(contentsOf: path)
    let ranks = Dictionary(
      (tensors.map { ($0.name, $0.shape?.count) } + inputs.map { ($0.name, $0.shape?.count) }),
      uniquingKeysWith: { $0 ?? $1 })
    let ofShapes = tensorsOfShapes(constants)
    return ancestors(of: tensor).compactMap { index in
      let node = nodes[index]
      if node.output.allSatisfy(ofShapes.contains) { return nil }
      let suspect = BatchSuspect(
        node: node, opset: opsetVersion ?? 0,
        rank: node.input.first.flatMap { ranks[$0] ?? nil }, constants: constants)
      return reason(suspect).map { "\(node.opType) '\(node.output.first ?? "")' (\($0))" }
    }
  }

  /// The tensors that are computed from shapes and constants alone, and so not from examples.
  private func tensorsOfShapes(_ constants: OnnxConstants?) -> Set<String> {
    var found: Set<String> = []
    for node in nodes where !node.mayBeRandom {
      let inputs = node.dependencies
      let isOfShapes =
        ["Shape", "Size"].contains(node.opType)
        || inputs.contains(where: found.contains)
          && inputs.allSatisfy { found.contains($0) || constants?.contains($0) ?? false }
      if isOfShapes { found.formUnion(node.output) }
    }
    return found
  }

  /// The indices in ``nodes`` of the operators that a tensor depends on, in the order of the file.
  private func ancestors(of tensor: String) -> [Int] {
    var maker: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for name in node.output where !name.isEmpty { maker[name] = index }
    }
    var found: Set<Int> = []
    var waiting = [tensor]
    while let name = waiting.popLast() {
      guard let index = maker[name], found.insert(index).inserted else { continue }
      waiting += nodes[index].dependencies
    }
    return found.sorted()
  }
}

extension ProtoNode {
  fileprivate static let randomOperators: Set = [
    "Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform",
    "RandomUniformLike",
  ]

  /// Whether the operator, or one in its branches and loops, may draw random numbers.
  fileprivate var mayBeRandom: Bool {
    Self.randomOperators.contains(opType) || opType == "Dropout"
      || innerNodes.contains(where: \.mayBeRandom)
  }
}

/// An operator that may be random or may mix the examples of a batch.
private struct BatchSuspect {
  let node: ProtoNode
  let opset: Int
  /// The number of axes of its first input, if known.
  let rank: Int?
  let constants: OnnxConstants?

  /// The reason that equal inputs may give different outputs, or `nil`.
  var randomness: String? {
    if ProtoNode.randomOperators.contains(node.opType) { return "random" }
    if node.opType == "Dropout", isTraining { return "training mode" }
    let isInside = node.innerNodes.contains { node in
      BatchSuspect(node: node, opset: opset, rank: nil, constants: nil).randomness != nil
    }
    return isInside ? "random inside" : nil
  }

  /// The reason that an example may depend on others, or `nil`.
  var mixing: String? {
    switch node.opType {
    case "BatchNormalization": isTraining ? "training mode" : nil
    case "DynamicQuantizeLinear", "DynamicQuantizeMatMul": "range of the whole batch"
    case "Softmax", "LogSoftmax", "Hardmax":
      spansBatch(axes: [node.integer("axis") ?? (opset < 13 ? 1 : -1)])
    case "CumSum": spansBatch(axes: node.input(at: 1).flatMap(constant))
    case "LpNormalization", "TopK": spansBatch(axes: [node.integer("axis") ?? -1])
    case "ArgMax", "ArgMin", "Compress", "Concat", "Gather", "GatherElements", "ScatterElements":
      spansBatch(axes: [node.integer("axis") ?? 0])
    case "MeanVarianceNormalization": spansBatch(axes: node.integers("axes") ?? [0, 2, 3])
    case "ReverseSequence": node.integer("time_axis") ?? 0 == 0 ? "over axis 0" : nil
    case "Slice": sliceReverses ? "axis 0 in reversed order" : nil
    case "NonMaxSuppression": "boxes of all examples in one list"
    case let name where name.hasPrefix("Reduce"): spansBatch(axes: reducedAxes)
    default: nil
    }
  }

  /// Whether a normalization or a dropout runs in training mode.
  private var isTraining: Bool {
    if opset < 7 { return node.integer("is_test") ?? 0 == 0 }
    if node.opType == "BatchNormalization" {
      return opset >= 14 ? node.integer("training_mode") ?? 0 != 0 : node.output.count > 1
    }
    guard opset >= 12, let flag = node.input(at: 2) else { return false }
    // The value of a computed flag is unknown.
    return constant(flag).map { $0 != [0] } ?? true
  }

  /// The axes of a reduction; axis 0 for an empty list, which stands for all axes.
  private var reducedAxes: [Int]? {
    let axes = node.integers("axes", orInput: 1, constant) ?? []
    guard axes.isEmpty else { return axes }
    return node.integer("noop_with_empty_axes") ?? 0 == 0 ? [0] : nil
  }

  private var sliceReverses: Bool {
    guard let steps = node.input(at: 4).flatMap(constant) else { return false }
    let axes = node.input(at: 3).flatMap(constant) ?? Array(steps.indices)
    return zip(axes, steps).contains { $0 == 0 && $1 < 0 }
  }

  private func spansBatch(axes: [Int]?) -> String? {
    guard let axes, axes.contains(where: { $0 == 0 || $0 == rank.map { -$0 } }) else { return nil }
    return "over axis 0"
  }

  private func constant(_ name: String) -> [Int]? { constants?.integers(name) }
}
