// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEED
import GEEDOnnx

struct ProbeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Choose the tensors: auto takes the outputs, the features before the last linear layer and \
      the ends of stages, stages the last alone, all every feature map and vector. auto is the \
      default if no tensor is named.
      """, valueName: "scope"))
  var probe: ProbeScope?

  @Option(
    help: ArgumentHelp(
      """
      Compare each channel of the output for a transformed example with the transformed channel \
      for the original example; repeatable.
      """, valueName: "tensor"))
  var channelwise: [String] = []

  @Option(
    help: ArgumentHelp(
      "ℓ2 distance of features from their mean over the orbit, divided by M; repeatable.",
      valueName: "tensor"))
  var latent: [String] = []

  @Option(
    help: ArgumentHelp(
      "Negative cosine of features and their mean over the orbit, divided by M; repeatable.",
      valueName: "tensor"))
  var latentCosine: [String] = []

  @Option(
    help: ArgumentHelp(
      "Divergence of class probabilities from their mean over the orbit; repeatable.",
      valueName: "tensor"))
  var softmax: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Distance of the output for a transformed example from the transformed output for the \
      original example, under an action of the group on the output: spatial (images, masks, \
      scores of pixels), trivial, permute:1,2,3,0 (class i becomes the i-th number under r1; \
      '/' before those of the reflection), sign, fields:FIELDS, irrep:1, matrix:0,-1;1,0 or \
      matrix:FILE.npy; vector, points:UNIT, boxes:UNIT or centered-boxes:UNIT, with pixel, unit \
      (0 to 1) or centered (-1 to 1), for coordinates (x, y) on the last axis; or several, as \
      points:unit&permute:1,0; repeatable.
      """, valueName: "tensor=action"))
  var equivariance: [ActionOption] = []

  @Option(
    help: ArgumentHelp(
      """
      The distance of equivariance probes, or of one tensor: relative-l2 (the default), l2, \
      squared-l2, cosine; or of class probabilities: kl, reverse-kl, tv, js, mismatch (whether \
      the most probable class differs; of label maps, the share of pixels); repeatable.
      """, valueName: "[tensor=]distance"))
  var distance: [DistanceOption] = []

  @Option(
    help: ArgumentHelp(
      """
      What equivariance probes compare outputs with: mean, over the elements that should not \
      change the output, or original, the output for the original example. (default: mean)
      """, valueName: "reference"))
  var reference: DeviationReference?

  @Option(
    help: ArgumentHelp(
      """
      The order of the axes of a channelwise tensor, or of scores of pixels, if the graph does not \
      determine it: nchw, nhwc, or tokens:HxW+k for k tokens before those of an HxW grid; \
      repeatable.
      """, valueName: "tensor=layout"))
  var layoutOf: [LayoutOption] = []

  @Option(
    help: ArgumentHelp(
      """
      How the group permutes the channels of a channelwise tensor: regular, quotient:K for the \
      cosets of the subgroup of K rotations, trivial, or a list such as regular*16+trivial*8; with \
      ':group-major' if the channels of one element are adjacent. discover, alone or besides such \
      fields, finds permutations on half of the examples and measures them on the others; \
      discover-signed also those that change the signs of channels; repeatable.
      """, valueName: "tensor=fields"))
  var fields: [FieldOption] = []

  @Option(
    help: ArgumentHelp(
      """
      The kind of scores in all softmax tensors, or in those of a name or pattern: logits, \
      probabilities, log-probabilities, bernoulli-logit or bernoulli (one label, or several that \
      do not exclude each other), or auto, which derives it from the graph; repeatable.
      """, valueName: "[tensor=]kind"))
  var scores: [ScoreOption] = []

  func validate() throws {
    guard equivariance.isEmpty else { return }
    if let option = distance.first {
      throw ValidationError(
        "'--distance \(option.name.rawValue)' is for '--equivariance', of which there is none.")
    }
    if let reference {
      throw ValidationError(
        "'--reference \(reference.rawValue)' is for '--equivariance', of which there is none.")
    }
  }

  /// Whether tensors are named.
  private var areNamed: Bool {
    ![channelwise, latent, latentCosine, softmax, equivariance.map(\.pattern)]
      .allSatisfy(\.isEmpty)
  }

  /// The tensors that the tool has to choose; `nil` if it has none to choose.
  private var scope: ProbeScope? { probe ?? (areNamed ? nil : .auto) }

  /// Returns whether the layouts of the model's tensors are required to choose the probes.
  func needLayouts(of graph: OnnxGraph) throws -> Bool {
    if scope != nil || !channelwise.isEmpty
      || (latent + latentCosine).contains(where: Self.isPattern)
    {
      return true
    }
    let readsGrids = equivariance.contains {
      $0.action.map { $0.movesGrids || $0.mixesChannels || $0.movesCoordinates } ?? true
    }
    return try readsGrids
      || tensors(
        matchingAny: softmax + equivariance.map(\.pattern), option: "--softmax", of: graph
      ).contains(where: \.mayHavePixels)
  }

  /// Returns the probes, in the order of the options, and for each option in that of the graph.
  func choices(in context: ProbeContext) throws -> ProbeChoices {
    let maps = try channelwiseChoices(in: context)
    let vectors = try measurable(latent, option: "--latent", in: context)
    let directions = try measurable(latentCosine, option: "--latent-cosine", in: context)
    let scores = try softmaxChoices(in: context)
    let outputs = try equivarianceChoices(in: context)
    let chosen = try scope.map { try choices(of: $0, in: context) } ?? ProbeChoices()
    let named =
      maps.probes
      + vectors.tensors.map { PlannedProbe(.latent, tensor: $0.name) }
      + directions.tensors.map { PlannedProbe(.latentCosine, tensor: $0.name) }
      + scores.probes + outputs.probes
    let names = Set(named.map { [$0.metric.rawValue, $0.tensor] })
    let kinds = try kinds(of: context.graph)
    let others = chosen.probes.filter { !names.contains([$0.metric.rawValue, $0.tensor]) }
    let probes = named + others
    return ProbeChoices(
      probes: probes, leftOut: maps.leftOut + vectors.leftOut + directions.leftOut,
      chosen: Set(others), reasons: chosen.reasons,
      notes: scores.notes + outputs.notes
        + others.filter { $0.metric == .softmax }.compactMap {
          context.graph.tensor(named: $0.tensor)?.noteOnOrigin(readAs: $0.scores)
        } + context.notesOnParts(of: probes, named: kinds))
  }

  static func isPattern(_ text: String) -> Bool { text.contains { "*?[".contains($0) } }

  func tensors(
    matchingAny patterns: [String], option: String, of graph: OnnxGraph
  ) throws -> [OnnxTensor] {
    let names = Set(
      try patterns.flatMap { try tensors(matching: $0, option: option, of: graph).map(\.name) })
    return graph.tensors.filter { names.contains($0.name) }
  }

  func tensors(
    matching pattern: String, option: String, of graph: OnnxGraph
  ) throws -> [OnnxTensor] {
    if let tensor = graph.tensor(named: pattern) { return [tensor] }
    guard Self.isPattern(pattern) else {
      if graph.isWithoutOperators {
        throw UsageError(
          "'\(option) \(pattern)': \(graph.path) has no output of this name, only "
            + graph.tensors.map(\.name).joined(separator: ", ") + ".")
      }
      throw graph.errorWithoutTensor(pattern)
    }
    let matches = graph.tensors.filter { fnmatch(pattern, $0.name, 0) == 0 }
    guard !matches.isEmpty else {
      throw UsageError(
        "'\(option) \(pattern)' matches none of the \(graph.tensors.count) tensors of "
          + "\(graph.path), which 'geed layers' lists.")
    }
    return matches
  }
}
