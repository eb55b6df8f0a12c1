// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEEDData
import GEEDModels
import Yams

extension TrainingConfiguration {
  /// Reads a YAML file, and keeps its text.
  ///
  /// - Throws: `DataError` that names the file, the setting, what was expected and what was found.
  static func read(_ path: String) throws -> (value: TrainingConfiguration, text: String) {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw DataError.missing(path: path, expected: "a training configuration (YAML)")
    }
    do {
      let value = try YAMLDecoder().decode(TrainingConfiguration.self, from: bytes)
      return (value, String(decoding: bytes, as: UTF8.self))
    } catch let error as DecodingError {
      throw DataError.undecodable(path: path, format: "settings", reason: error.settingsReason)
    } catch let error as YamlError {
      throw DataError.undecodable(path: path, format: "YAML", reason: "\(error)")
    }
  }
}

extension DecodingError {
  /// The setting and what is wrong with it.
  fileprivate var settingsReason: String {
    switch self {
    case .keyNotFound(let key, let context):
      "the setting '\(Self.name(context.codingPath + [key]))' is missing"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      "'\(Self.name(context.codingPath))': expected \(type)"
    case .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? context.debugDescription
        : "'\(Self.name(context.codingPath))': \(context.debugDescription)"
    @unknown default: "\(self)"
    }
  }

  private static func name(_ path: [any CodingKey]) -> String {
    path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
  }
}
#endif
