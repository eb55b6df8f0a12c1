// SPDX-License-Identifier: MIT
// D. Lam et al., xView: objects in context in overhead imagery, 2018.

import Foundation
import GEED

/// The objects in images of whole scenes, each with its class and its box.
package struct SceneLabels: Sendable {
  /// One object.
  package struct Annotation: Sendable, Hashable, Codable {
    /// The name of the scene's file.
    package let scene: String

    /// The index of the object's class in ``SceneLabels/classNames``.
    package let classIndex: Int

    /// The first column, the first row, the column after the last and the row after the last, in
    /// pixels; they may extend beyond the border.
    package let box: [Int]
  }

  package let path: String

  /// The names of the classes, in the order of the labels.
  package let classNames: [String]

  /// The objects, in the order of the file.
  package let annotations: [Annotation]

  /// The maximum coordinate of a box; no image has a longer side.
  static let greatestCoordinate = 1_000_000.0

  /// Decodes a JSON file of at most 2 GiB.
  static func decode<Content: Decodable>(
    _ type: Content.Type, at path: String, format: String
  ) throws(DataError) -> Content {
    let file = try DataFile(opening: path, expected: "a \(format) file")
    let bytes = try file.bytes(atMost: 1 << 31, of: "a \(format) file")
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch let error as DecodingError {
      let (place, reason) = (error.context.codingPath.path, error.context.debugDescription)
      throw .undecodable(
        path: path, format: format, reason: (place.isEmpty ? "" : "at \(place): ") + reason)
    } catch {
      throw .undecodable(path: path, format: format, reason: "\(error)")
    }
  }

  /// Returns a box of whole pixels; `nil` if a number is not finite or out of range, or the box is
  /// empty.
  static func box(_ left: Double, _ top: Double, _ right: Double, _ bottom: Double) -> [Int]? {
    let numbers = [left, top, right, bottom]
    guard numbers.allSatisfy({ $0.magnitude <= greatestCoordinate }) else { return nil }
    let box = [left.rounded(.down), top.rounded(.down), right.rounded(.up), bottom.rounded(.up)]
    return box[2] > box[0] && box[3] > box[1] ? box.map { Int($0) } : nil
  }

  /// Throws unless the name of a scene is a plain file name, which cannot lead out of the folder.
  static func requireFileName(_ name: String, path: String) throws(DataError) {
    guard !name.isEmpty, !name.contains("/"), !name.contains("\0"), !name.hasPrefix(".") else {
      throw .invalid(path: path, expected: "names of scenes' files", found: "'\(name)'")
    }
  }
}

extension SceneLabels {
  /// Reads the boxes (left, top, width, height) of a file in COCO's format; classes are in the order of
  /// their ids, and boxes without area are left out.
  package init(coco path: String) throws(DataError) {
    let content = try Self.decode(COCO.self, at: path, format: "COCO JSON")
    let categories = content.categories.sorted { $0.id < $1.id }
    let indices = Dictionary(categories.enumerated().map { ($1.id, $0) }) { first, _ in first }
    let scenes = Dictionary(content.images.map { ($0.id, $0.file_name) }) { first, _ in first }
    var annotations: [Annotation] = []
    for (number, annotation) in content.annotations.enumerated() {
      guard let scene = scenes[annotation.image_id],
        let index = indices[annotation.category_id], annotation.bbox.count == 4
      else {
        throw .invalid(
          path: path, expected: "annotations of listed images and categories, with boxes",
          found: "annotation \(number), which is none")
      }
      try Self.requireFileName(scene, path: path)
      let box = annotation.bbox
      if let box = Self.box(box[0], box[1], box[0] + box[2], box[1] + box[3]) {
        annotations.append(Annotation(scene: scene, classIndex: index, box: box))
      }
    }
    self.path = path
    self.annotations = annotations
    classNames = categories.map(\.name)
  }
}

private struct COCO: Decodable {
  struct Image: Decodable {
    let id: Int
    let file_name: String
  }

  struct Category: Decodable {
    let id: Int
    let name: String
  }

  struct Annotation: Decodable {
    let image_id: Int
    let category_id: Int
    let bbox: [Double]
  }

  let images: [Image]
  let categories: [Category]
  let annotations: [Annotation]
}

extension SceneLabels {
  /// Reads labels in xView's GeoJSON.
  ///
  /// The properties `image_id`, `type_id` and `bounds_imcoords` ("left,top,right,bottom" in pixels)
  /// of each feature are used. Boxes without area, or whose text is not four numbers, are left out.
  package init(
    xView path: String, types: [(number: Int, name: String)]
  ) throws(DataError) {
    let content = try Self.decode(GeoJSON.self, at: path, format: "GeoJSON")
    let numbers = types.map(\.number)
    var annotations: [Annotation] = []
    for properties in content.features.map(\.properties) {
      guard let index = numbers.firstIndex(of: properties.type),
        let box = Self.box(properties.bounds)
      else { continue }
      try Self.requireFileName(properties.scene, path: path)
      annotations.append(Annotation(scene: properties.scene, classIndex: index, box: box))
    }
    self.path = path
    self.annotations = annotations
    classNames = types.map(\.name)
  }

  private static func box(_ text: String) -> [Int]? {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    guard numbers.count == 4, let left = numbers[0], let top = numbers[1], let right = numbers[2],
      let bottom = numbers[3]
    else { return nil }
    return box(left, top, right, bottom)
  }
}

private struct GeoJSON: Decodable {
  struct Feature: Decodable {
    let properties: Properties
  }

  struct Properties: Decodable {
    let scene: String
    let type: Int
    let bounds: String

    private enum CodingKeys: String, CodingKey {
      case scene = "image_id"
      case type = "type_id"
      case bounds = "bounds_imcoords"
    }
  }

  let features: [Feature]
}
