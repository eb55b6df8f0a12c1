// SPDX-License-Identifier: MIT

import CGEEDImage

extension Picture {
  /// Writes the picture as a PNG file, all of it or nothing.
  ///
  /// The bytes go to a temporary file beside `path`, which then takes its place.
  ///
  /// - Throws: ``DataError`` if the folder is missing or the file cannot be written.
  public func writePNG(to path: String) throws(DataError) {
    try writeAtomically(encodedPNG(name: path), to: path)
  }

  /// The picture as the bytes of a PNG file.
  ///
  /// - Parameter name: What an error calls the file.
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
