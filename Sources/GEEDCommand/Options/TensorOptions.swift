// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED

/// The layout of a tensor, such as `tensor=nchw` or `tensor=tokens:14x14+1`.
struct LayoutOption: ExpressibleByArgument {
  let pattern: String
  let layout: OutputLayout

  init?(argument: String) {
    guard let (pattern, value) = argument.tensorAndValue, let layout = OutputLayout(value) else {
      return nil
    }
    self.pattern = pattern
    self.layout = layout
  }
}

/// The fields of a tensor, such as `tensor=regular*16+trivial*8` or `tensor=regular:group-major`, or
/// `tensor=discover` or `tensor=discover-signed`.
struct FieldOption: ExpressibleByArgument {
  let pattern: String
  /// The fields that are stated; `nil` for those that are to be found.
  let fields: FieldNotation?
  /// What is to be found; `nil` for fields that are stated.
  let discovery: Discovery?

  /// The permutations of channels that are to be found.
  enum Discovery: String {
    case unsigned = "discover"
    case signed = "discover-signed"
  }

  init?(argument: String) {
    guard let (pattern, value) = argument.tensorAndValue else { return nil }
    discovery = Discovery(rawValue: value)
    fields = discovery == nil ? FieldNotation(value) : nil
    guard fields != nil || discovery != nil else { return nil }
    self.pattern = pattern
  }

  /// Whether permutations of the channels are to be found.
  var isDiscovery: Bool { discovery != nil }

  /// Returns the fields of channels that `group` permutes; `nil` if they are to be found.
  func fields(of group: FiniteGroup) throws -> ChannelFields? {
    try naming { try fields?.fields(of: group) }
  }

  /// Returns the action on fields over the grid that `transformations` move; `nil` if the fields are
  /// to be found.
  func action(over transformations: any TransformationAction) throws -> FieldAction? {
    try naming { try fields?.action(over: transformations) }
  }

  /// Runs `body`; its error becomes one that names the option.
  private func naming<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch FieldError.noGroup(_, let name) {
      throw UsageError("'--fields \(pattern)' needs a finite group, but \(name) is none.")
    } catch FieldError.noQuotient(_, let count, let group) {
      throw UsageError(
        "'--fields \(pattern)=quotient:\(count)': \(group) has no subgroup of \(count) rotations.")
    }
  }
}

/// A kind of scores: `logits` for all softmax tensors, or `tensor=logits` for a name or a pattern.
struct ScoreOption: ChoiceByPattern, ExpressibleByArgument {
  let pattern: String?
  /// The kind of scores, or `nil` for the one that the graph determines.
  let kind: ScoreKind?

  /// Whether the kind was given for this tensor, and not for all.
  var isNamed: Bool { pattern != nil && kind != nil }

  static let words = ["auto"] + ScoreKind.allCases.filter { $0 != .values }.map(\.rawValue)

  init?(argument: String) {
    let (pattern, word) = argument.patternAndWord
    guard Self.words.contains(word), pattern != "" else { return nil }
    self.pattern = pattern
    kind = ScoreKind(rawValue: word)
  }
}

/// The distance of all equivariance probes, such as `kl`, or `tensor=kl` for a name or a pattern.
struct DistanceOption: ChoiceByPattern, ExpressibleByArgument {
  let pattern: String?
  let name: DistanceName

  init?(argument: String) {
    let (pattern, word) = argument.patternAndWord
    guard let name = DistanceName(rawValue: word), pattern != "" else { return nil }
    self.pattern = pattern
    self.name = name
  }
}

/// A choice for all tensors of a kind of probes, or for those of a name or pattern.
protocol ChoiceByPattern {
  /// The pattern of the tensors, or `nil` for all.
  var pattern: String? { get }
}

extension String {
  /// The parts before and after the last `=`, as names of tensors may contain one and words do not;
  /// `nil` and the whole text without one.
  fileprivate var patternAndWord: (pattern: String?, word: String) {
    guard let separator = lastIndex(of: "=") else { return (nil, self) }
    return (String(self[..<separator]), String(self[index(after: separator)...]))
  }

  /// The parts before and after the last `=`, as names may contain one; `nil` without a name.
  var tensorAndValue: (tensor: String, value: String)? {
    guard let separator = lastIndex(of: "="), separator > startIndex else { return nil }
    return (String(self[..<separator]), String(self[index(after: separator)...]))
  }
}
