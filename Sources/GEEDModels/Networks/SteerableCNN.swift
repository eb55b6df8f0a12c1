// SPDX-License-Identifier: MIT
// General E(2)-Equivariant Steerable CNNs, Weiler and Cesa 2019, https://arxiv.org/abs/1911.08251

import GEED
import GEEDTorch

/// A convolutional network whose blocks commute with rotations, or with rotations and reflections,
/// and whose features are invariant under them; a "C8-CNN" if the group is C8.
///
/// Rotations that map pixels onto pixels commute exactly, up to the first pooling on a grid of even
/// size, which starts at one border and ends before the other; other rotations commute as far as the
/// grid allows. Measure blocks under ``outputAction(ofBlock:)``, which permutes channels.
///
/// Poolings belong to the beginning of the block that follows them, so that the output of every
/// block is that of its ReLU.
package struct SteerableCNN: FactoredClassifier {
  /// The sizes of the network.
  package let plan: SixBlockPlan
  /// The fields of each block's output.
  package let fields: [FeatureFields]
  private let inputs: SixBlockInputs
  private let blocks: [(convolution: SteerableConvolution, norm: FieldBatchNorm)]
  private let head: SixBlockHead
  private let groupPooling: GroupPooling

  /// Creates a network whose widths are numbers of fields of one type, which defines the permutation
  /// of their channels.
  package init(
    _ symmetry: PlanarGroup = .cyclic(8), plan: SixBlockPlan = SixBlockPlan(),
    fieldType: FieldType = .regular, parameters p: ParameterPath
  ) throws(TorchError) {
    plan.check()
    self.plan = plan
    let fields = plan.widths.map { FeatureFields($0, fieldType, under: symmetry) }
    let all = [FeatureFields(plan.imageChannelCount, .trivial, under: symmetry)] + fields
    var blocks: [(SteerableConvolution, FieldBatchNorm)] = []
    for index in fields.indices {
      let path = p / "block\(index + 1)"
      let convolution = try SteerableConvolution(
        all[index], fields[index], size: plan.kernelSizes[index], padding: plan.paddings[index],
        parameters: path / "conv")
      blocks.append((convolution, try FieldBatchNorm(fields[index], parameters: path / "norm")))
    }
    self.fields = fields
    self.blocks = blocks
    inputs = try SixBlockInputs(plan, channelCounts: all.map(\.channelCount), p.store)
    let last = fields[fields.count - 1]
    groupPooling = GroupPooling(last)
    head = try SixBlockHead(
      gridChannels: last.channelCount, inputs: last.count, plan: plan, parameters: p)
  }

  package var headModules: [String] { SixBlockHead.classifierModules }

  package var blockNames: [String] { blocks.indices.map { "block\($0 + 1)" } }

  /// The action of the group on the output of block `index`, counted from 0: it moves the grid and
  /// permutes channels.
  package func outputAction(ofBlock index: Int) -> FieldAction { fields[index].action }

  package func outputActions(under group: FiniteGroup) -> [String: any GroupAction] {
    let actions = blockNames.indices.map { (blockNames[$0], outputAction(ofBlock: $0)) }
    return Dictionary(uniqueKeysWithValues: actions.filter { $0.1.group == group })
  }

  package func block<T: NetworkTensor>(
    _ index: Int, _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    let (convolution, norm) = blocks[index]
    return try norm(convolution(inputs(x, before: index), mode), mode).relu()
  }

  package func features<T: NetworkTensor>(
    ofLastBlock x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try head.features(groupPooling(head.pooling(x)), mode)
  }

  package func logits<T: NetworkTensor>(
    _ features: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try head.classifier(features)
  }

  /// The steerable convolution of block `index`, counted from 0.
  package func convolution(ofBlock index: Int) -> SteerableConvolution {
    blocks[index].convolution
  }
}
