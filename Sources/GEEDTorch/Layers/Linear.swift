// SPDX-License-Identifier: MIT

/// A matrix and a vector: `[..., I]` to `[..., O]`, with `weight` `[O, I]` and perhaps `bias` `[O]`.
public struct Linear: Sendable {
  public let weight: TorchTensor
  public let bias: TorchTensor?

  /// - Parameters:
  ///   - inputs: How many numbers go in, I.
  ///   - outputs: How many numbers come out, O.
  ///   - hasBias: Whether a number is added to each output.
  ///   - weights: What the matrix starts as; PyTorch's default where `nil`.
  ///   - biases: What the bias starts as; PyTorch's default where `nil`.
  ///   - p: Where the parameters are made.
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
