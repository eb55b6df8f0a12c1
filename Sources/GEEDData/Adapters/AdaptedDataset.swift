// SPDX-License-Identifier: MIT

import GEED

/// The examples of another data set, each changed on its own.
package struct AdaptedDataset: DatasetWrapper {
  package let base: any Dataset
  package let name: String
  package let exampleShape: [Int]
  private let change: @Sendable (_ example: Tensor, _ index: Int) -> Tensor

  fileprivate init(
    _ base: any Dataset, name: String, exampleShape: [Int]? = nil,
    change: @escaping @Sendable (_ example: Tensor, _ index: Int) -> Tensor
  ) {
    self.base = base
    self.name = name
    self.exampleShape = exampleShape ?? base.exampleShape
    self.change = change
  }

  package func example(at index: Int) throws -> Tensor {
    change(try base.example(at: index), index)
  }
}

extension Dataset {
  /// Returns images `[3, H, W]` or `[1, H, W]` in grey, before any normalization.
  ///
  /// A pixel becomes its luma by ITU-R BT.601 with the weights of Pillow's `convert("L")`. If the
  /// values are bytes / 255, 255 times the result rounds to Pillow's byte. Grey images are unchanged.
  package func grey() throws(DataError) -> AdaptedDataset {
    guard exampleShape.count == 3, exampleShape[0] == 1 || exampleShape[0] == 3 else {
      throw .unsuitable(
        path: name, expected: "images of 1 or 3 channels", found: "shape \(exampleShape)",
        fix: "only images can be made grey")
    }
    let shape = [1] + exampleShape.dropFirst()
    return AdaptedDataset(self, name: "\(name), grey", exampleShape: shape) { example, _ in
      guard example.shape[0] == 3 else { return example }
      let (area, values) = (shape[1] * shape[2], example.scalars)
      let luma = (0..<area).map { pixel in
        let luma = scaledLuma(
          Double(values[pixel]), Double(values[area + pixel]), Double(values[2 * area + pixel]))
        return Float(luma / 65_536)
      }
      return Tensor(shape: shape, scalars: luma)
    }
  }

  /// Exchanges black and white: every value *v* in 0...1 becomes 1 - *v*, before any normalization.
  ///
  /// The background of ink on paper becomes 0, the value that a rotation fills in.
  package func inverted() -> AdaptedDataset {
    AdaptedDataset(self, name: "\(name), inverted") { example, _ in example.mapped { 1 - $0 } }
  }

  /// Rotates each square image by an angle that depends only on the seed and the image's number.
  package func rotated(
    seed: UInt64, named newName: String? = nil
  ) throws(DataError) -> AdaptedDataset {
    let size = exampleShape.suffix(2)
    guard size.count == 2, size.first == size.last else {
      throw .unsuitable(
        path: name, expected: "square images", found: "shape \(exampleShape)", fix: "crop them")
    }
    let rotation = RandomRotation()
    return AdaptedDataset(self, name: newName ?? "rotated \(name)") { example, index in
      var generator = SplitMix64(seed: seed, for: .item(index))
      return rotation(example, using: &generator)
    }
  }

  /// Corrupts images `[C, H, W]` with values in 0...1 and at least 2 x 2 pixels; the random choices
  /// depend only on the corruption, the seed and the image's number.
  package func corrupted(
    by corruption: Corruption, seed: UInt64 = 0
  ) throws(DataError) -> AdaptedDataset {
    guard exampleShape.count == 3, exampleShape[1] > 1, exampleShape[2] > 1 else {
      throw .unsuitable(
        path: name, expected: "images [C, H, W]", found: "shape \(exampleShape)",
        fix: "only images can be corrupted")
    }
    let newName = "\(name), \(corruption.kind.rawValue) \(corruption.severity)"
    return AdaptedDataset(self, name: newName) { example, index in
      var generator = SplitMix64(seed: seed, for: .item(index))
      return corruption(example, using: &generator)
    }
  }

  /// Normalizes to (value - mean) / standard deviation, with a positive deviation for each channel.
  package func normalized(
    mean: [Float], standardDeviation: [Float]
  ) throws(DataError) -> AdaptedDataset {
    let channels = exampleShape.first ?? 0
    guard mean.count == channels, standardDeviation.count == channels else {
      throw .unsuitable(
        path: name, expected: "\(channels) means and standard deviations",
        found: "\(mean.count) and \(standardDeviation.count)", fix: "give one for each channel")
    }
    let normalization = ChannelNormalization(
      mean: mean, standardDeviation: standardDeviation, channels: channels)
    return AdaptedDataset(self, name: name) { example, _ in normalization?(example) ?? example }
  }
}

/// The change of each value of an image to (value - mean) / standard deviation of its channel.
package struct ChannelNormalization: Sendable {
  private let mean: [Float]
  private let standardDeviation: [Float]

  /// Creates the change for images of some number of channels; `nil` if it changes nothing because both
  /// lists are empty. An empty list counts as zeros, or ones.
  package init?(mean: [Float], standardDeviation: [Float], channels: Int) {
    if mean.isEmpty && standardDeviation.isEmpty { return nil }
    self.mean = mean.isEmpty ? Array(repeating: 0, count: channels) : mean
    self.standardDeviation =
      standardDeviation.isEmpty ? Array(repeating: 1, count: channels) : standardDeviation
    precondition(
      self.mean.count == channels && self.standardDeviation.count == channels,
      "Expected \(channels) means and standard deviations.")
  }

  /// Returns the normalized image `[C, H, W]`.
  package func callAsFunction(_ image: Tensor) -> Tensor {
    var result = image
    let size = image.scalars.count / mean.count
    result.scalars.withUnsafeMutableBufferPointer { x in
      for channel in mean.indices {
        let (mean, deviation) = (mean[channel], standardDeviation[channel])
        for i in channel * size..<(channel + 1) * size { x[i] = (x[i] - mean) / deviation }
      }
    }
    return result
  }
}
