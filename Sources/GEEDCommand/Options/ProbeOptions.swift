// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEED
import GEEDOnnx

struct ProbeOptions: ParsableArguments {
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
      repeatable.
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
    if channelwise.isEmpty, latent.isEmpty, latentCosine.isEmpty, softmax.isEmpty {
      throw ValidationError(
        """
        Name at least one tensor to measure, with '--channelwise', '--latent', '--latent-cosine' \
        or '--softmax'; 'geed layers MODEL' lists them.
        """)
    }
  }

  /// Returns whether the layouts of the model's tensors are required to choose the probes.
  func needLayouts(of graph: OnnxGraph) throws -> Bool {
    if !channelwise.isEmpty || (latent + latentCosine).contains(where: Self.isPattern) {
      return true
    }
    return try tensors(matchingAny: softmax, option: "--softmax", of: graph).contains(
      where: \.mayHavePixels)
  }

  /// Returns the probes, in the order of the options, and for each option in that of the graph.
  func choices(in context: ProbeContext) throws -> ProbeChoices {
    let maps = try channelwiseChoices(in: context)
    let vectors = try measurable(latent, option: "--latent", in: context)
    let directions = try measurable(latentCosine, option: "--latent-cosine", in: context)
    let scores = try softmaxChoices(in: context)
    let probes =
      maps.probes
      + vectors.tensors.map { PlannedProbe(.latent, tensor: $0.name) }
      + directions.tensors.map { PlannedProbe(.latentCosine, tensor: $0.name) }
      + scores.probes
    return ProbeChoices(
      probes: probes, leftOut: maps.leftOut + vectors.leftOut + directions.leftOut,
      notes: scores.notes)
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
      throw OnnxModelError.unknownTensor(
        path: graph.path, name: pattern, near: graph.names(near: pattern))
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
