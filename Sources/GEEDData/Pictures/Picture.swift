// SPDX-License-Identifier: MIT

import CGEEDImage

/// A grey or RGB picture with 8 bits per channel, as read from a file.
///
/// Rows are ordered from the top, pixels from the left, and the channels of a pixel are adjacent.
package struct Picture: Sendable, Hashable {
  /// The number of pixels in a row, at least 1.
  package let width: Int

  /// The number of rows, at least 1.
  package let height: Int

  /// The number of channels: 1 for grey, 3 for red, green and blue.
  package let channels: Int

  /// The `height * width * channels` bytes; 0 is black and 255 is white.
  package let pixels: [UInt8]

  /// Creates a picture from its bytes.
  ///
  /// - Precondition: Width and height are positive, there are 1 or 3 channels, and
  ///   `pixels.count == height * width * channels`.
  package init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    precondition(
      width > 0 && height > 0, "Expected a picture with pixels, but got \(width) x \(height).")
    precondition(channels == 1 || channels == 3, "Expected 1 or 3 channels, but got \(channels).")
    precondition(
      pixels.count == width * height * channels,
      "Expected \(width * height * channels) bytes, but got \(pixels.count).")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// Returns the same picture with 1 or 3 channels.
  ///
  /// Colour becomes grey by the weights of ITU-R BT.601 in the integer arithmetic of Pillow; grey
  /// becomes colour by repetition.
  ///
  /// - Precondition: `channels` is 1 or 3.
  package func converted(toChannels channels: Int) -> Picture {
    precondition(channels == 1 || channels == 3, "Expected 1 or 3 channels, but got \(channels).")
    if channels == self.channels { return self }
    return Picture(
      width: width, height: height, channels: channels,
      pixels: channels == 1 ? luma : pixels.flatMap { [$0, $0, $0] })
  }

  /// The luma of all pixels, rounded.
  private var luma: [UInt8] {
    stride(from: 0, to: pixels.count, by: 3).map { start in
      let (red, green, blue) = (pixels[start], pixels[start + 1], pixels[start + 2])
      return UInt8((scaledLuma(UInt32(red), UInt32(green), UInt32(blue)) + 0x8000) >> 16)
    }
  }
}

/// 65536 times the luma of a colour by ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B, with the rounded
/// weights of Pillow's `convert("L")`.
func scaledLuma<Number: Numeric>(_ red: Number, _ green: Number, _ blue: Number) -> Number {
  19_595 * red + 38_470 * green + 7_471 * blue
}

extension Picture {
  /// Writes the picture as a PNG file, atomically.
  ///
  /// The bytes are written to a temporary file in the same folder, which is then renamed to `path`.
  ///
  /// - Throws: ``DataError`` if the folder is missing or the file cannot be written.
  package func writePNG(to path: String) throws(DataError) {
    try writeAtomically(encodedPNG(name: path), to: path)
  }

  /// Returns the picture as the bytes of a PNG file.
  ///
  /// - Parameter name: The name of the file in errors.
  func encodedPNG(name: String) throws(DataError) -> [UInt8] {
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
