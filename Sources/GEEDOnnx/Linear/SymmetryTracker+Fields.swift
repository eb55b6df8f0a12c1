// SPDX-License-Identifier: MIT

import GEED

// If the group permutes channels, an operator must treat the channels of a field alike: a constant
// that is added to each channel, or multiplied with it, can also break the symmetry.

extension SymmetryTracker {
  /// Returns the group's permutation of the channels of a node's output.
  func outputFields(of node: ProtoNode, _ name: String) -> ChannelFields {
    if node.opType == "Conv" { return givenFields[name] ?? ChannelFields(.trivial) }
    return source(of: node).map { fields(of: $0) } ?? ChannelFields(.trivial)
  }

  /// Returns the effect of an operator on the symmetry of inputs whose channels the group may
  /// permute.
  func effectOnFields(of node: ProtoNode, name: String) -> Effect {
    let before = source(of: node).map { fields(of: $0) } ?? ChannelFields(.trivial)
    let after = outputFields(of: node, name)
    if let given = givenFields[name], given != after {
      return .unknown("its fields, '\(given)', are not those of its input, '\(before)'")
    }
    if before.areTrivial, after.areTrivial { return effect(of: node, name: name) }
    let effect = effect(of: node, name: name)
    switch node.opType {
    case "Conv": return checked(effect, constants: node.input.dropFirst(2), after)
    case "BatchNormalization": return checked(effect, constants: node.input.dropFirst(), after)
    case "AveragePool", "MaxPool", "Pad": return effect
    case let operation where Self.pointwise.contains(operation): return effect
    case let operation where Self.combining.contains(operation):
      for input in node.input where layout(of: input) != nil && !constants.contains(input) {
        if case .grid = layout(of: input), fields(of: input) == before { continue }
        return .unknown(
          "the group does not permute the channels of '\(input)' as those of the others")
      }
      return checked(effect, constants: node.input.filter(constants.contains), after)
    default:
      return .unknown("the group permutes its channels, which \(node.opType) is not known to keep")
    }
  }

  /// Returns the first input that has a grid.
  private func source(of node: ProtoNode) -> String? {
    node.input.first { if case .grid = layout(of: $0) { true } else { false } }
  }

  /// Returns the effect, unless a constant has different numbers for channels that are permuted.
  private func checked(
    _ effect: Effect, constants names: some Sequence<String>, _ fields: ChannelFields
  ) -> Effect {
    guard case .keeps(let layout) = effect else { return effect }
    for name in names where !name.isEmpty {
      guard let tensor = try? constants.tensor(name) else {
        return .unknown("the numbers of '\(name)' are not known", layout)
      }
      let channels = tensor.shape.filter { $0 != 1 }
      if channels.isEmpty { continue }
      guard channels.count == 1,
        let permutations = fields.permutations(of: action.group, channelCount: channels[0])
      else { return .unknown("whether '\(name)' is the same for the channels of a field", layout) }
      let isSame = permutations.allSatisfy { permutation in
        permutation.images.enumerated().allSatisfy { tensor.scalars[$0] == tensor.scalars[$1] }
      }
      if !isSame { return .breaks(layout) }
    }
    return effect
  }
}
