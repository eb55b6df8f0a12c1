// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEED
import GEEDOnnx

/// What is measured of a model.
struct ProbeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Compare channel by channel, each moved by the group; repeatable.", valueName: "tensor"))
  var channelwise: [String] = []

  @Option(
    help: ArgumentHelp(
      "ℓ2 distance of features to their mean over the orbit, divided by M; repeatable.",
      valueName: "tensor"))
  var latent: [String] = []

  @Option(
    help: ArgumentHelp(
      "Negative cosine of features to their mean over the orbit, divided by M; repeatable.",
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
      How the group permutes the channels of a channelwise tensor: regular, quotient:K for the \
      cosets of the K smallest turns' subgroup, or trivial; repeatable.
      """, valueName: "tensor=type"))
  var fields: [FieldOption] = []

  @Option(
    help: ArgumentHelp(
      """
      What softmax tensors hold, or those of a name or pattern: logits, probabilities, \
      log-probabilities, bernoulli-logit or bernoulli (one label, or several that do not exclude \
      each other), or auto, which reads it off the graph; repeatable.
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

  /// The probes, in the order of the options and within one in the order of the graph.
  ///
  /// - Throws: `OnnxModelError` for a tensor that the model does not have, ``UsageError`` for a
  ///   pattern that matches none or names a field that is not measured.
  func choices(of graph: OnnxGraph) throws -> [ProbeChoice] {
    let channelwise = try tensors(matchingAny: channelwise, option: "--channelwise", of: graph)
    let fieldTypes = try fields.flatMap { field in
      let tensors = try tensors(matching: field.pattern, option: "--fields", of: graph)
      guard tensors.contains(where: { channelwise.map(\.name).contains($0.name) }) else {
        throw UsageError(
          "'--fields \(field.pattern)' names no tensor that '--channelwise' measures.")
      }
      return tensors.map { ($0.name, field.text) }
    }
    let fieldType = Dictionary(fieldTypes) { $1 }
    let scoreKinds = try scoreKinds(of: graph)
    let softmaxChoices = try tensors(matchingAny: softmax, option: "--softmax", of: graph).map {
      try softmaxChoice($0, scores: scoreKinds[$0.name])
    }
    return channelwise.map {
      ProbeChoice(metric: .channelwise, tensor: $0.name, fields: fieldType[$0.name])
    }
      + (try tensors(matchingAny: latent, option: "--latent", of: graph)).map {
        ProbeChoice(metric: .latent, tensor: $0.name)
      }
      + (try tensors(matchingAny: latentCosine, option: "--latent-cosine", of: graph)).map {
        ProbeChoice(metric: .latentCosine, tensor: $0.name)
      }
      + softmaxChoices
  }

  /// The options of `--scores` that name tensors, by tensor; the last of one tensor counts.
  private func scoreKinds(of graph: OnnxGraph) throws -> [String: ScoreOption] {
    var kinds: [String: ScoreOption] = [:]
    for option in scores {
      guard let pattern = option.pattern else { continue }
      for tensor in try tensors(matching: pattern, option: "--scores", of: graph) {
        kinds[tensor.name] = option
      }
    }
    let measured = try Set(
      tensors(matchingAny: softmax, option: "--softmax", of: graph).map(\.name))
    for option in scores {
      guard let pattern = option.pattern else { continue }
      let named = try tensors(matching: pattern, option: "--scores", of: graph).map(\.name)
      guard measured.isDisjoint(with: named) else { continue }
      throw UsageError("'--scores \(pattern)' names no tensor that '--softmax' measures.")
    }
    return kinds
  }

  private func softmaxChoice(_ tensor: OnnxTensor, scores named: ScoreOption?) throws -> ProbeChoice
  {
    let option = named ?? scores.last { $0.pattern == nil }
    let (kind, isPerPixel) = try tensor.scoreReading(option?.kind, isNamed: named?.kind != nil)
    return ProbeChoice(
      metric: .softmax, tensor: tensor.name, reading: kind, isPerPixel: isPerPixel ? true : nil)
  }

  private func tensors(
    matchingAny patterns: [String], option: String, of graph: OnnxGraph
  ) throws -> [OnnxTensor] {
    let names = Set(
      try patterns.flatMap { try tensors(matching: $0, option: option, of: graph).map(\.name) })
    return graph.tensors.filter { names.contains($0.name) }
  }

  private func tensors(
    matching pattern: String, option: String, of graph: OnnxGraph
  ) throws -> [OnnxTensor] {
    if let tensor = graph.tensor(named: pattern) { return [tensor] }
    guard pattern.contains(where: { "*?[".contains($0) }) else {
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

/// A probe, with nothing left to be looked up.
struct ProbeChoice: Codable, Hashable {
  let metric: Metric
  let tensor: String
  /// What softmax probes read; `values` for all others.
  var reading = ScoreKind.values
  /// Whether a softmax probe compares pixels; left out where it does not.
  var isPerPixel: Bool?
  /// The field type of the tensor's channels as `--fields` takes it, pattern and all.
  var fields: String?

  /// The same for the library.
  ///
  /// - Throws: ``UsageError`` for a field type that does not fit the group.
  func probe(under transformations: any TransformationFamily) throws -> Probe {
    let field = fields.flatMap(FieldOption.init)
    return Probe(
      metric, tensor: tensor, scores: reading, isPerPixel: isPerPixel ?? false,
      outputAction: try field?.action(over: transformations))
  }
}

/// `tensor=regular`, `tensor=quotient:2` or `tensor=trivial`.
struct FieldOption: ExpressibleByArgument {
  /// All of it.
  let text: String
  let pattern: String
  private let kind: Kind

  private enum Kind {
    case trivial
    case regular
    case quotient(rotationCount: Int)
  }

  init?(argument: String) {
    guard let separator = argument.lastIndex(of: "="), separator > argument.startIndex else {
      return nil
    }
    text = argument
    pattern = String(argument[..<separator])
    let words = argument[argument.index(after: separator)...].split(separator: ":")
    switch (words.first, words.count > 1 ? Int(words[1]) : nil, words.count) {
    case ("trivial", _, 1): kind = .trivial
    case ("regular", _, 1): kind = .regular
    case ("quotient", let count?, 2): kind = .quotient(rotationCount: count)
    default: return nil
    }
  }

  /// The action on a field over the grid that `transformations` move.
  ///
  /// - Throws: `ValidationError` where they are not all elements of a finite group, which channels
  ///   could stand for.
  func action(over transformations: any TransformationFamily) throws -> FieldAction {
    guard let action = transformations as? any GroupAction else {
      throw UsageError(
        "'--fields \(pattern)' needs a finite group, but \(transformations.transformations.name) "
          + "is none.")
    }
    return FieldAction(action, fieldType: try type(under: action.group))
  }

  /// The field type; a quotient is by the subgroup of `rotationCount` rotations.
  private func type(under group: FiniteGroup) throws -> FieldType {
    switch kind {
    case .trivial: return .trivial
    case .regular: return .regular
    case .quotient(let rotationCount):
      let rotation = group.elements.first {
        group.order(of: $0) == rotationCount && !group.elementNames[$0].hasSuffix("s")
      }
      guard let rotation else {
        throw UsageError(
          "'--fields \(pattern)=quotient:\(rotationCount)': \(group.name) has no subgroup of "
            + "\(rotationCount) rotations.")
      }
      return .quotient(Subgroup(of: group, generatedBy: [rotation]))
    }
  }
}
