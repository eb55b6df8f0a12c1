// SPDX-License-Identifier: MIT

/// A two-dimensional convolution: `weight` `[K, C / groups, R, R]` and optionally `bias` `[K]`.
public struct Convolution: Sendable {
  package let weight: TorchTensor
  package let bias: TorchTensor?
  package let stride: Int
  package let padding: ConvolutionPadding
  package let groups: Int

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
    try self.init(
      inputChannels, outputChannels, size: size, stride: stride, padding: .zeros(padding),
      groups: groups, bias: hasBias, weights: weights, biases: nil, parameters: p)
  }

  /// - Parameter biases: The initial values of the bias; PyTorch's default if `nil`.
  package init(
    _ inputChannels: Int, _ outputChannels: Int, size: Int, stride: Int = 1,
    padding: ConvolutionPadding, groups: Int = 1, bias hasBias: Bool = true,
    weights: Initializer? = nil, biases: Initializer? = nil, parameters p: ParameterPath
  ) throws(TorchError) {
    let shape = [outputChannels, inputChannels / groups, size, size]
    weight = try p.parameter("weight", shape: shape, weights ?? .fanIn(shape))
    bias =
      hasBias ? try p.parameter("bias", shape: [outputChannels], biases ?? .fanIn(shape)) : nil
    self.stride = stride
    self.padding = padding
    self.groups = groups
  }

  /// Maps `[N, C, H, W]` to `[N, K, H', W']`.
  public func callAsFunction<T: NetworkTensor>(_ x: T) throws(TorchError) -> T {
    let zeros =
      switch padding {
      case .zeros(let width): GridPadding(width)
      case .same:
        GridPadding.same(
          height: x.shape[2], width: x.shape[3], size: weight.shape[2], stride: stride)
      }
    return try x.conv2d(
      weight: weight, bias: bias, stride: stride, padding: zeros, dilation: 1, groups: groups)
  }
}

/// The zeros around the input of a convolution.
package enum ConvolutionPadding: Hashable, Sendable {
  /// The same number on all sides.
  case zeros(Int)
  /// TensorFlow's `SAME`, which depends on the size of the input; see
  /// ``GridPadding/same(height:width:size:stride:)``.
  case same
}

/// A ``Convolution`` without bias, followed by ``BatchNorm``.
package struct ConvolutionNorm: Sendable {
  package let convolution: Convolution
  package let norm: BatchNorm

  package init(
    _ inputChannels: Int, _ outputChannels: Int, size: Int, stride: Int = 1, padding: Int = 0,
    groups: Int = 1, weights: Initializer? = nil, conv: ParameterPath, norm: ParameterPath
  ) throws(TorchError) {
    try self.init(
      inputChannels, outputChannels, size: size, stride: stride, padding: .zeros(padding),
      groups: groups, epsilon: 1e-5, weights: weights, conv: conv, norm: norm)
  }

  /// - Parameter epsilon: The number added to the variance before the square root.
  package init(
    _ inputChannels: Int, _ outputChannels: Int, size: Int, stride: Int = 1,
    padding: ConvolutionPadding, groups: Int = 1, epsilon: Double, weights: Initializer? = nil,
    conv: ParameterPath, norm: ParameterPath
  ) throws(TorchError) {
    convolution = try Convolution(
      inputChannels, outputChannels, size: size, stride: stride, padding: padding, groups: groups,
      bias: false, weights: weights, parameters: conv)
    self.norm = try BatchNorm(outputChannels, epsilon: epsilon, parameters: norm)
  }

  /// Maps `[N, C, H, W]` to `[N, K, H', W']`.
  package func callAsFunction<T: NetworkTensor>(
    _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try norm(convolution(x), mode)
  }
}

/// A linear layer from `[..., I]` to `[..., O]`, with `weight` `[O, I]` and optionally `bias`
/// `[O]`.
public struct Linear: Sendable {
  package let weight: TorchTensor
  package let bias: TorchTensor?

  /// - Parameters:
  ///   - inputs: The number of inputs, I.
  ///   - outputs: The number of outputs, O.
  ///   - hasBias: Whether a number is added to each output.
  ///   - weights: The initial values of the matrix; PyTorch's default if `nil`.
  ///   - biases: The initial values of the bias; PyTorch's default if `nil`.
  ///   - p: The path of the parameters.
  public init(
    _ inputs: Int, _ outputs: Int, bias hasBias: Bool = true, weights: Initializer? = nil,
    biases: Initializer? = nil, parameters p: ParameterPath
  ) throws(TorchError) {
    let shape = [outputs, inputs]
    weight = try p.parameter("weight", shape: shape, weights ?? .fanIn(shape))
    bias = hasBias ? try p.parameter("bias", shape: [outputs], biases ?? .fanIn(shape)) : nil
  }

  public func callAsFunction<T: NetworkTensor>(_ x: T) throws(TorchError) -> T {
    try x.linear(weight: weight, bias: bias)
  }
}
