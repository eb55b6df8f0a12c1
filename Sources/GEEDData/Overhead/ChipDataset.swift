// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// Objects cut out of overhead images, in colour, with one class for each kind of object.
///
/// Every scene is decoded once; the chips are kept in a cache, from which they are read one by one.
/// Scenes are in byte order of their names, and the objects of a scene in the order of the label
/// file.
package struct ChipDataset: Dataset {
  package let name: String
  package let count: Int
  package let exampleShape: [Int]

  /// The names of the classes, in the order of the labels.
  package let classNames: [String]

  /// The scenes that the labels name but the folder lacks; their objects are left out.
  package let missingScenes: [String]

  /// The number of objects that are left out because the middle of their box is outside the scene.
  package let strayCount: Int

  private let annotations: [SceneLabels.Annotation]
  private let chips: NumPyDataset

  /// Opens the chips, from the cache if it holds them.
  ///
  /// The name of a cache file is the SHA-256 of everything that it depends on: the settings, the
  /// objects, and each scene's name, length, time of change, and the bytes at its beginning and
  /// end. (Reading all bytes of xView's scenes would take minutes at every start.) A stale file is
  /// therefore never found.
  package init(
    labels: SceneLabels, scenes: String, settings: ChipSettings = ChipSettings(),
    split: DataSplit? = nil, cache: String, preprocessing: Preprocessing = Preprocessing(),
    named name: String
  ) throws(DataError) {
    let kept = labels.annotations.filter { split == nil || Self.split(of: $0.scene) == split }
    let groups = Dictionary(grouping: kept, by: \.scene)
      .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { (path: "\(scenes)/\($0.key)", annotations: $0.value) }
    let present = groups.filter { Folder.isFolder($0.path) == false }
    missingScenes = groups.filter { Folder.isFolder($0.path) != false }.map {
      lastComponent(of: $0.path)
    }
    guard !present.isEmpty else {
      throw .missing(
        path: groups.first?.path ?? labels.path,
        expected: groups.isEmpty ? "labels of the wanted classes" : "scenes of the labels")
    }
    let store = ChipCache(folder: cache, key: try Self.key(of: present, settings: settings))
    let entry = try store.entry(
      making: { try Self.cut(present, settings: settings, into: $0) }, size: settings.size)
    annotations = entry.annotations
    chips = try NumPyDataset(path: entry.imagePath, preprocessing: preprocessing)
    guard chips.count == annotations.count else {
      throw .invalid(
        path: entry.imagePath, expected: "\(annotations.count) chips", found: "\(chips.count)")
    }
    strayCount = present.reduce(0) { $0 + $1.annotations.count } - annotations.count
    classNames = labels.classNames
    let part = split.map { " (\($0.rawValue))" } ?? ""
    let gaps = missingScenes.isEmpty ? "" : ", \(missingScenes.count) scenes missing"
    self.name = name + part + gaps
    count = chips.count
    exampleShape = chips.exampleShape
  }

  package func example(at index: Int) throws(DataError) -> Tensor { try chips.example(at: index) }

  /// Returns notes on missing scenes and on objects outside their scenes.
  package func notes(on examples: [Int]) -> [String] {
    let scenes = missingScenes.count == 1 ? "1 scene is" : "\(missingScenes.count) scenes are"
    let objects = strayCount == 1 ? "1 object that lies" : "\(strayCount) objects that lie"
    let names =
      missingScenes.prefix(3).joined(separator: ", ") + (missingScenes.count > 3 ? ", …" : "")
    return
      (missingScenes.isEmpty
      ? [] : ["\(scenes) not there, and left out with all objects: \(names)."])
      + (strayCount == 0 ? [] : ["Left out: \(objects) outside the scene."])
  }

  package func label(at index: Int) -> Int? { annotations[index].classIndex }

  /// The scene and the upper left corner of the box: "100.tif 20,35".
  package func exampleName(at index: Int) -> String? {
    let annotation = annotations[index]
    return "\(annotation.scene) \(annotation.box[0]),\(annotation.box[1])"
  }

  /// Returns the split of a scene: testing if the FNV-1a hash of its name is divisible by 5.
  static func split(of scene: String) -> DataSplit {
    fnv1a(scene) % 5 == 0 ? .test : .train
  }
}

// MARK: - Making

extension ChipDataset {
  private typealias Scene = (path: String, annotations: [SceneLabels.Annotation])

  /// Writes the bytes of all chips, channel by channel, and returns their annotations.
  private static func cut(
    _ scenes: [Scene], settings: ChipSettings, into write: ([UInt8]) throws -> Void
  ) throws -> [SceneLabels.Annotation] {
    var done: [SceneLabels.Annotation] = []
    for scene in scenes {
      // Boxes refer to pixels as stored, even if the file is a photograph with an orientation.
      let image = try Image(contentsOf: scene.path, orientation: .ignore)
      for annotation in scene.annotations {
        guard let chip = try settings.chip(of: annotation.box, in: image, path: scene.path)
        else { continue }
        try write(chip.planes)
        done.append(annotation)
      }
    }
    return done
  }

  private static func key(
    of scenes: [Scene], settings: ChipSettings
  ) throws(DataError) -> String {
    let digest = try Digest(.sha256)
    // The version number changes whenever the method of cutting does.
    digest.add("chips 1 \(settings.size) \(settings.context)\n")
    for scene in scenes {
      let file = try DataFile(opening: scene.path, expected: "a scene")
      let length = min(file.byteCount, 1 << 16)
      digest.add("\(scene.path.debugDescription) \(file.byteCount) \(file.changeTime)\n")
      digest.add(try file.bytes(at: 0, count: length))
      digest.add(try file.bytes(at: file.byteCount - length, count: length))
      for annotation in scene.annotations {
        digest.add("\(annotation.classIndex) \(annotation.box)\n")
      }
    }
    return try digest.finish()
  }
}
