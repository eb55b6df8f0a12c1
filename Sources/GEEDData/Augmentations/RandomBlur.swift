// SPDX-License-Identifier: MIT

import GEED

/// A blur by a Gaussian of random width, as torchvision's `GaussianBlur`.
public struct RandomBlur: Sendable, Hashable, Encodable {
  /// The side of the kernel in pixels, an odd number.
  public var size = 3
  /// The range of the standard deviation in pixels, which is uniformly distributed.
  public var sigma = 0.1...2.0
  /// The probability of a blur.
  public var probability = 0.5

  /// Creates a blur of half of the images with a kernel of 3 x 3 pixels.
  public init() {}

  /// Draws the standard deviation for one image; `nil` for no blur.
  func draw(using generator: inout SplitMix64) -> Double? {
    generator.nextUnit() < probability ? generator.next(in: sigma) : nil
  }
}

extension Tensor {
  /// Returns the image `[C, H, W]` convolved with a Gaussian on `size` x `size` pixels.
  func blurred(size: Int, sigma: Double) -> Tensor {
    applying(.gaussianBlur(sigma: sigma, size: size, height: shape[1], width: shape[2]))
  }
}
