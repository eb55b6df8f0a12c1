// SPDX-License-Identifier: MIT

import CGEEDImage

/// A grey or RGB image with 8 bits per channel, as read from a file.
///
/// Rows are ordered from the top, pixels from the left, and the channels of a pixel are adjacent.
package struct Image: Sendable, Hashable {
  package let width: Int
  package let height: Int

  /// The number of channels: 1 for grey, 3 for red, green and blue.
  package let channels: Int

  /// The `height * width * channels` bytes; 0 is black and 255 is white.
  package let pixels: [UInt8]

  package init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    precondition(
      width > 0 && height > 0, "Expected an image with pixels, but got \(width) x \(height).")
    precondition(channels == 1 || channels == 3, "Expected 1 or 3 channels, but got \(channels).")
    precondition(
      pixels.count == width * height * channels,
      "Expected \(width * height * channels) bytes, but got \(pixels.count).")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// Creates an image from the bytes of red, then green, then blue.
  init(width: Int, height: Int, planes: [UInt8]) {
    let area = width * height
    let pixels = (0..<3 * area).map { planes[$0 % 3 * area + $0 / 3] }
    self.init(width: width, height: height, channels: 3, pixels: pixels)
  }

  /// The bytes of one channel after the other.
  var planes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: pixels.count) { planes, count in
      pixels.withUnsafeBufferPointer { pixels in
        for channel in 0..<channels {
          for position in stride(from: channel, to: pixels.count, by: channels) {
            planes.initializeElement(at: count, to: pixels[position])
            count += 1
          }
        }
      }
    }
  }

  /// Returns the same image with 1 or 3 channels: colour becomes grey in the integer arithmetic of
  /// Pillow, and grey becomes colour by repetition.
  package func converted(toChannels channels: Int) -> Image {
    if channels == self.channels { return self }
    let newPixels =
      channels == 3
      ? pixels.flatMap { [$0, $0, $0] }
      : stride(from: 0, to: pixels.count, by: 3).map { start in
        let (red, green, blue) = (pixels[start], pixels[start + 1], pixels[start + 2])
        return UInt8((scaledLuma(UInt32(red), UInt32(green), UInt32(blue)) + 0x8000) >> 16)
      }
    return Image(width: width, height: height, channels: channels, pixels: newPixels)
  }
}

/// 65536 times the luma of a colour by ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B, with the rounded
/// weights of Pillow's `convert("L")`.
func scaledLuma<Number: Numeric>(_ red: Number, _ green: Number, _ blue: Number) -> Number {
  19_595 * red + 38_470 * green + 7_471 * blue
}

extension Image {
  /// Writes the image as a PNG file, atomically.
  package func writePNG(to path: String) throws(DataError) {
    try writeAtomically(encodedPNG(name: path), to: path)
  }

  /// Returns the bytes of a PNG file, whose name in errors is `name`.
  package func encodedPNG(name: String) throws(DataError) -> [UInt8] {
    var encoded = geed_bytes()
    var message = [CChar](repeating: 0, count: Int(GEED_MESSAGE_SIZE))
    let status = geed_encode_png(
      &encoded, pixels, UInt32(width), UInt32(height), UInt32(channels), &message)
    defer { geed_bytes_free(encoded) }
    guard status == GEED_OK else {
      throw .system(path: name, operation: "encode", reason: text(of: message))
    }
    return Array(UnsafeBufferPointer(start: encoded.start, count: encoded.count))
  }
}
