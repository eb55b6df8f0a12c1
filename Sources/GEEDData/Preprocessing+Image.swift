// SPDX-License-Identifier: MIT

import CGEEDImage
import GEED

extension Preprocessing {
  /// Converts an image of bytes to the input of a model, `[C, H, W]`, in the arithmetic of Pillow.
  package func tensor(
    of image: Image, from source: String = "image"
  ) throws(DataError) -> Tensor {
    let channels = channels ?? image.channels
    try requireSoundness(channels: channels, source: source)
    let size = try newSize(width: image.width, height: image.height, source: source)
    let resized = image.converted(toChannels: channels)
      .resized(width: size.width, height: size.height, by: resizeFilter)
    let table = (UInt8.min...UInt8.max).map(scaled)
    return try croppedAndNormalized(
      Tensor(
        shape: [channels, size.height, size.width],
        scalars: resized.planes.map { table[Int($0)] }), from: source)
  }

  /// Converts an image with the full precision of its file to the input of a model, `[C, H, W]`.
  ///
  /// Words of 16 bits are divided by 65535 and floating-point numbers are unchanged; both are
  /// converted and resized with the same weights as bytes, but without intermediate rounding, as
  /// Pillow does in its mode "F".
  func tensor(of image: DecodedImage, from source: String) throws(DataError) -> Tensor {
    let channels = channels ?? image.channels
    var planes: [Float]
    switch image.samples {
    case .bytes(let pixels):
      return try tensor(
        of: Image(
          width: image.width, height: image.height, channels: image.channels, pixels: pixels),
        from: source)
    case .words(let words):
      planes = image.planes(of: words, channels: channels) { Double($0) / 65_535 }
    case .floats(let numbers):
      try requireUnitWhite(source: source, fix: "leave --pixel-max out")
      planes = image.planes(of: numbers, channels: channels) { Double($0) }
    }
    try requireSoundness(channels: channels, source: source)
    let size = try newSize(width: image.width, height: image.height, source: source)
    if size.width != image.width {
      planes = AxisFilter(resizeFilter, from: image.width, to: size.width)
        .applied(to: planes, outer: channels * image.height, inner: 1)
    }
    if size.height != image.height {
      planes = AxisFilter(resizeFilter, from: image.height, to: size.height)
        .applied(to: planes, outer: channels, inner: size.width)
    }
    if pixelMax != 1 { planes = planes.map { $0 * pixelMax } }
    return try croppedAndNormalized(
      Tensor(shape: [channels, size.height, size.width], scalars: planes), from: source)
  }

  /// Crops and normalizes numbers `[C, H, W]`, or a vector `[D]`, which counts as one channel. Other
  /// steps, which make sense for bytes only, are errors.
  func tensor(of tensor: Tensor, from source: String) throws(DataError) -> Tensor {
    try requireUnitWhite(source: source, fix: "scale them before saving")
    return try finished(tensor, from: source)
  }

  /// Converts bytes `[C, H, W]`, or `[D]`, to the input of a model; 1 or 3 channels are an image.
  func tensor(
    ofPlanes bytes: [UInt8], shape: [Int], from source: String
  ) throws(DataError) -> Tensor {
    guard shape.count == 3, shape[0] == 1 || shape[0] == 3 else {
      return try finished(Tensor(shape: shape, scalars: bytes.map(scaled)), from: source)
    }
    let (height, width) = (shape[1], shape[2])
    return try tensor(
      of: shape[0] == 3
        ? Image(width: width, height: height, planes: bytes)
        : Image(width: width, height: height, channels: 1, pixels: bytes), from: source)
  }

  private func finished(_ tensor: Tensor, from source: String) throws(DataError) -> Tensor {
    let channelCount = tensor.shape.count == 3 ? tensor.shape[0] : 1
    try requireSoundness(channels: channelCount, source: source)
    guard resize == nil else {
      throw .unsuitable(
        path: source, expected: "an image of 1 or 3 channels of bytes to resize",
        found: "an array \(tensor.shape)", fix: "resize before saving")
    }
    guard channels == nil || channels == channelCount else {
      throw .unsuitable(
        path: source, expected: "\(channels ?? channelCount) channels", found: "\(channelCount)",
        fix: "convert before saving")
    }
    return try croppedAndNormalized(tensor, from: source)
  }

