// SPDX-License-Identifier: MIT

import CGEEDImage
import GEED

extension Preprocessing {
  /// Converts a picture to the input of a model.
  ///
  /// - Parameters:
  ///   - picture: The picture as it was read.
  ///   - source: The name of the picture in errors, such as a path.
  /// - Returns: Shape `[C, H, W]`.
  /// - Throws: ``DataError`` if the crop is larger than the picture, or the number of means or
  ///   standard deviations differs from that of channels.
  package func tensor(
    of picture: Picture, from source: String = "picture"
  ) throws(DataError) -> Tensor {
    try requireSoundness(channels: channels ?? picture.channels, source: source)
    let sized = try resizedAndCropped(
      picture.converted(toChannels: channels ?? picture.channels), source: source)
    let area = sized.width * sized.height
    let tables = (0..<sized.channels).map(lookupTable(ofChannel:))
    let scalars = [Float](unsafeUninitializedCapacity: area * sized.channels) { buffer, count in
      sized.pixels.withUnsafeBufferPointer { pixels in
        for (channel, table) in tables.enumerated() {
          for position in 0..<area {
            let byte = pixels[position * sized.channels + channel]
            buffer.initializeElement(at: channel * area + position, to: table[Int(byte)])
          }
        }
      }
      count = area * sized.channels
    }
    return Tensor(shape: [sized.channels, sized.height, sized.width], scalars: scalars)
  }

  /// Throws unless the settings are valid and their means and standard deviations fit `channels`.
  func requireSoundness(channels: Int, source: String) throws(DataError) {
    if let validationError {
      throw .unsuitable(
        path: source, expected: "sound preprocessing",
        found: "settings that are not: \(validationError)",
        fix: "correct them")
    }
    for (name, values) in [("means", mean), ("standard deviations", standardDeviation)] {
      guard values.isEmpty || values.count == channels else {
        throw .unsuitable(
          path: source, expected: "\(channels) \(name), one for each channel",
          found: "\(values.count)", fix: "give one for each channel, or change the channels")
      }
    }
  }

  /// Returns the model's input for a byte before normalisation; exact if `pixelMax` is 255.
  func scaled(_ byte: UInt8) -> Float {
    // The quotient has 53 bits before it is rounded to 24, so this equals Float division by 255.
    Float(Double(byte) * Double(pixelMax) / 255)
  }

  /// Subtracts the mean and divides by the standard deviation of one channel.
  func normalized(_ value: Float, channel: Int) -> Float {
    let centered = mean.isEmpty ? value : value - mean[channel]
    return standardDeviation.isEmpty ? centered : centered / standardDeviation[channel]
  }

  private func lookupTable(ofChannel channel: Int) -> [Float] {
    (UInt8.min...UInt8.max).map { normalized(scaled($0), channel: channel) }
  }

  private func resizedAndCropped(
    _ picture: Picture, source: String
  ) throws(DataError) -> Picture {
    let size = try newSize(width: picture.width, height: picture.height, source: source)
    let resized = picture.resized(width: size.width, height: size.height)
    guard let crop else { return resized }
    try requireRoom(width: resized.width, height: resized.height, source: source)
    return resized.centerCropped(width: crop, height: crop)
  }
  /// The size after ``resize``.
  ///
  /// - Throws: ``DataError`` if this size, or the intermediate size with the new width and the old
  ///   height, has more pixels than a picture may have.
  func newSize(
    width: Int, height: Int, source: String
  ) throws(DataError) -> (width: Int, height: Int) {
    let size =
      switch resize {
      case .shortestSide(let side): Picture.size(of: width, height, forShortestSide: side)
      case .exact(let width, let height): (width: width, height: height)
      case nil: (width: width, height: height)
      }
    guard max(size.width * size.height, size.width * height) <= Int(GEED_MAX_PIXELS) else {
      throw .unsuitable(
        path: source, expected: "a resized picture of at most \(GEED_MAX_PIXELS) pixels",
        found: "\(size.width) x \(size.height) of \(width) x \(height)", fix: "resize to less")
    }
    return size
  }

  /// Throws unless ``crop`` fits into a picture of this size.
  func requireRoom(width: Int, height: Int, source: String) throws(DataError) {
    let side = min(width, height)
    guard let crop, crop > side else { return }
    throw .unsuitable(
      path: source, expected: "at least \(crop) x \(crop) pixels to crop from",
      found: "\(width) x \(height)",
      fix: resize == nil
        ? "crop to \(side) or less (--crop \(side)), or resize to \(crop) or more first"
        : "crop to \(side) or less as well (--crop \(side)), or resize to \(crop) or more")
  }
}
