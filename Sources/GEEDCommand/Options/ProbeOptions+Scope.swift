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
      case .equivariance where probe.action == .trivial: true
      case .channelwise, .equivariance:
        try isGroup && context.canMove(probe)
      }
    }
    let left = chosen.probes.count - probes.count
    let leftOut = chosen.leftOut.isEmpty ? nil : "Left out: \(chosen.leftOut.shortList)."
    guard !probes.isEmpty else {
      throw UsageError(
        "'--probe \(scope.rawValue)' finds nothing in \(graph.path) to measure under "
          + "\(context.transformations.transformations.name)"
          + (left == 0
            ? "" : ", which does not act on the grid of \(left) of its tensors\(context.remedy)")
          + "; name tensors with '--channelwise', '--latent', '--latent-cosine', '--softmax' or "
          + "'--equivariance' ('geed layers MODEL' lists them)."
          + (leftOut.map { " " + $0 } ?? ""))
    }
    return ProbeChoices(
      probes: probes,
      reasons: [
        "Chosen: \(chosen.reasons.joined(separator: "; "))"
          + (left == 0
            ? "."
            : isGroup
              ? "; without \(left) on whose grid the group does not act\(context.remedy)."
              : "; without \(left), as outputs have no expected change where there is no group.")
      ] + [leftOut].compactMap(\.self) + [
        "Name others with --softmax, --latent, --latent-cosine, --channelwise and --equivariance, or "
          + "choose with --probe."
      ])
  }
}

extension [String] {
  /// The first few of the texts, and how many more there are.
  fileprivate var shortList: String {
    let most = 8
    return prefix(most).joined(separator: "; ")
      + (count > most ? "; and \(count - most) more" : "")
  }
}

extension ProbeContext {
  /// What helps if the group does not act on grids that are not square, or an empty text.
  fileprivate var remedy: String {
    let grids = graph.tensors.compactMap { tensor -> [Int]? in
      guard let layout = layouts?.layouts[tensor.name]?.featureMap,
        let shape = layouts?.shapes[tensor.name]
      else { return nil }
      return layout.rearrangedShape(of: Array(shape.dropFirst()))?.suffix(2)
    }
    let isSquare = grids.allSatisfy { $0.first == $0.last }
    return isSquare || transformations.gridAction == nil
      ? "" : " (its quarter turns need square images, which --crop makes)"
  }

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
