// SPDX-License-Identifier: MIT

import GEEDTorch

/// Batch normalization that treats all channels of a field alike, so that permuting them commutes.
///
/// State: `weight`, `bias`, `running_mean`, `running_var`, all `[F]`: one number for each field.
/// Statistics are taken over the batch, the grid and the channels of a field. In evaluation it is an
/// ordinary batch normalization of the channels.
public struct FieldBatchNorm: Sendable {
  public let fields: FeatureFields
  private let norm: BatchNorm
  private let derived = DerivedTensors()

  /// - Parameter momentum: How far running statistics move towards those of a batch.
  public init(
    _ fields: FeatureFields, momentum: Double = 0.1, epsilon: Double = 1e-5,
    parameters p: ParameterPath
  ) throws(TorchError) {
    self.fields = fields
    norm = try BatchNorm(fields.count, momentum: momentum, epsilon: epsilon, parameters: p)
  }

  /// `[N, C, H, W]`, unchanged in shape.
  public func callAsFunction<T: NetworkTensor>(
    _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    guard mode.isTraining else {
      return try x.batchNorm(
        channelParameters(), training: false, momentum: norm.momentum, epsilon: norm.epsilon)
    }
    let grid = Array(x.shape.dropFirst(2))
    let rows = try x.reshaped(
      to: [-1, fields.count, fields.fieldSize * grid[0]] + grid.dropFirst())
    return try norm(rows, mode).reshaped(to: [-1, fields.channelCount] + grid)
  }

  /// The numbers of each field, repeated for its channels.
  private func channelParameters() throws(TorchError) -> BatchNormParameters {
    let own = norm.parameters
    let sources = [own.weight, own.bias, own.mean, own.variance].compactMap(\.self)
    guard fields.fieldSize > 1 else { return own }
    let repeated = try derived.tensors(of: sources) { () throws(TorchError) in
      var repeated: [TorchTensor] = []
      for source in sources {
        repeated.append(try source.repeatingEach(fields.fieldSize, axis: 0))
      }
      return repeated
    }
    return BatchNormParameters(
      weight: repeated[0], bias: repeated[1], mean: repeated[2], variance: repeated[3])
  }
}
