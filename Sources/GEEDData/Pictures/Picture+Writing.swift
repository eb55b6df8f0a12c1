// SPDX-License-Identifier: MIT

import CGEEDImage

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
