// SPDX-License-Identifier: MIT

import GEEDTorch

/// The maximum over the channels of each field, which is invariant under permutations of the
/// channels.
package struct GroupPooling: Sendable {
  package let fields: FeatureFields

  package init(_ fields: FeatureFields) {
    self.fields = fields
  }

  /// Maps `[N, C, ...]` to `[N, F, ...]`.
  package func callAsFunction<T: NetworkTensor>(_ x: T) throws(TorchError) -> T {
    let grid = Array(x.shape.dropFirst(2))
    return try x.reshaped(to: [-1, fields.count, fields.fieldSize] + grid)
      .maximum(axis: 2, keepingAxis: false)
  }
}
