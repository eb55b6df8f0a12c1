// SPDX-License-Identifier: MIT

/// A JSON value that is written as a Swift literal; charts are Vega-Lite specifications in this
/// form.
///
///     let mark: JSON = ["mark": ["type": "bar", "color": .string(color)]]
package enum JSON: Sendable, Hashable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  package init(nilLiteral: ()) { self = .null }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int) { self = .number(Double(value)) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(stringLiteral value: String) { self = .string(value) }
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(Dictionary(elements) { _, last in last })
  }
}

extension JSON {
  /// A number; `null` if it does not exist, or is infinite or NaN, which JSON cannot express.
  package init(_ number: Double?) {
    self = number.flatMap { $0.isFinite ? .number($0) : nil } ?? .null
  }

  package init(_ number: Int) { self = .number(Double(number)) }

  package init(_ text: String?) { self = text.map(JSON.string) ?? .null }

  package init(_ values: some Sequence<Double?>) { self = .array(values.map { JSON($0) }) }

  package init(_ values: some Sequence<String>) { self = .array(values.map { .string($0) }) }

  /// Returns the object with the members of another one, which replace members of the same name.
  package func with(_ other: JSON) -> JSON {
    guard case .object(let members) = self, case .object(let others) = other else { return other }
    return .object(members.merging(others) { $0.with($1) })
  }
}

extension JSON {
  /// A member of an object; `nil` if there is none.
  package subscript(_ name: String) -> JSON? {
    if case .object(let members) = self { members[name] } else { nil }
  }

  /// The elements of an array; `nil` for other values.
  package var elements: [JSON]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The value of a number; `nil` for other values.
  package var number: Double? {
    if case .number(let value) = self { value } else { nil }
  }
}

extension JSON: Encodable {
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .number(let value):
      // Whole numbers are written without a fraction.
      if let whole = Int(exactly: value) {
        try container.encode(whole)
      } else {
        try container.encode(value)
      }
    case .string(let value): try container.encode(value)
    case .array(let values): try container.encode(values)
    case .object(let members): try container.encode(members)
    }
  }
}
