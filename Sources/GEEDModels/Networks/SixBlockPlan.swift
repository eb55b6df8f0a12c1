// SPDX-License-Identifier: MIT

import GEEDTorch

/// The sizes shared by ``SteerableCNN`` and ``ConventionalCNN``: blocks of convolution, batch
/// normalization and ReLU, an antialiased pooling before every other block, and a head.
///
/// The default is the network for rotated MNIST in Weiler and Cesa's examples: kernels of 7, then 5
/// pixels, on grids of 29, 25, 25, 13, 13, 7 and 5 pixels, and one pixel at the end.
public struct SixBlockPlan: Sendable, Hashable {
  /// The number of rows and of columns of the pictures.
  public var imageSize = 29
  /// The number of channels of the pictures.
  public var imageChannelCount = 1
  /// The number of classes.
  public var classCount = 10
  /// The width of each block: fields of a steerable network, channels of a conventional one.
  public var widths = [24, 48, 48, 96, 96, 64]
  /// The number of rows and of columns of each block's kernels.
  public var kernelSizes = [7, 5, 5, 5, 5, 5]
  /// The number of zeros on each side of the input of each block's convolution.
  public var paddings = [1, 2, 2, 2, 2, 1]
  /// The number of features.
  public var featureCount = 64

  /// Creates a plan with the default sizes.
  public init() {}

  /// Returns the same plan with all widths, including the number of features, multiplied and
  /// rounded; at least 1.
  public func scaled(by factor: Double) -> SixBlockPlan {
    var plan = self
    plan.widths = widths.map { max(1, Int((factor * Double($0)).rounded())) }
    plan.featureCount = max(1, Int((factor * Double(featureCount)).rounded()))
    return plan
  }

  /// The number of blocks.
  public var blockCount: Int { widths.count }

  /// The number of rows and of columns of each block's output, and of the grid that the head
  /// averages. Not positive if the pictures are too small.
  public var gridSizes: [Int] {
    var sizes: [Int] = []
    for index in widths.indices {
      let input = pooledSize(sizes.last ?? imageSize, before: index)
      sizes.append(input + 2 * paddings[index] - kernelSizes[index] + 1)
    }
    return sizes + [(sizes.last ?? imageSize) - 4]
  }

  /// The number of blocks that commute exactly with quarter turns, and with reflections if the
  /// group has them.
  ///
  /// A pooling that reads every other pixel does so only on grids of odd size: on those of even
  /// size it starts at one border and ends before the other.
  public var exactBlockCount: Int {
    let sizes = [imageSize] + gridSizes
    return (0..<blockCount).first { Self.isPooled(before: $0) && sizes[$0].isMultiple(of: 2) }
      ?? blockCount
  }

  /// Returns whether a pooling of stride 2 precedes block `index`, counted from 0: it precedes the
  /// third, the fifth and so on.
  static func isPooled(before index: Int) -> Bool { index > 0 && index.isMultiple(of: 2) }

  private func pooledSize(_ size: Int, before index: Int) -> Int {
    Self.isPooled(before: index) ? (size + 1) / 2 : size
  }

  /// - Precondition: The lists have equal lengths, and the pictures are large enough for all
  ///   blocks.
  func check() {
    precondition(
      !widths.isEmpty && kernelSizes.count == blockCount && paddings.count == blockCount,
      "Expected widths, kernel sizes and paddings of the same number of blocks.")
    precondition(
      gridSizes.allSatisfy { $0 > 0 },
      "Images of \(imageSize) pixels are too small: the grids would be \(gridSizes).")
  }
}

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
