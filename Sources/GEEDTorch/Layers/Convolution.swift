// SPDX-License-Identifier: MIT

/// A two-dimensional convolution: `weight` `[K, C / groups, R, R]` and optionally `bias` `[K]`.
public struct Convolution: Sendable {
  public let weight: TorchTensor
  public let bias: TorchTensor?
  public let stride: Int
  public let padding: Int
  public let groups: Int

  /// - Parameters:
  ///   - inputChannels: The number of input channels, C.
  ///   - outputChannels: The number of output channels, K.
  ///   - size: The number of rows and of columns of the kernel.
  ///   - stride: The distance between neighboring kernel positions, in pixels.
  ///   - padding: The number of zeros on each side of the input.
  ///   - groups: The number of groups of channels; groups do not mix.
  ///   - hasBias: Whether a number is added to each output channel.
  ///   - weights: The initial values of the kernel; PyTorch's default if `nil`.
  ///   - p: The path of the parameters.
  public init(
    _ inputChannels: Int, _ outputChannels: Int, size: Int, stride: Int = 1, padding: Int = 0,
    groups: Int = 1, bias hasBias: Bool = true, weights: Initializer? = nil,
    parameters p: ParameterPath
  ) throws(TorchError) {
    let shape = [outputChannels, inputChannels / groups, size, size]
    weight = try p.parameter("weight", shape: shape, weights ?? .fanIn(shape))
    bias = hasBias ? try p.parameter("bias", shape: [outputChannels], .fanIn(shape)) : nil
    self.stride = stride
    self.padding = padding
    self.groups = groups
  }

  /// Maps `[N, C, H, W]` to `[N, K, H', W']`.
  public func callAsFunction<T: NetworkTensor>(_ x: T) throws(TorchError) -> T {
    try x.conv2d(weight: weight, bias: bias, stride: stride, padding: padding, groups: groups)
  }
}

/// A convolution without bias, followed by batch normalization.
public struct ConvolutionNorm: Sendable {
  public let convolution: Convolution
  public let norm: BatchNorm

  /// - Parameters:
  ///   - inputChannels: The number of input channels, C.
  ///   - outputChannels: The number of output channels, K.
  ///   - size: The number of rows and of columns of the kernel.
  ///   - stride: The distance between neighboring kernel positions, in pixels.
  ///   - padding: The number of zeros on each side of the input.
  ///   - groups: The number of groups of channels; groups do not mix.
  ///   - weights: The initial values of the kernel; PyTorch's default if `nil`.
  ///   - conv: The path of the convolution's parameters.
  ///   - norm: The path of the normalization's parameters.
  public init(
    _ inputChannels: Int, _ outputChannels: Int, size: Int, stride: Int = 1, padding: Int = 0,
    groups: Int = 1, weights: Initializer? = nil, conv: ParameterPath, norm: ParameterPath
  ) throws(TorchError) {
    convolution = try Convolution(
      inputChannels, outputChannels, size: size, stride: stride, padding: padding, groups: groups,
      bias: false, weights: weights, parameters: conv)
    self.norm = try BatchNorm(outputChannels, parameters: norm)
  }

  /// Maps `[N, C, H, W]` to `[N, K, H', W']`.
  public func callAsFunction<T: NetworkTensor>(
    _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try norm(convolution(x), mode)
  }
}
