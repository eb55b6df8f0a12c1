// SPDX-License-Identifier: MIT

/// A convolution without bias, and batch normalization.
public struct ConvolutionNorm: Sendable {
  public let convolution: Convolution
  public let norm: BatchNorm

  /// - Parameters:
  ///   - conv: The place of the convolution's parameters.
  ///   - norm: The place of the normalization's parameters.
  public init(
    _ inputChannels: Int, _ outputChannels: Int, size: Int, stride: Int = 1, padding: Int = 0,
    groups: Int = 1, weights: Initializer? = nil, conv: ParameterPath, norm: ParameterPath
  ) throws(TorchError) {
    convolution = try Convolution(
      inputChannels, outputChannels, size: size, stride: stride, padding: padding, groups: groups,
      bias: false, weights: weights, parameters: conv)
    self.norm = try BatchNorm(outputChannels, parameters: norm)
  }

  /// `[N, C, H, W]` to `[N, K, H', W']`.
  public func callAsFunction<T: NetworkTensor>(
    _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try norm(convolution(x), mode)
  }
}
