// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDData
import GEEDModels
import Yams

extension TrainingConfiguration {
  /// The maximum size of a file in bytes; settings are short.
  private static let greatestByteCount = 1 << 16

  /// The maximum number of aliases (`*name`): a few can expand to billions of values.
  private static let greatestAliasCount = 16

  /// Reads a YAML file and returns the settings with its text.
  static func read(_ path: String) throws(DataError) -> (value: TrainingConfiguration, text: String)
  {
    let text = try text(of: path)
    do {
      return (try YAMLDecoder().decode(TrainingConfiguration.self, from: text), text)
    } catch let error as DecodingError {
      if case .dataCorrupted(let context) = error,
        let cause = context.underlyingError as? YamlError
      {
        throw .undecodable(path: path, format: "YAML", reason: cause.reason)
      }
      throw .undecodable(path: path, format: "settings", reason: SettingsError(error, text).reason)
    } catch {
      throw .undecodable(path: path, format: "YAML", reason: "\(error)")
    }
  }

  private static func text(of path: String) throws(DataError) -> String {
    if let kind = FileStatus(of: path)?.kind, kind != .file {
      throw .system(
        path: path, operation: "open", reason: kind == .folder ? "it is a folder" : "it is no file")
    }
    let expected = "a training configuration (YAML)"
    let file = try ReadableFile<DataError>(opening: path, expected: expected)
    guard file.byteCount <= greatestByteCount else {
      throw .invalid(
        path: path, expected: "\(expected) of at most \(greatestByteCount) bytes",
        found: "\(file.byteCount)")
    }
    guard let text = String(validating: try file.bytes(), as: UTF8.self) else {
      throw .undecodable(
        path: path, format: "YAML", reason: "expected UTF-8, but found other bytes")
    }
    let aliasCount = text.matches(of: /(?:^|[\s\[{,:?-])\*[^\s,\]}]/).count
    guard aliasCount <= greatestAliasCount else {
      throw .undecodable(
        path: path, format: "YAML",
        reason: "expected at most \(greatestAliasCount) aliases ('*name'), but found \(aliasCount)")
    }
    return text
  }
}

private struct SettingsError {
  let reason: String

  init(_ error: DecodingError, _ text: String) {
    let keys = error.keys
    let setting = keys.isEmpty ? "" : "'\(keys.path)': "
    var problem =
      switch error {
      case .keyNotFound: "the setting '\(keys.path)' is missing"
      case .typeMismatch(let type, _), .valueNotFound(let type, _):
        "\(setting)expected \(Self.words(for: type))"
      default: setting + error.context.debugDescription
      }
    let place = Self.place(of: keys, in: text)
    if let found = place.scalar, case .typeMismatch = error { problem += ", but got '\(found)'" }
    reason = (place.line.map { "line \($0), " } ?? "") + problem
  }

  private static func words(for type: Any.Type) -> String {
    switch type {
    case is Int.Type: "a whole number"
    case is UInt64.Type: "a whole number from 0 to 18446744073709551615"
    case is Float.Type, is Double.Type: "a number"
    case is Bool.Type: "true or false"
    case is String.Type, is Node.Scalar.Type: "one value"
    case is Node.Sequence.Type: "a list, such as [logits]"
    case is Node.Mapping.Type: "settings, such as {every: 100}"
    default: "\(type)"
    }
  }

  /// Returns the line of a setting, or of its parent, and its text if it has one.
  private static func place(
    of path: [any CodingKey], in text: String
  ) -> (line: Int?, scalar: String?) {
    guard let parser = try? Parser(yaml: text), var node = try? parser.singleRoot() else {
      return (nil, nil)
    }
    return withExtendedLifetime(parser) {
      var line: Int?
      for key in path {
        let name = key.stringValue
        if let index = key.intValue, let item = node.sequence?.dropFirst(index).first {
          node = item
        } else if let pair = node.mapping?.first(where: { $0.key.string == name }) {
          line = pair.key.mark?.line ?? line
          node = pair.value
          continue
        } else {
          return (line, nil)
        }
        line = node.mark?.line ?? line
      }
      return (line, node.scalar.map { String($0.string.prefix(60)) })
    }
  }
}

extension YamlError {
  /// The line and the cause, without the excerpt of the file that a terminal would show.
  fileprivate var reason: String {
    switch self {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      "line \(mark.line), column \(mark.column): "
        + (context.map { "\($0.text), " } ?? "") + problem
    case .reader(let problem, let offset, _, _):
      "\(problem) at character \((offset ?? 0) + 1)"
    case .duplicatedKeysInMapping(let names, let context):
      "line \(context.mark.line): '\(names.joined(separator: "', '"))' occurs more than once"
    default:
      "\(self)"
    }
  }
}
#endif
