// SPDX-License-Identifier: MIT

/// Any key of a settings file.
private struct AnyKey: CodingKey {
  let stringValue: String
  let intValue: Int? = nil

  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension Decoder {
  /// The settings at this place.
  ///
  /// - Throws: `DecodingError` for a key that is none of `Key`: a misspelled setting would otherwise
  ///   be ignored in silence.
  func strictContainer<Key: CodingKey & CaseIterable>(
    keyedBy type: Key.Type
  ) throws -> KeyedDecodingContainer<Key> {
    let known = Key.allCases.map(\.stringValue)
    for key in try container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
      let names = known.map { "'\($0)'" }.joined(separator: ", ")
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: codingPath + [key],
          debugDescription: "there is no such setting, only \(names)"))
    }
    return try container(keyedBy: type)
  }
}

extension KeyedDecodingContainer {
  /// The value of a key, or `fallback` where it is left out.
  func decode<Value: Decodable>(_ key: Key, or fallback: Value) throws -> Value {
    try decodeIfPresent(Value.self, forKey: key) ?? fallback
  }

  /// Throws, naming `key`, unless its value is as it should be.
  func require(_ key: Key, _ isSound: Bool, _ expected: String) throws {
    guard !isSound else { return }
    throw DecodingError.dataCorruptedError(
      forKey: key, in: self, debugDescription: "expected \(expected)")
  }
}
