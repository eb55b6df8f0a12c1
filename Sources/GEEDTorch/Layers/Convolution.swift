// SPDX-License-Identifier: MIT

/// A two-dimensional convolution: `weight` `[K, C / groups, R, R]` and perhaps `bias` `[K]`.
public struct Convolution: Sendable {
  public let weight: TorchTensor
  public let bias: TorchTensor?
  public let stride: Int
  public let padding: Int
  public let groups: Int

  /// - Parameters:
  ///   - inputChannels: The channels of the input, C.
  ///   - outputChannels: The channels of the output, K.
  ///   - size: Rows and columns of the kernel.
  ///   - stride: How many pixels one output is from the next.
  ///   - padding: The zeros around the input, on each side.
  ///   - groups: Into how many parts the channels are divided, which do not mix.
  ///   - hasBias: Whether a number is added to each output.
  ///   - weights: What the kernel starts as; PyTorch's default where `nil`.
  ///   - p: Where the parameters are made.
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

  /// `[N, C, H, W]` to `[N, K, H', W']`.
  public func callAsFunction<T: NetworkTensor>(_ x: T) throws(TorchError) -> T {
    try x.conv2d(weight: weight, bias: bias, stride: stride, padding: padding, groups: groups)
  }
}
