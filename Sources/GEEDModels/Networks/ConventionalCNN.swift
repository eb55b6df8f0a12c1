// SPDX-License-Identifier: MIT

import GEEDTorch

/// The counterpart of ``SteerableCNN``: the same blocks, poolings and head with ordinary
/// convolutions, so that only training can make it equivariant.
///
/// It has no fields to pool over; the head receives all channels of the last block.
package struct ConventionalCNN: FactoredClassifier {
  /// The sizes of the network.
  package let plan: SixBlockPlan
  private let inputs: SixBlockInputs
  private let blocks: [ConvolutionNorm]
  private let head: SixBlockHead

  /// Creates a network whose widths are numbers of channels.
  package init(
    plan: SixBlockPlan = SixBlockPlan(), parameters p: ParameterPath
  ) throws(TorchError) {
    plan.check()
    let channels = [plan.imageChannelCount] + plan.widths
    var blocks: [ConvolutionNorm] = []
    for (index, width) in plan.widths.enumerated() {
      let (size, path) = (plan.kernelSizes[index], p / "block\(index + 1)")
      blocks.append(
        try ConvolutionNorm(
          channels[index], width, size: size, padding: plan.paddings[index],
          weights: .afterReLU([width, channels[index], size, size]),
          conv: path / "conv", norm: path / "norm"))
    }
    self.plan = plan
    self.blocks = blocks
    inputs = try SixBlockInputs(plan, channelCounts: channels, p.store)
    let last = channels[plan.widths.count]
    head = try SixBlockHead(gridChannels: last, inputs: last, plan: plan, parameters: p)
  }

  package var headModules: [String] { SixBlockHead.classifierModules }

  package var blockNames: [String] { blocks.indices.map { "block\($0 + 1)" } }

  package func block<T: NetworkTensor>(
    _ index: Int, _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try blocks[index](inputs(x, before: index), mode).relu()
  }

  package func features<T: NetworkTensor>(
    ofLastBlock x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try head.features(head.pooling(x), mode)
  }

  package func logits<T: NetworkTensor>(
    _ features: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try head.classifier(features)
  }
}
