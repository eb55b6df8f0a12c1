// SPDX-License-Identifier: MIT

import GEEDTorch

/// The maximum over the channels of each field, which is invariant under permutations of the
/// channels.
public struct GroupPooling: Sendable {
  public let fields: FeatureFields

  public init(_ fields: FeatureFields) {
    self.fields = fields
  }

  /// Maps `[N, C, ...]` to `[N, F, ...]`.
  public func callAsFunction<T: NetworkTensor>(_ x: T) throws(TorchError) -> T {
    let grid = Array(x.shape.dropFirst(2))
    return try x.reshaped(to: [-1, fields.count, fields.fieldSize] + grid)
      .maximum(axis: 2, keepingAxis: false)
  }
}
