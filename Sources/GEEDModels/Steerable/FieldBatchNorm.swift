// SPDX-License-Identifier: MIT

import GEEDTorch

/// Batch normalization that treats all channels of a field alike, so that it commutes with their
/// permutations.
///
/// State: `weight`, `bias`, `running_mean`, `running_var`, all `[F]`: one number for each field.
/// Statistics are taken over the batch, the grid and the channels of a field. In evaluation it is
/// an ordinary batch normalization of the channels.
package struct FieldBatchNorm: Sendable {
  package let fields: FeatureFields
  /// The parameters and running statistics of each field.
  package let parameters: BatchNormParameters
  package let momentum: Double
  package let epsilon: Double

  package init(
    _ fields: FeatureFields, momentum: Double = 0.1, epsilon: Double = 1e-5,
    parameters p: ParameterPath
  ) throws(TorchError) {
    self.fields = fields
    self.momentum = momentum
    self.epsilon = epsilon
    parameters = try BatchNorm(fields.count, parameters: p).parameters
  }

  /// Returns a tensor of the same shape, `[N, C, H, W]`.
  package func callAsFunction<T: NetworkTensor>(
    _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    guard mode.isTraining else {
      return try x.batchNorm(
        channelParameters(), training: false, momentum: momentum, epsilon: epsilon
      ).named(after: parameters.mean)
    }
    let grid = Array(x.shape.dropFirst(2))
    return try x.reshaped(to: [-1, fields.count, fields.fieldSize * grid[0]] + grid.dropFirst())
      .batchNorm(parameters, training: true, momentum: momentum, epsilon: epsilon)
      .reshaped(to: [-1, fields.channelCount] + grid)
  }

  /// The numbers of each field, repeated for its channels.
  private func channelParameters() throws(TorchError) -> BatchNormParameters {
    guard fields.fieldSize > 1 else { return parameters }
    // Nothing is kept from one pass to the next, because training changes running statistics
    // without a new version of their tensors.
    func repeated(_ tensor: TorchTensor) throws(TorchError) -> TorchTensor {
      try tensor.repeatingEach(fields.fieldSize, axis: 0)
    }
    return BatchNormParameters(
      weight: try parameters.weight.map(repeated), bias: try parameters.bias.map(repeated),
      mean: try repeated(parameters.mean), variance: try repeated(parameters.variance))
  }
}
