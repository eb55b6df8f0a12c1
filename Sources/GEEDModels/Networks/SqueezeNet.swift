// SPDX-License-Identifier: MIT
// SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size, Iandola et al.
// 2016, https://arxiv.org/abs/1602.07360; version 1.1 of https://github.com/forresti/SqueezeNet.

import GEEDTorch

/// SqueezeNet 1.1, from images to class scores by convolutions alone.
///
/// Parameter names are the keys of torchvision's `squeezenet1_1` state dict, so its weights load
/// without renaming. The blocks end with the modules that the paper calls `fire3`, `fire5` and
/// `fire9`; the pooling between two of them belongs to the beginning of the second. Poolings keep the
/// remainder of the grid, as in torchvision and Caffe.
///
/// The classifier is a convolution with kernels of one pixel, a ReLU, and the mean over the grid.
/// Because the ReLU stands between the convolution and the mean, the scores are no function of the
/// channels' means: f₁ is the whole grid of `fire9` as a vector, and f₂ the classifier. So f = f₂ ∘ f₁
/// is exact, and the parameters of f₂ are those that a network for other classes replaces. These
/// features keep positions, so rotating the image changes them even if the grid rotates along. The
/// means of the channels, which do not, are a further output, `pooled`.
///
/// Images have at least 17 rows and columns; the shapes in the comments are those for 224.
package struct SqueezeNet: FactoredClassifier {
  package let blockNames = ["stem", "fire3", "fire5", "fire9"]
  package let headModules = ["classifier.1"]
  package let keepsPositionsInFeatures = true
  private let stem: Convolution
  private let stages: [[Fire]]
  private let head: Convolution
  private let dropout: Double

  /// The fire modules of each block: their index in `features`, and their widths.
  private static let plan: [[(index: Int, squeeze: Int, expand: Int)]] = [
    [(3, 16, 64), (4, 16, 64)], [(6, 32, 128), (7, 32, 128)],
    [(9, 48, 192), (10, 48, 192), (11, 64, 256), (12, 64, 256)],
  ]

  /// - Parameter dropout: The probability with which training drops a number of the last grid.
  package init(
    classCount: Int = 1000, dropout: Double = 0.5, parameters p: ParameterPath
  ) throws(TorchError) {
    let features = p / "features"
    var channels = 64
    stem = try Convolution(
      squeezing: 3, channels, size: 3, stride: 2, parameters: features / 0)
    var stages: [[Fire]] = []
    for modules in Self.plan {
      var stage: [Fire] = []
      for (index, squeeze, expand) in modules {
        stage.append(
          try Fire(channels, squeeze: squeeze, expand: expand, parameters: features / index))
        channels = 2 * expand
      }
      stages.append(stage)
    }
    self.stages = stages
    head = try Convolution(
      channels, classCount, size: 1, padding: .zeros(0), weights: .normal(deviation: 0.01),
      biases: .zeros, parameters: p / "classifier" / 1)
    self.dropout = dropout
  }

  // stem [N, 64, 55, 55], fire3 [N, 128, 55, 55], fire5 [N, 256, 27, 27], fire9 [N, 512, 13, 13]
  package func block<T: NetworkTensor>(
    _ index: Int, _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    guard index > 0 else { return try pooled(stem(x).relu()) }
    var y = index == 1 ? x : try pooled(x)
    for module in stages[index - 1] { y = try module(y) }
    return y
  }

  private func pooled<T: NetworkTensor>(_ x: T) throws(TorchError) -> T {
    try x.maxPool2d(size: 3, stride: 2, padding: 0, keepsRemainder: true)
  }

  package func features<T: NetworkTensor>(
    ofLastBlock x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try x.flattened()  // [N, 512 · 13 · 13]
  }

  package func logits<T: NetworkTensor>(_ features: T, _ mode: ForwardMode) throws(TorchError) -> T
  {
    let channels = head.weight.shape[1]
    // Neither the convolution nor the mean distinguishes rows from columns.
    var x = try features.reshaped(to: [-1, channels, features.shape[1] / channels, 1])
    if case .training(let generator) = mode {
      x = try x.dropout(probability: dropout, using: generator)
    }
    return try head(x).relu().mean(axes: [2, 3], keepingAxes: false)  // [N, classCount]
  }
}

/// A convolution to few channels, then two to many, with kernels of 1 and of 3 pixels.
private struct Fire: Sendable {
  private let squeeze: Convolution
  private let expansions: [Convolution]

  init(
    _ inputs: Int, squeeze width: Int, expand outputs: Int, parameters p: ParameterPath
  ) throws(TorchError) {
    squeeze = try Convolution(squeezing: inputs, width, size: 1, parameters: p / "squeeze")
    expansions = [
      try Convolution(squeezing: width, outputs, size: 1, parameters: p / "expand1x1"),
      try Convolution(
        squeezing: width, outputs, size: 3, padding: 1, parameters: p / "expand3x3"),
    ]
  }

  /// Maps `[N, C, H, W]` to `[N, 2 · outputs, H, W]`.
  func callAsFunction<T: NetworkTensor>(_ x: T) throws(TorchError) -> T {
    let few = try squeeze(x).relu()
    var parts: [T] = []
    for expansion in expansions { parts.append(try expansion(few).relu()) }
    return try .concatenating(parts, axis: 1)
  }
}

extension Convolution {
  /// Creates a convolution with torchvision's initial weights of SqueezeNet: uniform with variance
  /// 2 / fan-in, and biases of 0.
  fileprivate init(
    squeezing inputs: Int, _ outputs: Int, size: Int, stride: Int = 1, padding: Int = 0,
    parameters p: ParameterPath
  ) throws(TorchError) {
    let fanIn = Double(inputs * size * size)
    try self.init(
      inputs, outputs, size: size, stride: stride, padding: .zeros(padding),
      weights: .uniform(bound: (6 / fanIn).squareRoot()), biases: .zeros, parameters: p)
  }
}
