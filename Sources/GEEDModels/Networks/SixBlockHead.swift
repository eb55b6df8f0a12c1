// SPDX-License-Identifier: MIT

import GEEDTorch

/// The layers after the blocks: a last antialiased pooling, the mean over the remaining grid, and a
/// small classifier. Its parameters are `fully_net.0`, `.1` and `.3`, as in Weiler and Cesa's
/// example.
struct SixBlockHead: Sendable {
  /// The last pooling, with stride 1 and no padding.
  let pooling: AntialiasedPooling
  let classifier: Linear
  private let hidden: Linear
  private let norm: BatchNorm

  /// - Parameters:
  ///   - gridChannels: The number of channels of the last block.
  ///   - inputs: The number of channels passed to ``features(_:_:)``.
  init(
    gridChannels: Int, inputs: Int, plan: SixBlockPlan, parameters p: ParameterPath
  ) throws(TorchError) {
    pooling = try AntialiasedPooling(
      gridChannels, stride: 1, padding: 0, type: p.store.type, device: p.store.device)
    let net = p / "fully_net"
    hidden = try Linear(inputs, plan.featureCount, parameters: net / 0)
    norm = try BatchNorm(plan.featureCount, parameters: net / 1)
    classifier = try Linear(plan.featureCount, plan.classCount, parameters: net / 3)
  }

  /// Maps `[N, C, H, W]` to `[N, featureCount]`.
  func features<T: NetworkTensor>(_ x: T, _ mode: ForwardMode) throws(TorchError) -> T {
    try norm(hidden(x.mean(axes: [2, 3], keepingAxes: false)), mode).elu()
  }
}
