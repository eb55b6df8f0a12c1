// SPDX-License-Identifier: MIT

import GEED

/// The tensors that are chosen for a model of which none is named.
package enum ProbeScope: String, Sendable, Hashable, CaseIterable {
  /// The outputs, the features before the last linear layer, and the ends of stages.
  case auto
  /// The ends of stages alone.
  case stages
  /// The outputs, and every feature map and vector of the model.
  case all
}

/// Probes that were chosen from a graph, and the reasons in words.
package struct ChosenProbes: Sendable, Hashable {
  package internal(set) var probes: [PlannedProbe] = []
  /// What they are and why, in a few words each.
  package internal(set) var reasons: [String] = []
}

extension OnnxGraph {
  /// Chooses probes by the shapes of tensors and the operators between them.
  ///
  /// | tensor | probe |
  /// |---|---|
  /// | an output `[N, K]` | softmax: scores of *K* classes |
  /// | an output with a grid | equivariance, under the action on the grid |
  /// | the input of the last linear layer before the classes | latent, by both distances |
  /// | the end of a stage: a feature map of whose grid no other one is made | channelwise |
  ///
  /// If a model has only one grid, as transformers do, up to ``blockLimit`` of its residual sums take
  /// the place of stages.
  package func chosenProbes(_ scope: ProbeScope, _ layouts: OnnxLayouts) -> ChosenProbes {
    let finder = ProbeFinder(graph: self, layouts: layouts)
    var chosen = ChosenProbes()
    if scope != .stages {
      finder.addOutputs(to: &chosen)
      finder.addFeatures(to: &chosen, all: scope == .all)
    }
    finder.addMaps(to: &chosen, all: scope == .all)
    return chosen
  }

  /// The largest number of blocks of a model with one grid.
  package static let blockLimit = 6
}

private struct ProbeFinder {
  private let graph: OnnxGraph
  private let layouts: OnnxLayouts
  /// The feature maps with at least 2 x 2 positions, in the order of the graph.
  private let maps: [(tensor: OnnxTensor, grid: [Int])]
  /// The operator that computes each tensor.
  private let producers: [String: ProtoNode]

  init(graph: OnnxGraph, layouts: OnnxLayouts) {
    self.graph = graph
    self.layouts = layouts
    maps = graph.tensors.compactMap { tensor in
      Self.grid(of: tensor, layouts).map { (tensor, $0) }
    }
    producers = Dictionary(
      graph.nodes.flatMap { node in node.output.map { ($0, node) } }, uniquingKeysWith: { $1 })
  }

  /// Returns rows and columns of a feature map; `nil` for other tensors.
  private static func grid(of tensor: OnnxTensor, _ layouts: OnnxLayouts) -> [Int]? {
    guard let shape = layouts.shapes[tensor.name], shape.allSatisfy({ $0 > 0 }),
      tensor.quantizing == nil, tensor.elementType?.isFloatingPoint ?? true,
      let layout = layouts.layouts[tensor.name]?.featureMap,
      let grid = layout.rearrangedShape(of: Array(shape.dropFirst()))?.suffix(2),
      grid.allSatisfy({ $0 > 1 })
    else { return nil }
    return Array(grid)
  }

  /// Returns the length of a vector `[N, K]`, or `[N, K, 1, 1]`; `nil` for other tensors.
  private func length(of tensor: OnnxTensor) -> Int? {
    guard let shape = layouts.shapes[tensor.name], shape.count >= 2,
      shape.allSatisfy({ $0 > 0 }), layouts.reasonAgainstRows(tensor.name) == nil,
      tensor.elementType?.isFloatingPoint ?? true, tensor.quantizing == nil
    else { return nil }
    let long = shape.dropFirst().filter { $0 > 1 }
    return long.count <= 1 ? long.first ?? 1 : nil
  }

  // MARK: Outputs

  /// The outputs that are read as scores of classes.
  private var scores: [OnnxTensor] {
    graph.tensors.filter { tensor in
      tensor.isOutput && (length(of: tensor) ?? 0) > 1 && tensor.scores?.reasonAgainst == nil
        && (tensor.scores != nil || !graph.isWithoutOperators)
    }
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
    var moved: [String] = []
    for (tensor, grid) in maps where tensor.isOutput {
      var probe = PlannedProbe(
        equivarianceOf: tensor.name, under: .spatial,
        distance: tensor.scores?.kind == nil ? .relative : .kullbackLeibler)
      do throws(OnnxModelError) {
        try probe.readOutput(of: tensor, layouts, path: graph.path, isNamed: false)
      } catch {
        continue
      }
      chosen.probes.append(probe)
      moved.append("\(tensor.name) (\(grid[0])x\(grid[1]))")
    }
    guard !moved.isEmpty else { return }
    chosen.reasons.append(
      "equivariance of \(moved.joined(separator: ", ")), which should move as the image does")
  }

