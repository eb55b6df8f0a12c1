// SPDX-License-Identifier: MIT

import CGEEDImage

/// The supported formats of image files.
enum ImageFormat: String, CaseIterable {
  case jpeg = "JPEG"
  case png = "PNG"
  case tiff = "TIFF"
  case webp = "WebP"
  case gif = "GIF"
  case bmp = "BMP"
  /// PBM, PGM and PPM.
  case pnm = "PNM"
  case jpeg2000 = "JPEG 2000"
  /// Read where libheif is installed, like ``avif``.
  case heic = "HEIC"
  case avif = "AVIF"

  /// The names of all formats in a sentence.
  static let names: String = {
    let names = allCases.map(\.rawValue)
    return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }()

  /// The usual extensions of file names.
  static let extensions: Set<String> = [
    "jpg", "jpeg", "jpe", "jfif", "png", "tif", "tiff", "webp", "gif", "bmp", "dib", "pbm", "pgm",
    "ppm", "pnm", "jp2", "j2k", "jpf", "jpx", "j2c", "heic", "heif", "avif",
  ]

  /// Recognizes the format by the first bytes; `nil` if it is none of these.
  init?(of bytes: [UInt8]) {
    guard
      let format = Self.beginnings.first(where: { bytes.starts(with: $0.bytes) })?.format
        ?? Self.formatOfContainer(bytes)
    else { return nil }
    self = format
  }

  private static let beginnings: [(bytes: [UInt8], format: ImageFormat)] = [
    ([0xFF, 0xD8, 0xFF], .jpeg),
    ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .png),
    // Little and big endian, classic and BigTIFF.
    ([0x49, 0x49, 42, 0], .tiff), ([0x4D, 0x4D, 0, 42], .tiff), ([0x49, 0x49, 43, 0], .tiff),
    ([0x4D, 0x4D, 0, 43], .tiff),
    (Array("GIF87a".utf8), .gif), (Array("GIF89a".utf8), .gif),
    ([0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20], .jpeg2000), ([0xFF, 0x4F, 0xFF, 0x51], .jpeg2000),
  ]

  /// Recognizes the formats whose signature is not at the very beginning, or is not sufficient.
  private static func formatOfContainer(_ bytes: [UInt8]) -> ImageFormat? {
    if PNMDecoder.hasHeader(bytes) { return .pnm }
    guard bytes.count >= 18 else { return nil }
    if bytes.starts(with: Array("RIFF".utf8)), bytes[8..<12].elementsEqual("WEBP".utf8) {
      return .webp
    }
    if BMPDecoder.hasHeader(bytes) { return .bmp }
    guard bytes[4..<8].elementsEqual("ftyp".utf8) else { return nil }
    switch String(decoding: bytes[8..<12], as: UTF8.self) {
    case "avif", "avis": return .avif
    case "heic", "heix", "hevc", "heim", "heis", "hevx": return .heic
    case "mif1", "msf1":
      let brands = String(decoding: bytes.dropFirst(16).prefix(48), as: UTF8.self)
      return brands.contains("avif") ? .avif : .heic
    default: return nil
    }
  }
}

// MARK: - Decoding

extension ImageFormat {
  /// Decodes a whole file, whose name in errors is `name`, without turning it; returns also the
  /// orientation that a TIFF file states.
  func decoded(
    _ bytes: [UInt8], name: String
  ) throws(DataError) -> (image: DecodedImage, orientation: Int) {
    switch self {
    case .bmp: return (try BMPDecoder(bytes, name: name).image(), 1)
    case .pnm: return (try PNMDecoder(bytes, name: name).image(), 1)
    default: break
    }
    var decoded = geed_picture()
    var message = [CChar](repeating: 0, count: Int(GEED_MESSAGE_SIZE))
    let status = decode(bytes, into: &decoded, &message)
    defer { geed_picture_free(decoded) }
    guard status == GEED_OK else {
      throw .undecodable(path: name, format: rawValue, reason: text(of: message))
    }
    return (DecodedImage(decoded), Int(decoded.orientation))
  }

  /// Decodes bytes into memory of C.
  private func decode(
    _ bytes: [UInt8], into image: inout geed_picture, _ message: inout [CChar]
  ) -> geed_status {
    switch self {
    case .jpeg: geed_decode_jpeg(&image, bytes, bytes.count, &message)
    case .png: geed_decode_png(&image, bytes, bytes.count, &message)
    case .tiff: geed_decode_tiff(&image, bytes, bytes.count, &message)
    case .webp: geed_decode_webp(&image, bytes, bytes.count, &message)
    case .gif: geed_decode_gif(&image, bytes, bytes.count, &message)
    case .jpeg2000: geed_decode_jpeg2000(&image, bytes, bytes.count, &message)
    case .heic, .avif: geed_decode_heif(&image, bytes, bytes.count, &message)
    case .bmp, .pnm: preconditionFailure("\(rawValue) is not decoded by C.")
    }
  }
}
