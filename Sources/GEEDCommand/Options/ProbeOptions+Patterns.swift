// SPDX-License-Identifier: MIT

import GEED
import GEEDOnnx
import GEEDReport

extension ProbeOptions {
  /// The tensors that patterns match: those that can be measured, and those that cannot.
  typealias Named = (tensors: [OnnxTensor], leftOut: [TensorsLeftOut])

  func channelwiseChoices(in context: ProbeContext) throws -> ProbeChoices {
    let layouts = try layoutsByTensor(of: context.graph)
    func byTensor(_ options: [FieldOption]) throws -> [String: FieldOption] {
      try self.byTensor(
        options, \.pattern, option: "--fields", for: [("--channelwise", channelwise)],
        of: context.graph)
    }
    let fields = try byTensor(self.fields.filter { !$0.isDiscovery })
    let discoveries = try byTensor(self.fields.filter(\.isDiscovery))
    var found: [String: OutputLayout] = [:]
    let named = try measurable(channelwise, option: "--channelwise", in: context) { tensor in
      if let reason = context.unmeasurable(tensor) { return reason }
      let map = try context.featureMap(
        tensor.name, layout: layouts[tensor.name]?.layout, fields: fields[tensor.name])
      found[tensor.name] = try? map.get()
      if case .failure(let reason) = map { return reason }
      return nil
    }
    for option in fields.values { _ = try option.action(over: context.transformations) }
    return ProbeChoices(
      probes: named.tensors.map {
        var probe = PlannedProbe(
          .channelwise, tensor: $0.name, fields: fields[$0.name]?.fields, layout: found[$0.name])
        if let discovery = discoveries[$0.name]?.discovery {
          probe.searchesPermutations = true
          probe.searchesSigns = discovery == .signed ? true : nil
        }
        return probe
      }, leftOut: named.leftOut)
  }

  /// Returns the last option whose pattern matches, for each tensor that an option matches.
  func byTensor<Option>(
    _ options: [Option], _ pattern: (Option) -> String, option name: String,
    for probes: [(option: String, patterns: [String])], of graph: OnnxGraph
  ) throws -> [String: Option] {
    guard !options.isEmpty else { return [:] }
    let measured = Set(
      try tensors(
        matchingAny: probes.flatMap(\.patterns), option: probes[0].option, of: graph
      ).map(\.name))
    var result: [String: Option] = [:]
    for option in options {
      let text = pattern(option)
      let named = try tensors(matching: text, option: name, of: graph).map(\.name)
      guard named.contains(where: measured.contains) else {
        throw UsageError(
          "'\(name) \(text)' names no tensor that "
            + probes.map { "'\($0.option)'" }.joined(separator: " or ") + " measures.")
      }
      for tensor in named { result[tensor] = option }
    }
    return result
  }

  /// Returns the choice for each tensor that is measured: the last one whose pattern matches, or the
  /// last one for all.
  func choices<Choice: ChoiceByPattern>(
    _ options: [Choice], option name: String,
    for probes: [(option: String, patterns: [String])], of graph: OnnxGraph
  ) throws -> (_ tensor: String) -> Choice? {
    let named = try byTensor(
      options.filter { $0.pattern != nil }, { $0.pattern ?? "" }, option: name, for: probes,
      of: graph)
    let common = options.last { $0.pattern == nil }
    return { named[$0] ?? common }
  }

  /// Returns the kind of scores that was given for each tensor.
  func kinds(of graph: OnnxGraph) throws -> (_ tensor: String) -> ScoreOption? {
    try choices(
      scores, option: "--scores",
      for: [("--softmax", softmax), ("--equivariance", equivariance.map(\.pattern))], of: graph)
  }

  func layoutsByTensor(of graph: OnnxGraph) throws -> [String: LayoutOption] {
    try byTensor(
      layoutOf, \.pattern, option: "--layout-of",
      for: [
        ("--channelwise", channelwise), ("--softmax", softmax),
        ("--equivariance", equivariance.map(\.pattern)),
      ], of: graph)
  }

  /// Returns the tensors that latent patterns match, except those without one row for each example.
  func measurable(
    _ patterns: [String], option: String, in context: ProbeContext
  ) throws -> Named {
    try measurable(patterns, option: option, in: context) { tensor in
      if let reason = context.unmeasurable(tensor) { return reason }
      guard let layouts = context.layouts else { return nil }
      return layouts.reasonAgainstRows(tensor.name).map { .noFeatureMap($0) }
    }
  }

  /// Returns the tensors that patterns match, those that can be measured and those that cannot. A
  /// tensor that a pattern or name matches alone has to be measurable; of several, at least one.
  private func measurable(
    _ patterns: [String], option: String, in context: ProbeContext,
    reasonAgainst: (OnnxTensor) throws -> Unmeasurable?
  ) throws -> Named {
    let graph = context.graph
    let names = Set(try tensors(matchingAny: patterns, option: option, of: graph).map(\.name))
    var reasons: [String: Unmeasurable] = [:]
    for tensor in graph.tensors where names.contains(tensor.name) {
      reasons[tensor.name] = try reasonAgainst(tensor)
    }
    for pattern in patterns {
      let named = try tensors(matching: pattern, option: option, of: graph)
      // A vector that is requested by name is measured in any case, or found not to be one.
      if named.count == 1, let reason = reasons[named[0].name] {
        if option != "--channelwise", case .noFeatureMap = reason {
          reasons[named[0].name] = nil
          continue
        }
        throw UsageError(
          reason.sentence(about: named[0].name, shape: context.described(named[0].name)))
      }
      guard named.contains(where: { reasons[$0.name] == nil }) else {
        let groups = TensorsLeftOut.grouped(
          named.map { ($0.name, reasons[$0.name]?.reason ?? "") }, option: option)
        throw UsageError(
          "'\(option) \(pattern)' matches \(named.count) tensors, none of which can be measured: "
            + groups.map(\.text).joined(separator: "; ") + ".")
      }
    }
    let leftOut = graph.tensors.compactMap { tensor in
      reasons[tensor.name].map { (name: tensor.name, reason: $0.reason) }
    }
    return (
      graph.tensors.filter { names.contains($0.name) && reasons[$0.name] == nil },
      TensorsLeftOut.grouped(leftOut, option: option)
    )
  }
}
