// SPDX-License-Identifier: MIT

/// A value that is encoded as `null`, and not left out, if it does not exist.
@propertyWrapper
public struct Nullable<Value> {
  /// The value, if it exists.
  public var wrappedValue: Value?

  /// Creates a wrapper of a value.
  public init(wrappedValue: Value?) {
    self.wrappedValue = wrappedValue
  }
}

extension Nullable: Sendable where Value: Sendable {}

extension Nullable: Equatable where Value: Equatable {}

extension Nullable: Hashable where Value: Hashable {}

extension Nullable: Encodable where Value: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue {
      try container.encode(wrappedValue)
    } else {
      try container.encodeNil()
    }
  }
}

extension Nullable: Decodable where Value: Decodable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    wrappedValue = container.decodeNil() ? nil : try container.decode(Value.self)
  }
}

extension KeyedDecodingContainer {
  /// Decodes a value; one that is left out does not exist.
  public func decode<Value: Decodable>(
    _ type: Nullable<Value>.Type, forKey key: Key
  ) throws -> Nullable<Value> {
    try decodeIfPresent(type, forKey: key) ?? Nullable(wrappedValue: nil)
  }
}

/// A type that is encoded as its description.
package protocol StringCodable: Codable, LosslessStringConvertible {
  /// The valid descriptions in the words of an error, such as `C8, D4 or the like`.
  static var expectation: String { get }
}

extension StringCodable {
  /// Decodes a string.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Self(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "expected \(Self.expectation), but got '\(text)'")
    }
    self = value
  }

  /// Encodes the description.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension DecodingError {
  /// The context of the failure, without the key that is missing in ``keys``.
  package var context: Context {
    switch self {
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .keyNotFound(_, let context), .dataCorrupted(let context):
      context
    @unknown default: Context(codingPath: [], debugDescription: "\(self)")
    }
  }

  /// The path of the value that cannot be decoded, or is missing.
  package var keys: [any CodingKey] {
    if case .keyNotFound(let key, let context) = self { return context.codingPath + [key] }
    return context.codingPath
  }
}

extension [any CodingKey] {
  /// The path of a value: `results.0.metric`.
  package var path: String {
    map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
  }
}

/// The version of this package.
public enum GEEDVersion {
  /// The version number that the package writes into files.
  public static let current = "0.2.0"
}