  /// Returns the model's input for a byte before normalisation; exact if `pixelMax` is 255.
  private func scaled(_ byte: UInt8) -> Float {
    // The quotient has 53 bits before it is rounded to 24, so this equals Float division by 255.
    Float(Double(byte) * Double(pixelMax) / 255)
  }

  /// Applies the crop, the mean and the standard deviation to `[C, H, W]` or `[D]`.
  private func croppedAndNormalized(
    _ tensor: Tensor, from source: String
  ) throws(DataError) -> Tensor {
    var result = try cropped(tensor, source: source)
    let channelCount = tensor.shape.count == 3 ? tensor.shape[0] : 1
    let stride = result.scalars.count / channelCount
    for channel in 0..<channelCount where !mean.isEmpty || !standardDeviation.isEmpty {
      let mean = mean.isEmpty ? 0 : mean[channel]
      let deviation = standardDeviation.isEmpty ? 1 : standardDeviation[channel]
      result.scalars.withUnsafeMutableBufferPointer { scalars in
        for position in channel * stride..<(channel + 1) * stride {
          scalars[position] = (scalars[position] - mean) / deviation
        }
      }
    }
    return result
  }

  private func cropped(_ tensor: Tensor, source: String) throws(DataError) -> Tensor {
    guard let crop else { return tensor }
    let shape = tensor.shape
    guard shape.count == 3 else {
      throw .unsuitable(
        path: source, expected: "at least \(crop) x \(crop) pixels to crop from",
        found: "an array \(shape)", fix: "leave the crop out")
    }
    let side = min(shape[1], shape[2])
    guard crop <= side else {
      throw .unsuitable(
        path: source, expected: "at least \(crop) x \(crop) pixels to crop from",
        found: "\(shape[2]) x \(shape[1])",
        fix: resize == nil
          ? "crop to \(side) or less (--crop \(side)), or resize to \(crop) or more first"
          : "crop to \(side) or less as well (--crop \(side)), or resize to \(crop) or more")
    }
    let top = centerCropOffset(of: crop, in: shape[1], rounding: cropRounding)
    let left = centerCropOffset(of: crop, in: shape[2], rounding: cropRounding)
    let rows = (0..<shape[0]).flatMap { channel in
      (top..<top + crop).map { row in
        let start = (channel * shape[1] + row) * shape[2] + left
        return tensor.scalars[start..<start + crop]
      }
    }
    return Tensor(shape: [shape[0], crop, crop], scalars: Array(rows.joined()))
  }
}

// MARK: - Checks

extension Preprocessing {
  /// Throws if floating-point numbers would have to be scaled to another white pixel.
  private func requireUnitWhite(source: String, fix: String) throws(DataError) {
    guard pixelMax == 1 else {
      throw .unsuitable(
        path: source, expected: "bytes to scale to 0...\(pixelMax)",
        found: "floating-point numbers, which are used as they are", fix: fix)
    }
  }

  /// Throws unless the settings are valid and their means and standard deviations fit `channels`.
  private func requireSoundness(channels: Int, source: String) throws(DataError) {
    if let validationError {
      throw .unsuitable(
        path: source, expected: "sound preprocessing",
        found: "settings that are not: \(validationError)", fix: "correct them")
    }
    for (name, values) in [("means", mean), ("standard deviations", standardDeviation)] {
      guard values.isEmpty || values.count == channels else {
        throw .unsuitable(
          path: source, expected: "\(channels) \(name), one for each channel",
          found: "\(values.count)", fix: "give one for each channel, or change the channels")
      }
    }
  }

  /// The size after ``resize``.
  private func newSize(
    width: Int, height: Int, source: String
  ) throws(DataError) -> (width: Int, height: Int) {
    let size =
      switch resize {
      case .shortestSide(let side): Image.size(of: width, height, forShortestSide: side)
      case .exact(let width, let height): (width: width, height: height)
      case nil: (width: width, height: height)
      }
    guard max(size.width * size.height, size.width * height) <= Int(GEED_MAX_PIXELS) else {
      throw .unsuitable(
        path: source, expected: "a resized image of at most \(GEED_MAX_PIXELS) pixels",
        found: "\(size.width) x \(size.height) of \(width) x \(height)", fix: "resize to less")
    }
    return size
  }
}

extension DecodedImage {
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
