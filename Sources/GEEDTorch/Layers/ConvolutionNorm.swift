// SPDX-License-Identifier: MIT

/// A convolution without bias, and batch normalization.
public struct ConvolutionNorm: Sendable {
  public let convolution: Convolution
  public let norm: BatchNorm

  /// - Parameters:
  ///   - inputChannels: The channels of the input, C.
  ///   - outputChannels: The channels of the output, K.
  ///   - size: Rows and columns of the kernel.
  ///   - stride: How many pixels one output is from the next.
  ///   - padding: The zeros around the input, on each side.
  ///   - groups: Into how many parts the channels are divided, which do not mix.
  ///   - weights: What the kernel starts as; PyTorch's default where `nil`.
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
