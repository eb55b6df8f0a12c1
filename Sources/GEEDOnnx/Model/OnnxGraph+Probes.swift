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
  /// | an output `[N, K]` | softmax: scores of *K* classes; latent where it holds features |
  /// | an output of one number | latent, by the distance |
  /// | an output with a grid | equivariance, under the action on the grid |
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
    return chosen
  }

  /// The largest number of blocks of a model with one grid.
  package static let blockLimit = 6
}
