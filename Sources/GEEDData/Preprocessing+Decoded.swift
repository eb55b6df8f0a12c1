// SPDX-License-Identifier: MIT

import CGEEDImage
import GEED

extension Preprocessing {
  /// Converts a picture with the full precision of its file to the input of a model.
  ///
  /// Bytes are converted by ``tensor(of:from:)``, in the arithmetic of Pillow. Words of 16 bits are
  /// divided by 65535 and floating-point numbers are unchanged; both are converted and resized with
  /// the same weights, without intermediate rounding, as Pillow does in its mode "F".
  ///
  /// - Returns: Shape `[C, H, W]`.
  /// - Throws: The same errors as ``tensor(of:from:)``, and a ``DataError`` if floating-point
  ///   numbers would have to be scaled to another white pixel.
  func tensor(of picture: DecodedPicture, from source: String) throws(DataError) -> Tensor {
    let channels = self.channels ?? picture.channels
    let planes: [Float]
    switch picture.samples {
    case .bytes(let pixels):
      return try tensor(
        of: Picture(
          width: picture.width, height: picture.height, channels: picture.channels, pixels: pixels),
        from: source)
    case .words(let words):
      planes = picture.planes(of: words, channels: channels) { Double($0) / 65_535 }
    case .floats(let numbers):
      guard pixelMax == 1 else {
        throw .unsuitable(
          path: source, expected: "bytes to scale to 0...\(pixelMax)",
          found: "floating-point numbers, which are used as they are",
          fix: "leave --pixel-max out")
      }
      planes = picture.planes(of: numbers, channels: channels) { Double($0) }
    }
    try requireSoundness(channels: channels, source: source)
    let size = try newSize(width: picture.width, height: picture.height, source: source)
    var values = resized(planes, from: (picture.width, picture.height), to: size, planes: channels)
    if pixelMax != 1 { values = values.map { $0 * pixelMax } }
    return try croppedAndNormalized(
      Tensor(shape: [channels, size.height, size.width], scalars: values), from: source)
  }

  private func resized(
    _ values: [Float], from old: (width: Int, height: Int), to new: (width: Int, height: Int),
    planes: Int
  ) -> [Float] {
    var result = values
    if new.width != old.width {
      result = TriangleFilter(from: old.width, to: new.width).applied(
        to: result, outer: planes * old.height, length: old.width, inner: 1)
    }
    if new.height != old.height {
      result = TriangleFilter(from: old.height, to: new.height).applied(
        to: result, outer: planes, length: old.height, inner: new.width)
    }
    return result
  }
}

extension DecodedPicture {
  /// The samples as numbers, one channel after the other. If another number of channels is
  /// requested, colour becomes luma (ITU-R BT.601) and grey is repeated.
  fileprivate func planes<Sample>(
    of samples: [Sample], channels newChannels: Int, _ number: (Sample) -> Double
  ) -> [Float] {
    let area = width * height
    if newChannels == 1, channels == 3 {
      return (0..<area).map { pixel in
        let luma = scaledLuma(
          number(samples[3 * pixel]), number(samples[3 * pixel + 1]),
          number(samples[3 * pixel + 2]))
        return Float(luma / 65_536)
      }
    }
    return (0..<newChannels * area).map { position in
      let (channel, pixel) = (position / area, position % area)
      return Float(number(samples[pixel * channels + min(channel, channels - 1)]))
    }
  }
}
