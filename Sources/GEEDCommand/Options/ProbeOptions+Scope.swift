// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED
import GEEDOnnx

extension ProbeOptions {
  /// Chooses probes of the model, and says which and why.
  func choices(of scope: ProbeScope, in context: ProbeContext) throws -> ProbeChoices {
    let graph = context.graph
    guard let layouts = context.layouts else { return ProbeChoices() }
    let chosen = graph.chosenProbes(scope, layouts)
    let isGroup = context.transformations.transformations.origin != .family
    let probes = try chosen.probes.filter { probe in
      switch probe.metric {
      case .softmax: isGroup || !(probe.isPerPixel ?? false)
      case .latent, .latentCosine: true
      case .channelwise, .equivariance:
        try isGroup && context.canMove(probe)
      }
    }
    guard !probes.isEmpty else {
      throw UsageError(
        "'--probe \(scope.rawValue)' finds nothing in \(graph.path) to measure under "
          + "\(context.transformations.transformations.name); name tensors with '--channelwise', "
          + "'--latent', '--latent-cosine', '--softmax' or '--equivariance' ('geed layers MODEL' "
          + "lists them).")
    }
    let left = chosen.probes.count - probes.count
    return ProbeChoices(
      probes: probes,
      reasons: [
        "Chosen: \(chosen.reasons.joined(separator: "; "))"
          + (left == 0 ? "." : "; without \(left) on whose grid the group does not act."),
        "Name others with --softmax, --latent, --latent-cosine, --channelwise and --equivariance, or "
          + "choose with --probe.",
      ])
  }
}

extension ProbeContext {
  /// Whether the group acts on the grid of a probe's tensor.
  fileprivate func canMove(_ probe: PlannedProbe) throws -> Bool {
    if probe.layout == nil, let shape = layouts?.shapes[probe.tensor], shape.count == 3 {
      // A grid without channels.
      let row = [1] + shape.dropFirst()
      return try reasonAgainst(row, row: row, layout: .nchw, fields: nil) == nil
    }
    switch try featureMap(probe.tensor, layout: probe.layout, fields: nil) {
    case .success: return true
    case .failure: return false
    }
  }
}

extension ProbeScope: ExpressibleByArgument {}
