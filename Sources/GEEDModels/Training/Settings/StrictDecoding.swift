// SPDX-License-Identifier: MIT

import GEEDOnnx

/// Any key of a settings file.
private struct AnyKey: CodingKey {
  let stringValue: String
  let intValue: Int? = nil

  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension Decoder {
  /// Returns the settings at this position of the file.
  func strictContainer<Key: CodingKey & CaseIterable>(
    keyedBy type: Key.Type
  ) throws -> KeyedDecodingContainer<Key> {
    let known = Key.allCases.map(\.stringValue)
    for key in try container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
      let names = known.map { "'\($0)'" }.joined(separator: ", ")
      let near = nearest(1, to: key.stringValue, among: known).first
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: codingPath + [key],
          debugDescription: "there is no such setting, only \(names)"
            + (near.map { "; the nearest is '\($0)'" } ?? "")))
    }
    return try container(keyedBy: type)
  }
}

extension KeyedDecodingContainer {
  /// Returns the value of a key, or `fallback` if it is left out.
  func decode<Value: Decodable>(_ key: Key, or fallback: Value) throws -> Value {
    try decodeIfPresent(Value.self, forKey: key) ?? fallback
  }

  /// Returns one of a fixed set of words, or `fallback` if it is left out.
  func decode<Choice: RawRepresentable<String> & CaseIterable>(
    choice key: Key, or fallback: Choice
  ) throws -> Choice {
    guard let word = try decodeIfPresent(String.self, forKey: key) else { return fallback }
    let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    try require(key, Choice(rawValue: word) != nil, "one of \(words), but got '\(word)'")
    return Choice(rawValue: word) ?? fallback
  }

  /// Returns a number in `range`, or `fallback` if it is left out.
  func decode<Number: Decodable & Comparable>(
    _ key: Key, in range: ClosedRange<Number>, or fallback: Number
  ) throws -> Number {
    try decodeIfPresent(key, in: range) ?? fallback
  }

  /// Returns a number in `range`, or `nil` if it is left out.
  func decodeIfPresent<Number: Decodable & Comparable>(
    _ key: Key, in range: ClosedRange<Number>
  ) throws -> Number? {
    guard let number = try decodeIfPresent(Number.self, forKey: key) else { return nil }
    try require(
      key, range.contains(number),
      "a number from \(range.lowerBound) to \(range.upperBound), but got \(number)")
    return number
  }

  /// Throws an error that names `key` unless its value is valid.
  func require(_ key: Key, _ isSound: Bool, _ expected: String) throws {
    guard !isSound else { return }
    throw DecodingError.dataCorruptedError(
      forKey: key, in: self, debugDescription: "expected \(expected)")
  }
}

/// The greatest accepted number of iterations, images and the like.
let greatestCount = 1_000_000_000