  // MARK: Features

  func addFeatures(to chosen: inout ChosenProbes, all: Bool) {
    var names = otherOutputs + scores.compactMap { features(before: $0.name) }
    if all {
      names += graph.tensors.filter { (length(of: $0) ?? 0) > 1 && !$0.isOutput }.map(\.name)
    }
    var known: [String] = []
    for name in names where !known.contains(name) {
      known.append(name)
      chosen.probes.append(PlannedProbe(.latent, tensor: name))
      chosen.probes.append(PlannedProbe(.latentCosine, tensor: name))
    }
    guard !known.isEmpty else { return }
    chosen.reasons.append(
      all
        ? "latent of \(known.count) vectors"
        : "latent of \(known.joined(separator: ", "))"
          + (graph.isWithoutOperators ? "" : ", before the last linear layer"))
  }

  /// Returns the input of the last matrix product before a tensor, if it is a vector.
  private func features(before name: String) -> String? {
    var open = [name]
    var known = Set(open)
    while let tensor = open.popLast() {
      guard let node = producers[tensor] else { continue }
      if Self.products.contains(node.opType) {
        guard let input = node.input.first(where: { graph.tensor(named: $0) != nil }),
          let found = graph.tensor(named: input), length(of: found) ?? 0 > 1
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

  // MARK: Feature maps

  func addMaps(to chosen: inout ChosenProbes, all: Bool) {
    let outputs = Set(chosen.probes.map(\.tensor))
    let hidden = maps.filter { !outputs.contains($0.tensor.name) }
    let names = all ? hidden.map(\.tensor.name) : stages(of: hidden)
    chosen.probes += names.map {
      PlannedProbe(.channelwise, tensor: $0, layout: layouts.layouts[$0]?.featureMap)
    }
    guard !names.isEmpty else { return }
    let isOneGrid = Set(hidden.map(\.grid)).count < 2
    let plural = names.count == 1 ? "" : "s"
    chosen.reasons.append(
      "channelwise of \(names.count) "
        + (all ? "feature map\(plural)" : "end\(plural) of \(isOneGrid ? "blocks" : "stages")"))
  }

  /// Returns the ends of stages; of a model with one grid, those of blocks.
  private func stages(of hidden: [(tensor: OnnxTensor, grid: [Int])]) -> [String] {
    let grids = Dictionary(uniqueKeysWithValues: hidden.map { ($0.tensor.name, $0.grid) })
    var continued = Set<String>()
    // The tensors from which others only take, move or pad values.
    var origins: [String: String] = [:]
    for node in graph.nodes {
      if Self.movers.contains(node.opType), let input = node.input.first {
        for output in node.output { origins[output] = origins[input] ?? input }
        continue
      }
      for output in node.output {
        guard let grid = grids[output] else { continue }
        for input in node.input.map({ origins[$0] ?? $0 }) where grids[input] == grid {
          continued.insert(input)
        }
      }
    }
    let ends = hidden.map(\.tensor.name).filter { !continued.contains($0) && origins[$0] == nil }
    guard Set(grids.values).count < 2 else { return ends }
    let sums = hidden.filter { $0.tensor.operation == "Add" && addsMaps($0.tensor.name, grids) }
      .map(\.tensor.name)
    guard sums.count > 1 else { return ends }
    let count = min(OnnxGraph.blockLimit, sums.count)
    return (1...count).map { sums[$0 * sums.count / count - 1] }
  }

  private static let movers: Set = [
    "Cast", "Dropout", "Flatten", "Identity", "Pad", "Reshape", "Slice", "Squeeze", "Transpose",
    "Unsqueeze",
  ]

  /// Whether a sum is that of two feature maps, and not of one and a bias.
  private func addsMaps(_ name: String, _ grids: [String: [Int]]) -> Bool {
    (producers[name]?.input ?? []).count { grids[$0] != nil } > 1
  }
}
