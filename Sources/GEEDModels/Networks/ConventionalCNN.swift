// SPDX-License-Identifier: MIT

import GEEDTorch

/// The counterpart of ``SteerableCNN``: the same blocks, poolings and head with ordinary
/// convolutions, so that only training can make it equivariant.
///
/// It has no fields to pool over; the head receives all channels of the last block.
public struct ConventionalCNN: FactoredClassifier {
  /// The sizes of the network.
  public let plan: SixBlockPlan
  private let mask: CircularMask
  private let blocks: [ConvolutionNorm]
  private let poolings: [AntialiasedPooling?]
  private let head: SixBlockHead

  /// - Parameters:
  ///   - plan: The sizes of the network; widths are numbers of channels.
  ///   - p: The path of the parameters.
  public init(
    plan: SixBlockPlan = SixBlockPlan(), parameters p: ParameterPath
  ) throws(TorchError) {
    plan.check()
    var blocks: [ConvolutionNorm] = []
    var poolings: [AntialiasedPooling?] = []
    for (index, width) in plan.widths.enumerated() {
      let inputs = index == 0 ? plan.imageChannelCount : plan.widths[index - 1]
      let size = plan.kernelSizes[index]
      let path = p / "block\(index + 1)"
      blocks.append(
        try ConvolutionNorm(
          inputs, width, size: size, padding: plan.paddings[index],
          weights: .normal(deviation: (2 / Double(inputs * size * size)).squareRoot()),
          conv: path / "conv", norm: path / "norm"))
      poolings.append(
        SixBlockPlan.isPooled(before: index)
          ? try AntialiasedPooling(
            inputs, stride: 2, type: p.store.type, device: p.store.device) : nil)
    }
    let last = plan.widths[plan.blockCount - 1]
    self.plan = plan
    self.blocks = blocks
    self.poolings = poolings
    mask = try CircularMask(size: plan.imageSize, type: p.store.type, device: p.store.device)
    head = try SixBlockHead(gridChannels: last, inputs: last, plan: plan, parameters: p)
  }

  public var blockNames: [String] { blocks.indices.map { "block\($0 + 1)" } }

  public func block<T: NetworkTensor>(
    _ index: Int, _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    let input = index == 0 ? try mask(x) : try poolings[index]?(x) ?? x
    return try blocks[index](input, mode).relu()
  }

  public func features<T: NetworkTensor>(
    ofLastBlock x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try head.features(head.pooling(x), mode)
  }

  public func logits<T: NetworkTensor>(
    _ features: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try head.classifier(features)
  }
}
