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
  /// The outputs without a probe, each with its reason.
  package internal(set) var leftOut: [String] = []
}

extension OnnxGraph {
  /// Chooses probes by the shapes of tensors and the operators between them.
  ///
  /// | tensor | probe |
  /// |---|---|
  /// | an output `[N, K]` | softmax: scores of *K* classes; latent where it holds features |
  /// | an output of one number | latent, by the distance; softmax if it may be the logit of a class |
  /// | an output with a grid | equivariance, under the action on the grid; of labels by mismatch |
  /// | labels of whole examples | equivariance, by mismatch, under the trivial action |
  /// | the input of the last linear layer before the classes | latent, by both distances |
  /// | the end of a stage: a feature map of whose grid no other one is made | channelwise |
  ///
  /// Outputs include the tensors of which maps and sequences are made. Queries, keys and values of
  /// an attention end no stage. If a model has only one grid, as transformers do, up to
  /// ``blockLimit`` of its residual sums take the place of stages.
  package func chosenProbes(_ scope: ProbeScope, _ layouts: OnnxLayouts) -> ChosenProbes {
    let finder = ProbeFinder(graph: self, layouts: layouts)
    var chosen = ChosenProbes()
    if scope != .stages {
      finder.addOutputs(to: &chosen)
      finder.addFeatures(to: &chosen, all: scope == .all)
    }
    finder.addMaps(to: &chosen, all: scope == .all)
    if scope != .stages { finder.addLeftOut(to: &chosen) }
    return chosen
  }

  /// Returns the tensors that are joined to one, in the order of their values; empty if it is not made
  /// of several.
  package func parts(of name: String) -> [String] {
    var name = name
    let makers = Dictionary(
      nodes.flatMap { node in node.output.map { ($0, node) } }, uniquingKeysWith: { $1 })
    while let node = makers[name], let first = node.input.first {
      if node.opType == "Concat" {
        let parts = node.input.filter { tensor(named: $0) != nil }
        return parts.count > 1 ? parts : []
      }
      guard Self.reshaping.contains(node.opType), first != name else { return [] }
      name = first
    }
    return []
  }

  private static let reshaping: Set = [
    "Cast", "Dropout", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze",
  ]

  /// The largest number of blocks of a model with one grid.
  package static let blockLimit = 6
}
