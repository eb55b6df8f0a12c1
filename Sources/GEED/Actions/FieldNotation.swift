// SPDX-License-Identifier: MIT

/// Feature fields as they are written, such as `regular*16+trivial*8`; see ``ChannelFields``.
public struct FieldNotation: Sendable, Hashable {
  fileprivate struct Part: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
      case trivial
      case regular
      case quotient(rotationCount: Int)
    }
    let kind: Kind
    let count: Int?
  }

  /// The text as given.
  public let description: String

  private let parts: [Part]
  private let order: ChannelFields.Order

  /// Returns the fields of channels that `group` permutes.
  package func fields(of group: FiniteGroup) throws(FieldError) -> ChannelFields {
    var types: [ChannelFields.Part] = []
    for part in parts {
      types.append(ChannelFields.Part(try type(of: part.kind, under: group), count: part.count))
    }
    return ChannelFields(types, order: order)
  }

  /// Returns the action on fields over the grid that `transformations` move.
  package func action(
    over transformations: any TransformationAction
  ) throws(FieldError) -> FieldAction {
    guard let group = transformations.transformations.group else {
      throw .noGroup(fields: self, transformations: transformations.transformations.name)
    }
    return FieldAction(group, gridAction: transformations, fields: try fields(of: group))
  }

  /// Returns a field type; a quotient is by the subgroup of so many rotations.
  private func type(
    of kind: Part.Kind, under group: FiniteGroup
  ) throws(FieldError) -> FieldType {
    switch kind {
    case .trivial: return .trivial
    case .regular: return .regular
    case .quotient(let count):
      let rotation = group.elements.first {
        group.order(of: $0) == count && !group.elementNames[$0].hasSuffix("s")
      }
      guard let rotation else {
        throw .noQuotient(fields: self, rotationCount: count, group: group.name)
      }
      return .quotient(Subgroup(of: group, generatedBy: [rotation]))
    }
  }
}

/// A reason why fields do not fit a group.
public enum FieldError: Error, Hashable, CustomStringConvertible {
  /// Fields need a finite group.
  case noGroup(fields: FieldNotation, transformations: String)
  /// The group has no subgroup of so many rotations.
  case noQuotient(fields: FieldNotation, rotationCount: Int, group: String)

  /// One sentence that names the fields and the group.
  public var description: String {
    switch self {
    case .noGroup(let fields, let name):
      "Fields '\(fields)' need a finite group, but \(name) is none."
    case .noQuotient(let fields, let count, let group):
      "Fields '\(fields)': \(group) has no subgroup of \(count) rotations."
    }
  }
}

extension FieldNotation: StringCodable {
  package static var expectation: String { "fields such as regular or trivial*8" }

  /// Creates the notation of a text; `nil` for any other text.
  public init?(_ description: String) {
    var list = description[...]
    var order = ChannelFields.Order.fieldMajor
    for candidate in ChannelFields.Order.allCases where list.hasSuffix(":\(candidate.rawValue)") {
      order = candidate
      list = list.dropLast(candidate.rawValue.count + 1)
    }
    let words = list.split(separator: "+", omittingEmptySubsequences: false)
    var parts: [Part] = []
    for word in words {
      guard let part = Part(word, isAlone: words.count == 1) else { return nil }
      parts.append(part)
    }
    self.description = description
    self.parts = parts
    self.order = order
  }
}

extension FieldNotation.Part {
  /// Parses `type` or `type*count`; a single type without a count fills all channels.
  fileprivate init?(_ text: Substring, isAlone: Bool) {
    let factors = text.split(separator: "*", omittingEmptySubsequences: false)
    guard let name = factors.first, factors.count <= 2 else { return nil }
    if factors.count == 2 {
      guard factors[1].count <= 9, factors[1].allSatisfy(\.isASCII), let given = Int(factors[1]),
        given > 0
      else { return nil }
      count = given
    } else {
      count = isAlone ? nil : 1
    }
    let words = name.split(separator: ":", omittingEmptySubsequences: false)
    switch (words.first, words.count > 1 ? Int(words[1]) : nil, words.count) {
    case ("trivial", _, 1): kind = .trivial
    case ("regular", _, 1): kind = .regular
    case ("quotient", let order?, 2): kind = .quotient(rotationCount: order)
    default: return nil
    }
  }
}
