// SPDX-License-Identifier: MIT

/// A linear layer from `[..., I]` to `[..., O]`, with `weight` `[O, I]` and optionally `bias`
/// `[O]`.
public struct Linear: Sendable {
  public let weight: TorchTensor
  public let bias: TorchTensor?

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
