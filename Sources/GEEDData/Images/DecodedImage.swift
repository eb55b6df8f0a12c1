// SPDX-License-Identifier: MIT

import CGEEDImage

/// An image with the full precision of its file: bytes, words of 16 bits, or floating-point
/// numbers.
///
/// Rows are ordered from the top, pixels from the left, and the channels of a pixel are adjacent.
struct DecodedImage {
  enum Samples {
    /// 0 is black and 255 white.
    case bytes([UInt8])
    /// 0 is black and 65535 white.
    case words([UInt16])
    /// Numbers as stored in the file, all finite.
    case floats([Float])
  }

  let width: Int
  let height: Int

  /// The number of channels: 1 for grey, 3 for red, green and blue.
  let channels: Int

  let samples: Samples

  /// Decodes a whole file and turns the image upright, unless `rule` ignores the orientation.
  init(
    decoding bytes: [UInt8], name: String, orientation rule: Preprocessing.Orientation
  ) throws(DataError) {
    guard let format = ImageFormat(of: bytes) else {
      let found = FileKind(of: bytes).map { "a file of \($0.name)" } ?? "other bytes"
      throw .invalid(
        path: name, expected: "an image of \(ImageFormat.names)",
        found: bytes.isEmpty ? "an empty file" : "\(found) at its beginning")
    }
    let (stored, ownOrientation) = try format.decoded(bytes, name: name)
    let orientation =
      switch (rule, format) {
      case (.ignore, _): 1
      case (.apply, .tiff): ownOrientation
      case (.apply, _): ImageOrientation.ofFile(bytes, format: format)
      }
    if case .floats(let numbers) = stored.samples,
      let stray = numbers.first(where: { !$0.isFinite })
    {
      throw .invalid(path: name, expected: "finite numbers", found: "\(stray)")
    }
    self = stored.turned(by: orientation)
  }

  /// Copies an image from C.
  init(_ image: geed_picture) {
    width = Int(image.width)
    height = Int(image.height)
    channels = Int(image.channels)
    let count = width * height * channels
    let start = UnsafeRawPointer(image.pixels)
    samples =
      switch image.sample_size {
      case 2: .words(Self.array(at: start, count: count, as: UInt16.self))
      case 4: .floats(Self.array(at: start, count: count, as: Float.self))
      default: .bytes(Self.array(at: start, count: count, as: UInt8.self))
      }
  }

  init(width: Int, height: Int, channels: Int, samples: Samples) {
    self.width = width
    self.height = height
    self.channels = channels
    self.samples = samples
  }

  private static func array<Element>(
    at start: UnsafeRawPointer?, count: Int, as type: Element.Type
  ) -> [Element] {
    guard let start else { return [] }
    return Array(
      UnsafeBufferPointer(start: start.assumingMemoryBound(to: type), count: count))
  }
}

// MARK: - Orientation

extension DecodedImage {
  /// Returns the image turned upright. `orientation` states the positions of the file's row 0 and
  /// column 0, as tag 274 of TIFF and EXIF does, 1 to 8. Other values change nothing.
  private func turned(by orientation: Int) -> DecodedImage {
    guard (2...8).contains(orientation) else { return self }
    let turned: Samples =
      switch samples {
      case .bytes(let values): .bytes(turned(values, by: orientation))
      case .words(let values): .words(turned(values, by: orientation))
      case .floats(let values): .floats(turned(values, by: orientation))
      }
    let (width, height) = orientation >= 5 ? (height, width) : (width, height)
    return DecodedImage(width: width, height: height, channels: channels, samples: turned)
  }

  private func turned<Sample>(_ values: [Sample], by orientation: Int) -> [Sample] {
    let flipsRows = [3, 4, 6, 7].contains(orientation)
    let flipsColumns = [2, 3, 7, 8].contains(orientation)
    let swapsAxes = orientation >= 5
    let (newWidth, newHeight) = swapsAxes ? (height, width) : (width, height)
    return [Sample](unsafeUninitializedCapacity: values.count) { target, count in
      var position = 0
      for newRow in 0..<newHeight {
        for newColumn in 0..<newWidth {
          let (r, c) = swapsAxes ? (newColumn, newRow) : (newRow, newColumn)
          let row = flipsRows ? height - 1 - r : r
          let column = flipsColumns ? width - 1 - c : c
          let source = (row * width + column) * channels
          for channel in 0..<channels {
            target.initializeElement(at: position, to: values[source + channel])
            position += 1
          }
        }
      }
      count = position
    }
  }
}
