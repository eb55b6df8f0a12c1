// SPDX-License-Identifier: MIT

/// A matrix and a vector: `[..., I]` to `[..., O]`, with `weight` `[O, I]` and perhaps `bias` `[O]`.
public struct Linear: Sendable {
  public let weight: TorchTensor
  public let bias: TorchTensor?

  /// - Parameter weights: What the matrix starts as; PyTorch's default where `nil`.
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
