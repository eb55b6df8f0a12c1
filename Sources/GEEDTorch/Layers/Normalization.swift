// SPDX-License-Identifier: MIT

/// Batch normalization of axis 1 (Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167).
///
/// State: `weight`, `bias`, `running_mean`, `running_var`, all `[C]`. In training with several
/// processes, each process normalizes by the statistics of its own part of the batch.
public struct BatchNorm: Sendable {
  package let parameters: BatchNormParameters
  package let momentum: Double
  package let epsilon: Double

  /// - Parameters:
  ///   - channels: The number of channels, C.
  ///   - momentum: The weight of a batch's statistics in the update of the running statistics.
  ///   - epsilon: The number added to the variance before the square root.
  ///   - weights: The initial values of the scale.
  ///   - p: The path of the parameters.
  public init(
    _ channels: Int, momentum: Double = 0.1, epsilon: Double = 1e-5, weights: Initializer = .ones,
    parameters p: ParameterPath
  ) throws(TorchError) {
    parameters = BatchNormParameters(
      weight: try p.parameter("weight", shape: [channels], weights),
      bias: try p.parameter("bias", shape: [channels], .zeros),
      mean: try p.buffer("running_mean", shape: [channels], .zeros),
      variance: try p.buffer("running_var", shape: [channels], .ones))
    self.momentum = momentum
    self.epsilon = epsilon
  }

  /// Returns a tensor of the same shape, `[N, C, ...]`.
  public func callAsFunction<T: NetworkTensor>(
    _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try x.batchNorm(
      parameters, training: mode.isTraining, momentum: momentum, epsilon: epsilon)
  }
}

/// Group normalization (Wu and He 2018, https://arxiv.org/abs/1803.08494): `weight` and `bias` `[C]`.
public struct GroupNorm: Sendable {
  package let weight: TorchTensor
  package let bias: TorchTensor
  package let groupCount: Int
  package let epsilon: Double

  public init(
    _ channels: Int, groupCount: Int, epsilon: Double = 1e-5, parameters p: ParameterPath
  ) throws(TorchError) {
    weight = try p.parameter("weight", shape: [channels], .ones)
    bias = try p.parameter("bias", shape: [channels], .zeros)
    self.groupCount = groupCount
    self.epsilon = epsilon
  }

  public func callAsFunction<T: NetworkTensor>(_ x: T) throws(TorchError) -> T {
    try x.groupNorm(groupCount: groupCount, weight: weight, bias: bias, epsilon: epsilon)
  }
}

/// The purpose of a forward pass.
public enum ForwardMode: Sendable {
  /// Uses running statistics and no dropout: equal inputs give equal outputs.
  case evaluation
  /// Uses the statistics of the batch; dropout draws from the generator.
  case training(TorchGenerator)

  package var isTraining: Bool { if case .training = self { true } else { false } }
}
