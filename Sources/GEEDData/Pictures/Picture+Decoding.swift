// SPDX-License-Identifier: MIT

import CGEEDImage

extension Picture {
  /// Reads a JPEG, PNG or TIFF file.
  ///
  /// The kind is told by the first bytes, whatever the name. Grey files give one channel, all
  /// others three: palettes are looked up, CMYK is converted, alpha is dropped, and of 16 bits the
  /// upper eight remain. The pixels are those that Pillow gives after `convert("RGB")` (`"L"` for
  /// grey). The EXIF orientation of a JPEG is ignored, as by torchvision; that of a TIFF is applied.
  /// Of several pages the first is read.
  ///
  /// - Throws: ``DataError`` if the file is missing, unreadable, of another kind, damaged or cut
  ///   short, or larger than 2²⁷ pixels.
  public init(contentsOf path: String) throws(DataError) {
    let file = try RandomAccessFile(opening: path, expected: "a picture")
    guard file.byteCount <= Self.greatestFileSize else {
      throw .invalid(
        path: path, expected: "a picture of at most \(Self.greatestFileSize) bytes",
        found: "\(file.byteCount)")
    }
    try self.init(decoding: file.bytes(at: 0, count: file.byteCount), name: path)
  }

  /// Decodes a JPEG, PNG or TIFF file that is already in memory; see ``init(contentsOf:)``.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - name: What an error calls the bytes.
  public init(decoding bytes: [UInt8], name: String = "picture") throws(DataError) {
    guard let format = PictureFormat(of: bytes) else {
      throw .invalid(
        path: name, expected: "a JPEG, PNG or TIFF picture",
        found: bytes.isEmpty ? "an empty file" : "other bytes at its beginning")
    }
    var decoded = geed_picture()
    var message = [CChar](repeating: 0, count: Int(GEED_MESSAGE_SIZE))
    let status = format.decode(&decoded, bytes, bytes.count, &message)
    defer { geed_picture_free(decoded) }
    guard status == GEED_OK else {
      throw .undecodable(path: name, format: format.rawValue, reason: text(of: message))
    }
    self.init(
      width: Int(decoded.width), height: Int(decoded.height), channels: Int(decoded.channels),
      pixels: Array(
        UnsafeBufferPointer(
          start: decoded.pixels,
          count: Int(decoded.width) * Int(decoded.height) * Int(decoded.channels))))
  }

  private static let greatestFileSize = 1 << 30
}

/// The kinds of files that are read.
enum PictureFormat: String {
  case jpeg = "JPEG"
  case png = "PNG"
  case tiff = "TIFF"

  /// Tells the kind by the first bytes; `nil` if it is none of these.
  init?(of bytes: [UInt8]) {
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if Self.tiffBeginnings.contains(where: bytes.starts(with:)) {
      self = .tiff
    } else {
      return nil
    }
  }

  /// Little and big endian, classic and BigTIFF.
  private static let tiffBeginnings: [[UInt8]] = [
    [0x49, 0x49, 42, 0], [0x4D, 0x4D, 0, 42], [0x49, 0x49, 43, 0], [0x4D, 0x4D, 0, 43],
  ]

  var decode:
    (
      UnsafeMutablePointer<geed_picture>, UnsafePointer<UInt8>, Int, UnsafeMutablePointer<CChar>
    ) -> geed_status
  {
    switch self {
    case .jpeg: geed_decode_jpeg
    case .png: geed_decode_png
    case .tiff: geed_decode_tiff
    }
  }
}

/// The characters of a C message up to its terminating zero.
func text(of message: [CChar]) -> String {
  String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
