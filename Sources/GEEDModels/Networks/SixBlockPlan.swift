// SPDX-License-Identifier: MIT

import GEEDTorch
import RealModule

/// The sizes shared by ``SteerableCNN`` and ``ConventionalCNN``: blocks of convolution, batch
/// normalization and ReLU, an antialiased pooling before every other block, and a head.
///
/// The default is the network for rotated MNIST in Weiler and Cesa's examples: kernels of 7, then 5
/// pixels, on grids of 29, 25, 25, 13, 13, 7 and 5 pixels, and one pixel at the end.
package struct SixBlockPlan: Sendable, Hashable {
  /// The number of rows and of columns of the images.
  package var imageSize = 29
  /// The number of channels of the images.
  package var imageChannelCount = 1
  /// The number of classes.
  package var classCount = 10
  /// The width of each block: fields of a steerable network, channels of a conventional one.
  package var widths = [24, 48, 48, 96, 96, 64]
  /// The number of rows and of columns of each block's kernels.
  package var kernelSizes = [7, 5, 5, 5, 5, 5]
  /// The number of zeros on each side of the input of each block's convolution.
  package var paddings = [1, 2, 2, 2, 2, 1]
  /// The number of features.
  package var featureCount = 64

  package init() {}

  /// Returns the same plan with all widths, including the number of features, multiplied and
  /// rounded; at least 1.
  package func scaled(by factor: Double) -> SixBlockPlan {
    var plan = self
    plan.widths = widths.map { max(1, Int((factor * Double($0)).rounded())) }
    plan.featureCount = max(1, Int((factor * Double(featureCount)).rounded()))
    return plan
  }

  /// The number of rows and of columns of each block's output, and of the grid that the head
  /// averages. Not positive if the images are too small.
  package var gridSizes: [Int] {
    var sizes: [Int] = []
    for index in widths.indices {
      let size = sizes.last ?? imageSize
      let input = Self.isPooled(before: index) ? (size + 1) / 2 : size
      sizes.append(input + 2 * paddings[index] - kernelSizes[index] + 1)
    }
    return sizes + [(sizes.last ?? imageSize) - 4]
  }

  /// Returns whether a pooling of stride 2 precedes block `index`, counted from 0: it precedes the
  /// third, the fifth and so on.
  package static func isPooled(before index: Int) -> Bool {
    index > 0 && index.isMultiple(of: 2)
  }

  /// Stops unless the lists have equal lengths and the images are large enough for all blocks.
  func check() {
    precondition(
      !widths.isEmpty && kernelSizes.count == widths.count && paddings.count == widths.count,
      "Expected widths, kernel sizes and paddings of the same number of blocks.")
    precondition(
      gridSizes.allSatisfy { $0 > 0 },
      "Images of \(imageSize) pixels are too small: the grids would be \(gridSizes).")
  }
}

/// The layers before the convolutions of the blocks: a mask before the first, antialiased poolings before
/// every other one.
struct SixBlockInputs: Sendable {
  private let mask: CircularMask
  private let poolings: [AntialiasedPooling?]

  /// - Parameter channelCounts: The number of channels of the images, then of each block.
  init(
    _ plan: SixBlockPlan, channelCounts: [Int], _ store: ParameterStore
  ) throws(TorchError) {
    mask = try CircularMask(size: plan.imageSize, type: store.type, device: store.device)
    var poolings: [AntialiasedPooling?] = []
    for index in plan.widths.indices {
      poolings.append(
        SixBlockPlan.isPooled(before: index)
          ? try AntialiasedPooling(
            channelCounts[index], stride: 2, type: store.type, device: store.device) : nil)
    }
    self.poolings = poolings
  }

  func callAsFunction<T: NetworkTensor>(_ x: T, before index: Int) throws(TorchError) -> T {
    try index == 0 ? mask(x) : poolings[index]?(x) ?? x
  }
}

/// The layers after the blocks: a last antialiased pooling, the mean over the remaining grid, and a
/// small classifier. Its parameters are `fully_net.0`, `.1` and `.3`, as in Weiler and Cesa's
/// example.
struct SixBlockHead: Sendable {
  /// The last pooling, with stride 1 and no padding.
  let pooling: AntialiasedPooling
  let classifier: Linear
  /// The module of the classifier.
  static let classifierModules = ["fully_net.3"]
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

/// A disc that images are multiplied by, so that networks do not see pixels that a rotation would cut
/// off.
///
/// It is 1 up to r₀, which is 0.99 of the radius (size − 1)/2 around the middle of the grid, and
/// decreases as exp(−(r² − r₀²)/σ²) outside, with σ of 2 pixels.
package struct CircularMask: Sendable {
  /// The mask, `[1, 1, size, size]`.
  private let mask: TorchTensor

  package init(
    size: Int, type: TorchElementType = .float32, device: TorchDevice = .cpu
  ) throws(TorchError) {
    let middle = Double(size - 1) / 2
    let radius = 0.99 * middle
    let numbers = (0..<size * size).map { pixel in
      let x = Double(pixel % size) - middle
      let y = Double(pixel / size) - middle
      let excess = x * x + y * y - radius * radius
      return excess > 0 ? Double.exp(-excess / 4) : 1
    }
    mask = try TorchTensor(numbers, shape: [1, 1, size, size]).converted(to: type, on: device)
  }

  /// Returns a tensor of the same shape, `[N, C, size, size]`.
  package func callAsFunction<T: NetworkTensor>(_ x: T) throws(TorchError) -> T {
    try x.multiplied(by: mask)
  }
}
