// SPDX-License-Identifier: MIT

import GEED

extension Preprocessing {
  /// Applies the steps that are possible for numbers: the crop, the mean and the standard
  /// deviation.
  ///
  /// - Parameters:
  ///   - tensor: Shape `[C, H, W]`, or a vector `[D]`, which counts as one channel.
  ///   - source: The name of the data in errors, such as a path.
  /// - Throws: ``DataError`` if resizing, another number of channels or another white pixel is
  ///   requested, which make sense for bytes only, or if the crop, means or deviations do not fit.
  func tensor(of tensor: Tensor, from source: String) throws(DataError) -> Tensor {
    guard pixelMax == 1 else {
      throw .unsuitable(
        path: source, expected: "bytes to scale to 0...\(pixelMax)",
        found: "floating-point numbers, which are used as they are",
        fix: "scale them before saving")
    }
    return try finished(tensor, from: source)
  }

  /// Converts bytes, stored one channel after the other, to the input of a model.
  ///
  /// - Parameter shape: `[C, H, W]`, or `[D]`, which counts as one channel.
  func tensor(
    ofPlanes bytes: [UInt8], shape: [Int], from source: String
  ) throws(DataError) -> Tensor {
    guard shape.count == 3, shape[0] == 1 || shape[0] == 3 else {
      return try finished(Tensor(shape: shape, scalars: bytes.map(scaled)), from: source)
    }
    let area = shape[1] * shape[2]
    let pixels =
      shape[0] == 1
      ? bytes : (0..<3 * area).map { bytes[$0 % 3 * area + $0 / 3] }
    let picture = Picture(width: shape[2], height: shape[1], channels: shape[0], pixels: pixels)
    return try tensor(of: picture, from: source)
  }

  private func finished(_ tensor: Tensor, from source: String) throws(DataError) -> Tensor {
    let shape = tensor.shape
    let channelCount = shape.count == 3 ? shape[0] : 1
    try requireSoundness(channels: channelCount, source: source)
    guard resize == nil else {
      throw .unsuitable(
        path: source, expected: "a picture of 1 or 3 channels of bytes to resize",
        found: "an array \(shape)", fix: "resize before saving")
    }
    guard channels == nil || channels == channelCount else {
      throw .unsuitable(
        path: source, expected: "\(channels ?? channelCount) channels", found: "\(channelCount)",
        fix: "convert before saving")
    }
    return try croppedAndNormalized(tensor, from: source)
  }

  /// Applies the crop, the mean and the standard deviation.
  ///
  /// - Parameter tensor: Shape `[C, H, W]` or `[D]`, on the scale of 0...``pixelMax``.
  func croppedAndNormalized(_ tensor: Tensor, from source: String) throws(DataError) -> Tensor {
    let channelCount = tensor.shape.count == 3 ? tensor.shape[0] : 1
    var result = try cropped(tensor, source: source)
    let stride = result.scalars.count / channelCount
    for channel in 0..<channelCount where !mean.isEmpty || !standardDeviation.isEmpty {
      for position in channel * stride..<(channel + 1) * stride {
        result.scalars[position] = normalized(result.scalars[position], channel: channel)
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
    try requireRoom(width: shape[2], height: shape[1], source: source)
    let top = centerCropOffset(of: crop, in: shape[1])
    let left = centerCropOffset(of: crop, in: shape[2])
    let rows = (0..<shape[0]).flatMap { channel in
      (top..<top + crop).map { row in
        let start = (channel * shape[1] + row) * shape[2] + left
        return tensor.scalars[start..<start + crop]
      }
    }
    return Tensor(shape: [shape[0], crop, crop], scalars: Array(rows.joined()))
  }
}
