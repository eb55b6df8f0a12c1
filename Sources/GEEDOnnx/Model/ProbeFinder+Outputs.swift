// SPDX-License-Identifier: MIT

import GEED

extension ProbeFinder {
  /// The outputs that are read as scores of classes.
  var scores: [OnnxTensor] {
    vectorOutputs.filter { tensor in
      purpose(of: tensor).mayBeScores && (tensor.scores != nil || !graph.isWithoutOperators)
    }
  }

  /// The outputs that are vectors, or single numbers, and not known to be something else.
  var vectorOutputs: [OnnxTensor] {
    graph.tensors.filter {
      outputs.contains($0.name) && length(of: $0) != nil && $0.scores?.reasonAgainst == nil
    }
  }

  func purpose(of tensor: OnnxTensor) -> OutputPurpose {
    let byName = OutputPurpose(ofOutput: tensor.name, origin: tensor.origin, isNormalized: false)
    if let kind = tensor.scores?.kind {
      // Coordinates from 0 to 1 may come from a sigmoid.
      return kind.isBernoulli && byName == .coordinates ? .coordinates : .scores
    }
    if length(of: tensor) == 1 { return .number }
    if graph.isWithoutOperators { return .scores }
    return OutputPurpose(
      ofOutput: tensor.name, origin: tensor.origin, isNormalized: isNormalized(tensor.name))
  }

  /// Whether a tensor is a vector divided by its own length.
  private func isNormalized(_ name: String) -> Bool {
    guard let node = producers[name], node.opType == "Div", node.input.count == 2 else {
      return false
    }
    var divisor = node.input[1]
    // The way from a length to the division by it has at most a few operators.
    for _ in 0..<8 {
      guard let node = producers[divisor], let input = node.input.first else { return false }
      if ["ReduceL2", "ReduceSumSquare"].contains(node.opType) { return true }
      // A sum under a root is one of squares; a mean would be that of a normalization of layers.
      if node.opType == "Sqrt", producers[input]?.opType == "ReduceSum" { return true }
      guard Self.keepingLengths.contains(node.opType) else { return false }
      divisor = input
    }
    return false
  }

  /// Operators between a length and the division by it.
  private static var keepingLengths: Set<String> {
    ["Add", "Clip", "Expand", "Identity", "Max", "Sqrt", "Unsqueeze"]
  }

  /// The vectors of a model without operators, such as a program, that are not known to be scores.
  private var otherOutputs: [String] {
    guard graph.isWithoutOperators else { return [] }
    let known = scores.map(\.name)
    return graph.tensors.filter { (length(of: $0) ?? 0) > 1 && !known.contains($0.name) }
      .map(\.name)
  }

  func addOutputs(to chosen: inout ChosenProbes) {
    var read: [String: [String]] = [:]
    for tensor in scores {
      var probe = PlannedProbe(.softmax, tensor: tensor.name)
      do throws(OnnxModelError) {
        try probe.readScores(of: tensor, layouts, kind: nil, isNamed: false, layout: nil)
      } catch {
        continue
      }
      chosen.probes.append(probe)
      let kind = (probe.scores ?? .logits).rawValue
      read[kind, default: []].append("\(tensor.name) (\(length(of: tensor) ?? 0))")
    }
    chosen.reasons += read.sorted { $0.key < $1.key }.map { kind, names in
      "softmax of \(names.joined(separator: ", ")), read as \(kind) of classes"
    }
    addLogits(to: &chosen)
    addGrids(to: &chosen)
    addLabels(to: &chosen)
  }

  /// Adds single numbers that may be the logit of one class against another.
  private func addLogits(to chosen: inout ChosenProbes) {
    let logits = vectorOutputs.filter {
      purpose(of: $0) == .number && $0.scores == nil && !graph.isWithoutOperators
        && OutputPurpose.mayBeLogit($0.name, origin: $0.origin)
    }
    guard !logits.isEmpty else { return }
    chosen.probes += logits.map {
      PlannedProbe(.softmax, tensor: $0.name, scores: .bernoulliLogit)
    }
    chosen.reasons.append(
      "softmax of \(logits.map(\.name).joined(separator: ", ")), a number of which the graph tells "
        + "nothing, read as the logit of a class (meaningless if it is a quantity)")
  }

  func addFeatures(to chosen: inout ChosenProbes, all: Bool) {
    let numbers =
      graph.isWithoutOperators
      ? [] : vectorOutputs.filter { purpose(of: $0) == .number }.map(\.name)
    chosen.probes += numbers.map { PlannedProbe(.latent, tensor: $0) }
    if !numbers.isEmpty {
      chosen.reasons.append("latent of \(numbers.joined(separator: ", ")), a number")
    }
    let ends = vectorOutputs.filter { purpose(of: $0).mayBeFeatures }.map(\.name)
    let heads = numbers + scores.map(\.name) + otherHeads
    var names = otherOutputs + ends + heads.compactMap(features(before:))
    if all {
      names += graph.tensors.filter {
        (length(of: $0) ?? 0) > 1 && !$0.isOutput && $0.reasonAgainstQuantities(nil) == nil
      }.map(\.name)
    }
    var known: [String] = []
    for name in names where !known.contains(name) {
      known.append(name)
      chosen.probes.append(PlannedProbe(.latent, tensor: name))
      chosen.probes.append(PlannedProbe(.latentCosine, tensor: name))
    }
    guard !known.isEmpty else { return }
    guard !all, !graph.isWithoutOperators else {
      chosen.reasons.append(
        all ? "latent of \(known.count) vectors" : "latent of \(known.joined(separator: ", "))")
      return
    }
    let hidden = known.filter { !ends.contains($0) }
    if !ends.isEmpty {
      chosen.reasons.append(
        "latent of \(ends.joined(separator: ", ")), by name or operator an output of features")
    }
    if !hidden.isEmpty {
      chosen.reasons.append(
        "latent of \(hidden.joined(separator: ", ")), before the last linear layer")
    }
  }

  /// Returns the input of the last matrix product before a tensor, if it is a vector.
  func features(before name: String) -> String? {
    var open = [name]
    var known = Set(open)
    while let tensor = open.popLast() {
      guard let node = producers[tensor] else { continue }
      if Self.products.contains(node.opType) {
        guard let input = node.input.first(where: { graph.tensor(named: $0) != nil }),
          let found = graph.tensor(named: input), length(of: found) ?? 0 > 1,
          found.reasonAgainstQuantities(nil) == nil
        else { return nil }
        return input
      }
      for input in node.input where known.insert(input).inserted { open.append(input) }
    }
    return nil
  }

  private static let products: Set = [
    "Gemm", "MatMul", "Conv", "FusedGemm", "FusedMatMul", "QGemm", "Einsum",
  ]
}
