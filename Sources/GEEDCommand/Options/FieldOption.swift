// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED

/// The fields of a tensor, such as `tensor=regular`, `tensor=quotient:2`,
/// `tensor=regular*16+trivial*8` or `tensor=regular:group-major`.
struct FieldOption: ExpressibleByArgument {
  /// The whole text of the option.
  let text: String
  let pattern: String
  private let parts: [Part]
  private let order: ChannelFields.Order

  fileprivate struct Part {
    enum Kind {
      case trivial
      case regular
      case quotient(rotationCount: Int)
    }
    let kind: Kind
    let count: Int?
  }

  init?(argument: String) {
    guard let separator = argument.lastIndex(of: "="), separator > argument.startIndex else {
      return nil
    }
    text = argument
    pattern = String(argument[..<separator])
    var list = argument[argument.index(after: separator)...]
    var order = ChannelFields.Order.fieldMajor
    for candidate in ChannelFields.Order.allCases where list.hasSuffix(":\(candidate.rawValue)") {
      order = candidate
      list = list.dropLast(candidate.rawValue.count + 1)
    }
    self.order = order
    let words = list.split(separator: "+", omittingEmptySubsequences: false)
    var parts: [Part] = []
    for word in words {
      guard let part = Part(word, isAlone: words.count == 1) else { return nil }
      parts.append(part)
    }
    self.parts = parts
  }

  /// Returns the fields of channels that `group` permutes.
  ///
  /// - Throws: ``UsageError`` if the group has no such quotient.
  func fields(of group: FiniteGroup) throws -> ChannelFields {
    ChannelFields(
      try parts.map { ChannelFields.Part(try type(of: $0, under: group), count: $0.count) },
      order: order)
  }

  /// Returns the action on fields over the grid that `transformations` move.
  ///
  /// - Throws: ``UsageError`` if they are not all elements of a finite group, which channels could
  ///   represent.
  func action(over transformations: any TransformationAction) throws -> FieldAction {
    guard let action = transformations as? any GroupAction else {
      throw UsageError(
        "'--fields \(pattern)' needs a finite group, but \(transformations.transformations.name) "
          + "is none.")
    }
    return FieldAction(action, fields: try fields(of: action.group))
  }

  /// Returns the field type; a quotient is by the subgroup of `rotationCount` rotations.
  private func type(of part: Part, under group: FiniteGroup) throws -> FieldType {
    switch part.kind {
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

extension FieldOption.Part {
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
