// SPDX-License-Identifier: MIT

import GEED
import Foundation

/// Chips on disk: `KEY.npy` holds the images, `KEY.json` their annotations.
///
/// Both are written atomically, the annotations last, so an entry with annotations is complete.
struct ChipCache {
  /// A complete entry.
  struct Entry {
    let imagePath: String
    let annotations: [SceneLabels.Annotation]
  }

  let folder: String
  let key: String

  private var imagePath: String { "\(folder)/\(key).npy" }
  private var listPath: String { "\(folder)/\(key).json" }

  /// Returns the entry, and creates it if it does not exist.
  func entry(
    making body: (([UInt8]) throws -> Void) throws -> [SceneLabels.Annotation], size: Int
  ) throws(DataError) -> Entry {
    if let entry = found { return entry }
    do {
      try makeFolder(folder)
      let annotations = try write(body, size: size)
      try writeAtomically(Array(JSONEncoder().encode(annotations)), to: listPath)
      return Entry(imagePath: imagePath, annotations: annotations)
    } catch let error as DataError {
      throw error
    } catch {
      throw .system(path: folder, operation: "write", reason: error.localizedDescription)
    }
  }

  /// The entry, if it is complete and not damaged.
  private var found: Entry? {
    guard let data = FileManager.default.contents(atPath: listPath),
      let annotations = try? JSONDecoder().decode([SceneLabels.Annotation].self, from: data),
      annotations.allSatisfy({ $0.box.count == 4 }),
      let images = try? NumPyDataset(path: imagePath), images.count == annotations.count
    else { return nil }
    return Entry(imagePath: imagePath, annotations: annotations)
  }

  /// Writes the images. Their number is part of the header, so it must be known first.
  private func write(
    _ body: (([UInt8]) throws -> Void) throws -> [SceneLabels.Annotation], size: Int
  ) throws -> [SceneLabels.Annotation] {
    // The number of boxes outside their scenes is known only after the scenes are decoded. There
    // are few, so the bytes are first collected in a separate file.
    let scratchPath = "\(imagePath).\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: scratchPath) }
    var annotations: [SceneLabels.Annotation] = []
    try writeAtomically(to: scratchPath) { file in
      annotations = try body { try file.write($0) }
    }
    guard !annotations.isEmpty else {
      throw DataError.invalid(
        path: folder, expected: "objects inside their scenes", found: "none")
    }
    let bytes = try DataFile(opening: scratchPath, expected: "chips")
    try writeAtomically(to: imagePath) { file in
      try file.write(
        NumPyArray.header(type: "|u1", shape: [annotations.count, 3, size, size]))
      for start in stride(from: 0, to: bytes.byteCount, by: 1 << 20) {
        try file.write(bytes.bytes(at: start, count: min(1 << 20, bytes.byteCount - start)))
      }
    }
    return annotations
  }

  /// The default folder of caches: `$XDG_CACHE_HOME/geed`, or `~/.cache/geed`.
  static var defaultFolder: String {
    let environment = ProcessInfo.processInfo.environment
    if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") { return "\(folder)/geed" }
    return "\(NSHomeDirectory())/.cache/geed"
  }
}
