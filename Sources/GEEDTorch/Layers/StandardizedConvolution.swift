// SPDX-License-Identifier: MIT
// Micro-Batch Training with Batch-Channel Normalization and Weight Standardization, Qiao et al. 2019,
// https://arxiv.org/abs/1903.10520.

/// A convolution without bias whose kernels are standardized to mean 0 and variance 1 before use.
///
/// The parameter is `weight` `[K, C, R, R]`; each of the K kernels is standardized over all of its
/// scalars: (w - mean) / √(variance + epsilon), with the biased variance.
package struct StandardizedConvolution: Sendable {
  package let weight: TorchTensor
  package let stride: Int
  package let padding: Int
  package let epsilon: Double
  private let kept = DerivedTensor()

  /// The parameters are those of ``Convolution``; `epsilon` is added to the variance.
  package init(
    _ inputChannels: Int, _ outputChannels: Int, size: Int, stride: Int = 1, padding: Int = 0,
    epsilon: Double = 1e-8, parameters p: ParameterPath
  ) throws(TorchError) {
    let shape = [outputChannels, inputChannels, size, size]
    weight = try p.parameter("weight", shape: shape, .fanOut(shape))
    self.stride = stride
    self.padding = padding
    self.epsilon = epsilon
  }

  /// Maps `[N, C, H, W]` to `[N, K, H', W']`.
  package func callAsFunction<T: NetworkTensor>(_ x: T) throws(TorchError) -> T {
    try x.conv2d(weight: standardized(), stride: stride, padding: padding).named(after: weight)
  }

  /// Returns the standardized kernels, `[K, C, R, R]`. While no gradients are recorded, they are
  /// recomputed only if the weights have changed.
  package func standardized() throws(TorchError) -> TorchTensor {
    try kept.value(of: weight) { weight throws(TorchError) in
      let axes = [1, 2, 3]
      let centered = try weight - weight.mean(axes: axes, keepingAxes: true)
      let variance = try (centered * centered).mean(axes: axes, keepingAxes: true)
      return try centered / variance.shifted(by: epsilon).squareRoot()
    }
  }
}
