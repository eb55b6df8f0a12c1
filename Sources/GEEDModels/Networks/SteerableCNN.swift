// SPDX-License-Identifier: MIT
// General E(2)-Equivariant Steerable CNNs, Weiler and Cesa 2019, https://arxiv.org/abs/1911.08251

import GEED
import GEEDTorch

/// A convolutional network whose blocks commute with rotations, or with rotations and reflections,
/// and whose features are invariant under them; a "C8-CNN" if the group is C8.
///
/// Rotations that map pixels onto pixels commute exactly in the blocks counted by
/// ``SixBlockPlan/exactBlockCount``; other rotations commute as far as the grid allows. Measure
/// blocks under ``outputAction(ofBlock:)``, which permutes channels.
///
/// Poolings belong to the beginning of the block that follows them, so that the output of every
/// block is that of its ReLU.
public struct SteerableCNN: FactoredClassifier {
  /// The sizes of the network.
  public let plan: SixBlockPlan
  /// The fields of each block's output.
  package let fields: [FeatureFields]
  private let mask: CircularMask
  private let blocks: [Block]
  private let head: SixBlockHead
  private let groupPooling: GroupPooling

  /// - Parameters:
  ///   - symmetry: The group that the network commutes with.
  ///   - plan: The sizes of the network; widths are numbers of fields.
  ///   - fieldType: The type of all fields, which defines the permutation of their channels.
  ///   - p: The path of the parameters.
  public init(
    _ symmetry: PlanarGroup = .cyclic(8), plan: SixBlockPlan = SixBlockPlan(),
    fieldType: FieldType = .regular, parameters p: ParameterPath
  ) throws(TorchError) {
    plan.check()
    self.plan = plan
    let fields = plan.widths.map { FeatureFields($0, fieldType, under: symmetry) }
    let pictures = FeatureFields(plan.imageChannelCount, .trivial, under: symmetry)
    var blocks: [Block] = []
    for index in fields.indices {
      let input = index == 0 ? pictures : fields[index - 1]
      blocks.append(
        try Block(
          input, fields[index], size: plan.kernelSizes[index], padding: plan.paddings[index],
          isPooled: SixBlockPlan.isPooled(before: index), p / "block\(index + 1)"))
    }
    self.fields = fields
    self.blocks = blocks
    mask = try CircularMask(size: plan.imageSize, type: p.store.type, device: p.store.device)
    let last = fields[fields.count - 1]
    groupPooling = GroupPooling(last)
    head = try SixBlockHead(
      gridChannels: last.channelCount, inputs: last.count, plan: plan, parameters: p)
  }

  public var blockNames: [String] { blocks.indices.map { "block\($0 + 1)" } }

  /// The action of the group on the output of block `index`, counted from 0: it moves the grid and
  /// permutes channels.
  public func outputAction(ofBlock index: Int) -> FieldAction { fields[index].action }

  public func outputActions(under group: FiniteGroup) -> [String: any GroupAction] {
    let actions = blockNames.indices.map { (blockNames[$0], outputAction(ofBlock: $0)) }
    return Dictionary(uniqueKeysWithValues: actions.filter { $0.1.group == group })
  }

  public func block<T: NetworkTensor>(
    _ index: Int, _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try blocks[index](index == 0 ? mask(x) : x, mode)
  }

  public func features<T: NetworkTensor>(
    ofLastBlock x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try head.features(groupPooling(head.pooling(x)), mode)
  }

  public func logits<T: NetworkTensor>(
    _ features: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try head.classifier(features)
  }

  /// The steerable convolution of block `index`, counted from 0.
  package func convolution(ofBlock index: Int) -> SteerableConvolution {
    blocks[index].convolution
  }
}

extension SteerableCNN {
  /// An optional pooling, convolution, normalization and ReLU.
  private struct Block: Sendable {
    let pooling: AntialiasedPooling?
    let convolution: SteerableConvolution
    let norm: FieldBatchNorm

    init(
      _ input: FeatureFields, _ output: FeatureFields, size: Int, padding: Int, isPooled: Bool,
      _ p: ParameterPath
    ) throws(TorchError) {
      pooling =
        isPooled
        ? try AntialiasedPooling(
          input.channelCount, stride: 2, type: p.store.type, device: p.store.device) : nil
      convolution = try SteerableConvolution(
        input, output, size: size, padding: padding, parameters: p / "conv")
      norm = try FieldBatchNorm(output, parameters: p / "norm")
    }

    func callAsFunction<T: NetworkTensor>(_ x: T, _ mode: ForwardMode) throws(TorchError) -> T {
      let pooled = try pooling?(x) ?? x
      return try norm(convolution(pooled, mode), mode).relu()
    }
  }
}
