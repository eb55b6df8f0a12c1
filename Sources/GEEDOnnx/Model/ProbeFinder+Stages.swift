// SPDX-License-Identifier: MIT

import GEED

extension ProbeFinder {
  func addMaps(to chosen: inout ChosenProbes, all: Bool) {
    let outputs = Set(chosen.probes.map(\.tensor))
    let hidden = maps.filter { !outputs.contains($0.tensor.name) }
    let names = all ? hidden.map(\.tensor.name) : stages(of: hidden)
    chosen.probes += names.map {
      PlannedProbe(.channelwise, tensor: $0, layout: layouts.layouts[$0]?.featureMap)
    }
    guard !names.isEmpty else {
      if maps.isEmpty, let unknown { chosen.reasons.append(unknown) }
      return
    }
    let isOneGrid = Set(hidden.map(\.grid)).count < 2
    let plural = names.count == 1 ? "" : "s"
    chosen.reasons.append(
      "channelwise of \(names.count) "
        + (all ? "feature map\(plural)" : "end\(plural) of \(isOneGrid ? "blocks" : "stages")"))
  }

  /// The first tensor that may be a feature map, and the reason that it is not known to be one.
  private var unknown: String? {
    for tensor in graph.tensors where layouts.shapes[tensor.name]?.count == 4 {
      guard case .unknown(let reason)? = layouts.layouts[tensor.name] else { continue }
      return
        "no feature map, because the order of the axes of '\(tensor.name)' is not known (\(reason)); "
        + "'--channelwise' with '--layout-of' measures it"
    }
    return nil
  }

  /// Returns the ends of stages; of a model with one grid, those of blocks.
  private func stages(of hidden: [(tensor: OnnxTensor, grid: [Int])]) -> [String] {
    let grids = Dictionary(uniqueKeysWithValues: hidden.map { ($0.tensor.name, $0.grid) })
    let returned = Set(maps.map(\.tensor.name)).subtracting(grids.keys)
    var continued = Set<String>()
    // The tensors from which others only take, move, pad or round values.
    var origins: [String: String] = [:]
    for node in graph.nodes {
      if Self.movers.contains(node.opType), let input = node.input.first {
        for output in node.output { origins[output] = origins[input] ?? input }
        continue
      }
      for output in node.output {
        for input in node.input.map({ origins[$0] ?? $0 }) {
          // An output of the same shape is the end itself, after an activation or the like.
          let isEnd =
            returned.contains(output) && layouts.shapes[input] == layouts.shapes[output]
          if isEnd || grids[output] != nil && grids[input] == grids[output] {
            continued.insert(input)
          }
        }
      }
    }
    let last = hidden.map(\.tensor.name).filter { !continued.contains($0) && origins[$0] == nil }
    let ends = last.filter { !entersAttention($0, grids) }
    let sums = hidden.filter { $0.tensor.operation == "Add" && addsMaps($0.tensor.name, grids) }
      .map(\.tensor.name)
    guard Set(grids.values).count < 2 else {
      // A stage that an attention pools ends with its last sum.
      let ended = Set(ends.map { grids[$0] })
      let pooled = Set(last.map { grids[$0] }).subtracting(ended).compactMap { grid in
        sums.last { grids[$0] == grid }
      }
      return hidden.map(\.tensor.name).filter(Set(ends + pooled).contains)
    }
    guard sums.count > 1 else { return ends.isEmpty ? last : ends }
    let count = min(OnnxGraph.blockLimit, sums.count)
    return (1...count).map { sums[$0 * sums.count / count - 1] }
  }

  private static let movers: Set = [
    "Cast", "Dropout", "Flatten", "Identity", "Pad", "QuantizeLinear", "Reshape", "Slice",
    "Squeeze", "Transpose", "Unsqueeze",
  ]

  /// Whether a feature map enters an attention, as queries, keys or values do, before another feature
  /// map is made of it.
  private func entersAttention(_ name: String, _ grids: [String: [Int]]) -> Bool {
    var open = [name]
    var known = Set(open)
    while let tensor = open.popLast() {
      for node in consumers[tensor] ?? [] {
        if Self.attending.contains(node.opType) { return true }
        if Self.multiplying.contains(node.opType),
          node.input.count(where: { graph.tensor(named: $0) != nil }) > 1
        {
          return true
        }
        let isMoved = Self.movers.contains(node.opType)
        for output in node.output where isMoved || grids[output] == nil {
          if known.insert(output).inserted { open.append(output) }
        }
      }
    }
    return false
  }

  private static let attending: Set = ["Attention", "GroupQueryAttention", "MultiHeadAttention"]

  /// Operators that are products of matrices, in an attention of two that depend on the input.
  private static let multiplying: Set = ["Einsum", "FusedMatMul", "MatMul"]

  /// Whether a sum is that of two feature maps, and not of one and a bias.
  private func addsMaps(_ name: String, _ grids: [String: [Int]]) -> Bool {
    (producers[name]?.input ?? []).count { grids[$0] != nil } > 1
  }
}
