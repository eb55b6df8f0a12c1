// SPDX-License-Identifier: MIT

import Foundation

/// Where the values of a tensor are that lie in another file than the graph.
struct ExternalValues {
  /// The file's name as the model gives it, relative to the model's folder.
  let location: String
  private let folder: URL
  private let offset: UInt64
  private let length: Int?

  /// - Parameters:
  ///   - entries: What the model says of the values.
  ///   - model: The path of the model.
  init(_ entries: [ProtoExternalEntry], ofModelAt model: String) {
    let entries = Dictionary(entries.map { ($0.key, $0.value) }) { $1 }
    location = entries["location"] ?? ""
    offset = entries["offset"].flatMap(UInt64.init) ?? 0
    length = entries["length"].flatMap(Int.init)
    folder = URL(fileURLWithPath: model).deletingLastPathComponent()
  }

  /// The path of the file.
  var path: String { folder.appendingPathComponent(location).path }

  /// Reads the values.
  ///
  /// - Parameter count: How many bytes they are where the model does not say.
  /// - Throws: ``UnreadableConstant`` if the file is missing or too short.
  func bytes(_ count: Int) throws(UnreadableConstant) -> Data {
    let length = length ?? count
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      try handle.seek(toOffset: offset)
      if let bytes = try handle.read(upToCount: length), bytes.count == length { return bytes }
    } catch {
      throw UnreadableConstant(reason: "the file '\(location)' cannot be read")
    }
    throw UnreadableConstant(reason: "the file '\(location)' is too short")
  }
}

extension OnnxGraph {
  /// The files beside the model that hold weights: their paths, by the names that the model gives.
  static func weightFiles(of graph: ProtoGraph, modelPath: String) -> [String: String] {
    var files: [String: String] = [:]
    for initializer in graph.initializer + graph.sparseInitializer.map(\.values)
    where !initializer.externalData.isEmpty {
      let values = ExternalValues(initializer.externalData, ofModelAt: modelPath)
      files[values.location] = values.path
    }
    return files
  }
}
