// SPDX-License-Identifier: MIT

import Foundation

/// The objects in pictures of whole scenes, each with its class and its box.
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

  /// The file that the labels come from.
  package let path: String

  /// The names of the classes, in the order of the labels.
  package let classNames: [String]

  /// The objects, in the order of the file.
  package let annotations: [Annotation]

  /// The maximum coordinate of a box; no picture has a longer side.
  static let greatestCoordinate = 1_000_000.0

  /// Decodes a JSON file of at most 2 GiB.
  static func decode<Content: Decodable>(
    _ type: Content.Type, at path: String, format: String
  ) throws(DataError) -> Content {
    let file = try RandomAccessFile(opening: path, expected: "a \(format) file")
    guard file.byteCount < 1 << 31 else {
      throw .invalid(
        path: path, expected: "a \(format) file of less than 2³¹ bytes",
        found: "\(file.byteCount)")
    }
    let bytes = try file.bytes(at: 0, count: file.byteCount)
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch let error as DecodingError {
      throw .undecodable(path: path, format: format, reason: error.place)
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

extension DecodingError {
  /// The location and the reason of the failure, in one clause.
  fileprivate var place: String {
    let context =
      switch self {
      case .typeMismatch(_, let context), .valueNotFound(_, let context),
        .keyNotFound(_, let context), .dataCorrupted(let context):
        context
      @unknown default: DecodingError.Context(codingPath: [], debugDescription: "\(self)")
      }
    let keys = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
    return (keys.isEmpty ? "" : "at \(keys.joined(separator: ".")): ") + context.debugDescription
  }
}
