// SPDX-License-Identifier: MIT

/// A value of a JSON document.
enum JSONValue: Decodable, Hashable {
  case null
  case flag(Bool)
  case number(Double)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let flag = try? value.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let list = try? value.decode([JSONValue].self) {
      self = .list(list)
    } else {
      self = .object(try value.decode([String: JSONValue].self))
    }
  }

  /// The number, if it is one.
  var number: Double? { if case .number(let number) = self { number } else { nil } }

  /// The value in an error.
  var shown: String {
    switch self {
    case .null: "null"
    case .flag(let flag): "\(flag)"
    case .number(let number): Int(exactly: number).map(String.init) ?? "\(number)"
    case .text(let text): "'\(text.prefix(60))'"
    case .list(let values) where values.count <= 4:
      "[\(values.map(\.shown).joined(separator: ", "))]"
    case .list(let values): "a list of \(values.count) values"
    case .object(let members): "an object with \(members.keys.sorted().joined(separator: ", "))"
    }
  }
}

/// The settings of a file of preprocessing by name, and their reading with errors that name them.
/// A setting that is `null` counts as missing.
struct PresetSettings {
  let path: String
  private let values: [String: JSONValue]

  init(path: String, values: [String: JSONValue]) {
    self.path = path
    self.values = values.filter { $1 != .null }
  }

  subscript(name: String) -> JSONValue? { values[name] }

  var names: [String] { values.keys.sorted() }

  /// The error for a setting that is not as expected.
  func flaw(_ name: String, _ expected: String) -> DataError {
    .invalid(
      path: path, expected: "'\(name)' to be \(expected)",
      found: values[name]?.shown ?? "nothing of that name")
  }

  func flag(_ name: String) throws(DataError) -> Bool? {
    guard let value = values[name] else { return nil }
    guard case .flag(let flag) = value else { throw flaw(name, "true or false") }
    return flag
  }

  func text(_ name: String) throws(DataError) -> String? {
    guard let value = values[name] else { return nil }
    guard case .text(let text) = value else { throw flaw(name, "a name") }
    return text
  }

  func number(_ name: String) throws(DataError) -> Double? {
    guard let value = values[name] else { return nil }
    guard let number = value.number else { throw flaw(name, "a number") }
    return number
  }

  /// A number for each channel; a single number is `nil` channels' own, repeated.
  func channels(_ name: String, count: Int) throws(DataError) -> [Float]? {
    guard let value = values[name] else { return nil }
    var numbers: [Double] = []
    switch value {
    case .number(let number): numbers = Array(repeating: number, count: count)
    case .list(let list): numbers = list.compactMap(\.number)
    default: break
    }
    guard numbers.count == count, value.number != nil || value == .list(numbers.map { .number($0) })
    else { throw flaw(name, "\(count) numbers") }
    return numbers.map(Float.init)
  }

  /// A side in pixels.
  func side(_ value: JSONValue?, of name: String) throws(DataError) -> Int {
    guard let side = value?.number.flatMap({ Int(exactly: $0) }), (1...65_535).contains(side) else {
      throw flaw(name, "sizes of 1 to 65535 pixels")
    }
    return side
  }

  /// Throws unless the settings that were made of the file are sound.
  func requireSoundness(of preprocessing: Preprocessing) throws(DataError) {
    if let error = preprocessing.validationError {
      throw .invalid(path: path, expected: "sound preprocessing", found: "other settings: \(error)")
    }
  }
}
