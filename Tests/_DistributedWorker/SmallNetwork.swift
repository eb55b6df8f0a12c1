// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEEDTorch

/// A network with group normalization, so that each example goes its own way through it.
struct SmallNetwork {
  let convolution: Convolution
  let norm: GroupNorm
  let head: Linear

  init(parameters p: ParameterPath) throws {
    convolution = try Convolution(1, 4, size: 3, padding: 1, parameters: p / "conv")
    norm = try GroupNorm(4, groupCount: 2, parameters: p / "norm")
    head = try Linear(4, 3, parameters: p / "fc")
  }

  /// The mean cross-entropy of some examples of the batch.
  func loss(
    of batch: ExampleBatch, _ part: Range<Int>, type: TorchElementType
  ) throws -> TorchTensor {
    let pixels = batch.images[part].flatMap { $0 }
    let images = try TorchTensor(pixels, shape: [part.count, 1, 9, 9]).converted(to: type, on: .cpu)
    let labels = try TorchTensor(Array(batch.labels[part]), shape: [part.count])
    let features = try norm(convolution(images)).relu()  // [N, 4, 9, 9]
    return try head(features.mean(axes: [2, 3], keepingAxes: false)).crossEntropy(labels)
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
