// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEEDModels
import GEEDTorch

/// A network with group normalization, so that each example goes its own way through it.
struct SmallNetwork: FactoredClassifier {
  let blockNames = ["conv"]
  private let convolution: Convolution
  private let norm: GroupNorm
  private let head: Linear

  init(classCount: Int, parameters p: ParameterPath) throws {
    convolution = try Convolution(1, 4, size: 3, padding: 1, parameters: p / "conv")
    norm = try GroupNorm(4, groupCount: 2, parameters: p / "norm")
    head = try Linear(4, classCount, parameters: p / "fc")
  }

  // [N, 4, H, W]
  func block<T: NetworkTensor>(_ index: Int, _ x: T, _ mode: ForwardMode) throws(TorchError) -> T {
    try norm(convolution(x)).relu()
  }

  func features<T: NetworkTensor>(
    ofLastBlock x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try x.mean(axes: [2, 3], keepingAxes: false)
  }

  func logits<T: NetworkTensor>(_ features: T, _ mode: ForwardMode) throws(TorchError) -> T {
    try head(features)
  }

  /// The mean cross-entropy of some examples of the batch.
  func loss(
    of batch: ExampleBatch, _ part: Range<Int>, type: TorchElementType
  ) throws -> TorchTensor {
    let pixels = batch.images[part].flatMap { $0 }
    let images = try TorchTensor(pixels, shape: [part.count, 1, 9, 9]).converted(to: type, on: .cpu)
    let labels = try TorchTensor(Array(batch.labels[part]), shape: [part.count])
    return try self(images).crossEntropy(labels)
  }
}

/// Eight pictures of 9 x 9 whose pattern tells the class.
struct ExampleBatch {
  let images: [[Double]]
  let labels: [Int64]

  init(step: Int) {
    labels = (0..<8).map { Int64((step + $0 * $0) % 3) }
    images = labels.enumerated().map { index, label in
      (0..<81).map { pixel in
        sin(Double(pixel) * (0.5 + Double(label)) + Double(index + 8 * step))
      }
    }
  }
}
#endif
