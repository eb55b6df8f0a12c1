// SPDX-License-Identifier: MIT

import GEED
import Foundation

/// The objects in pictures of whole scenes, each with its class and its box.
public struct SceneLabels: Sendable {
  /// One object.
  public struct Annotation: Sendable, Hashable, Codable {
    /// The name of the scene's file.
    public let scene: String

    /// The index of the object's class in ``SceneLabels/classNames``.
    public let classIndex: Int

    /// The first column, the first row, the column after the last and the row after the last, in
    /// pixels; they may extend beyond the border.
    public let box: [Int]
  }

  /// The file that the labels come from.
  public let path: String

  /// The names of the classes, in the order of the labels.
  public let classNames: [String]

  /// The objects, in the order of the file.
  public let annotations: [Annotation]

  /// The maximum coordinate of a box; no picture has a longer side.
  static let greatestCoordinate = 1_000_000.0

  /// Decodes a JSON file of at most 2 GiB.
  static func decode<Content: Decodable>(
    _ type: Content.Type, at path: String, format: String
  ) throws(DataError) -> Content {
    let file = try DataFile(opening: path, expected: "a \(format) file")
    guard file.byteCount < 1 << 31 else {
      throw .invalid(
        path: path, expected: "a \(format) file of less than 2³¹ bytes",
        found: "\(file.byteCount)")
    }
    let bytes = try file.bytes()
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
