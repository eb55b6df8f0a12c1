// SPDX-License-Identifier: MIT
// Micro-Batch Training with Batch-Channel Normalization and Weight Standardization, Qiao et al. 2019,
// https://arxiv.org/abs/1903.10520.

/// A convolution without bias whose kernels are shifted and scaled to mean 0 and variance 1 before use.
///
/// The parameter is `weight` `[K, C, R, R]`; each of the K kernels is standardized over all of its
/// scalars: (w - mean) / √(variance + epsilon), with the biased variance.
public struct StandardizedConvolution: Sendable {
  public let weight: TorchTensor
  public let stride: Int
  public let padding: Int
  public let epsilon: Double
  private let kept = DerivedTensor()

  /// - Parameters:
  ///   - inputChannels: The channels of the input, C.
  ///   - outputChannels: The channels of the output, K.
  ///   - size: Rows and columns of the kernel.
  ///   - stride: How many pixels one output is from the next.
  ///   - padding: The zeros around the input, on each side.
  ///   - epsilon: What is added to the variance before the root is taken.
  ///   - p: Where the parameters are made.
  public init(
    _ inputChannels: Int, _ outputChannels: Int, size: Int, stride: Int = 1, padding: Int = 0,
    epsilon: Double = 1e-8, parameters p: ParameterPath
  ) throws(TorchError) {
    let shape = [outputChannels, inputChannels, size, size]
    weight = try p.parameter("weight", shape: shape, .fanOut(shape))
    self.stride = stride
    self.padding = padding
    self.epsilon = epsilon
  }

  /// `[N, C, H, W]` to `[N, K, H', W']`.
  public func callAsFunction<T: NetworkTensor>(_ x: T) throws(TorchError) -> T {
    try x.conv2d(weight: standardized(), stride: stride, padding: padding).named(after: weight)
  }

  /// The kernels that are applied, `[K, C, R, R]`. While no gradients are recorded they are made anew
  /// only when the weights have changed.
  public func standardized() throws(TorchError) -> TorchTensor {
    try kept.value(of: weight) { weight throws(TorchError) in
      let axes = [1, 2, 3]
      let centered = try weight - weight.mean(axes: axes, keepingAxes: true)
      let variance = try (centered * centered).mean(axes: axes, keepingAxes: true)
      return try centered / variance.shifted(by: epsilon).squareRoot()
    }
  }
}
