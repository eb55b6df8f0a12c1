// SPDX-License-Identifier: MIT
// A Simple Framework for Contrastive Learning of Visual Representations, Chen et al. 2020,
// https://arxiv.org/abs/2002.05709, § 3 and appendix A

import GEED

/// Random changes of an image with values in 0...1, before any normalization: a crop that is
/// resized to the size of the image, a swap of left and right, a jitter of colours, grey and a blur,
/// in this order. The default changes nothing.
///
/// With given parameters each change equals that of torchvision on floating-point tensors, and the
/// parameters have the distributions of torchvision's `RandomResizedCrop`, `RandomHorizontalFlip`,
/// `ColorJitter`, `RandomGrayscale` and `GaussianBlur`. Leaving one change out does not alter the
/// draws of the others.
public struct ImageAugmentation: Sendable, Hashable, Encodable {
  /// The crop; `nil` for the whole image.
  public var crop: RandomCrop?
  /// The probability of a swap of left and right.
  public var flip = 0.0
  /// The jitter of colours; `nil` for none.
  public var jitter: ColorJitter?
  /// The probability that an image of three channels becomes grey.
  public var grey = 0.0
  /// The blur; `nil` for none.
  public var blur: RandomBlur?

  /// Creates an augmentation that changes nothing.
  public init() {}

  /// Whether the image's values must lie in 0...1, because results are clamped to that range.
  package var requiresUnitRange: Bool { jitter != nil }

  /// Returns the reason why images of a shape `[C, H, W]` cannot be changed, as the end of a
  /// sentence; `nil` if they can.
  package func validationError(ofImages shape: [Int]) -> String? {
    guard shape.count == 3, shape.allSatisfy({ $0 > 0 }) else {
      return "expected images [C, H, W], but got shape \(shape)"
    }
    guard (jitter == nil && grey == 0) || shape[0] == 1 || shape[0] == 3 else {
      return "colours change in images of 1 or 3 channels, but these have \(shape[0])"
    }
    if let blur, blur.size / 2 >= min(shape[1], shape[2]) {
      return "a blur of \(blur.size) x \(blur.size) pixels needs images of "
        + "\(blur.size / 2 + 1) x \(blur.size / 2 + 1) pixels or more, but these are "
        + "\(shape[1]) x \(shape[2])"
    }
    return nil
  }

  /// Returns an image `[C, H, W]` changed at random, of the same shape.
  package func callAsFunction(_ image: Tensor, using generator: inout SplitMix64) -> Tensor {
    if let error = validationError(ofImages: image.shape) {
      preconditionFailure("Wrong images: \(error).")
    }
    // One generator for each change, whether or not it is used.
    func stream() -> SplitMix64 { SplitMix64(seed: generator.next()) }
    var (crops, flips, jitters, greys, blurs) = (stream(), stream(), stream(), stream(), stream())
    var result = image
    if let crop {
      let window = crop.draw(height: image.shape[1], width: image.shape[2], using: &crops)
      result = result.cropped(to: window)
    }
    if flips.nextUnit() < flip { result = result.leftRightSwapped() }
    if let jitter, let change = jitter.draw(using: &jitters) { result = change(result) }
    if greys.nextUnit() < grey { result = result.greyed() }
    if let blur, let sigma = blur.draw(using: &blurs) {
      result = result.blurred(size: blur.size, sigma: sigma)
    }
    return result
  }
}

extension Tensor {
  /// Returns the image `[C, H, W]` with left and right swapped.
  func leftRightSwapped() -> Tensor {
    var result = self
    let width = shape[2]
    result.scalars.withUnsafeMutableBufferPointer { scalars in
      for start in stride(from: 0, to: scalars.count, by: width) {
        for column in 0..<width / 2 { scalars.swapAt(start + column, start + width - 1 - column) }
      }
    }
    return result
  }
}
