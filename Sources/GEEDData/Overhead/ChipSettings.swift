// SPDX-License-Identifier: MIT

/// The settings for cutting objects out of scenes.
///
/// A chip is a square around the middle of the object's box, whose side is the longest side of the
/// box times ``context``, scaled to ``size``. Beyond the border of the scene it is black, like the
/// corners after a rotation; the object stays in the middle.
package struct ChipSettings: Sendable, Hashable, Codable {
  /// The width and height of a chip in pixels.
  package var size: Int

  /// The side of the square in units of the box's longest side, from 1 to 8.
  package var context: Double

  package init(size: Int = 128, context: Double = 1.5) {
    precondition((1...4_096).contains(size), "Expected 1 to 4096 pixels, but got \(size).")
    precondition((1...8).contains(context), "Expected a context of 1 to 8, but got \(context).")
    self.size = size
    self.context = context
  }
}

extension ChipSettings {
  /// Returns the chip of an object in a scene.
  ///
  /// - Returns: `nil` if the middle of the box is outside the scene.
  func chip(of box: [Int], in scene: Image, path: String) throws(DataError) -> Image? {
    let (middleX, middleY) = (Double(box[0] + box[2]) / 2, Double(box[1] + box[3]) / 2)
    guard (0..<Double(scene.width)).contains(middleX),
      (0..<Double(scene.height)).contains(middleY)
    else { return nil }
    let side = Int((Double(max(box[2] - box[0], box[3] - box[1])) * context).rounded(.up))
    guard side <= Self.greatestSide else {
      throw .unsuitable(
        path: path, expected: "chips of at most \(Self.greatestSide) pixels before scaling",
        found: "\(side)", fix: "correct the box \(box)")
    }
    let left = Int((middleX - Double(side) / 2).rounded(.down))
    let top = Int((middleY - Double(side) / 2).rounded(.down))
    return scene.square(left: left, top: top, side: side).resized(width: size, height: size)
  }

  /// The maximum side of a square in pixels: more than eight times a ship of 400 m at 0.3 m per
  /// pixel.
  private static let greatestSide = 11_000
}

extension Image {
  /// Returns a square part in colour, black outside the image.
  fileprivate func square(left: Int, top: Int, side: Int) -> Image {
    var part = [UInt8](repeating: 0, count: side * side * channels)
    let columns = max(left, 0)..<max(min(left + side, width), max(left, 0))
    for row in max(top, 0)..<max(min(top + side, height), max(top, 0)) where !columns.isEmpty {
      let source = (row * width + columns.lowerBound) * channels
      let target = ((row - top) * side + columns.lowerBound - left) * channels
      let length = columns.count * channels
      part.replaceSubrange(target..<target + length, with: pixels[source..<source + length])
    }
    return Image(width: side, height: side, channels: channels, pixels: part)
      .converted(toChannels: 3)
  }
}
