// SPDX-License-Identifier: MIT
// MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications, Howard et al. 2017,
// https://arxiv.org/abs/1704.04861.

import GEEDTorch

/// MobileNetV1, from images to 1024 features, times the width multiplier, to class scores.
///
/// Parameter names are the keys of timm's `mobilenetv1_100` state dict, so weights with these names
/// load without renaming. Padding is TensorFlow's `SAME` and ε of the normalizations 0.001, as in the
/// weights published with TensorFlow and Keras. timm's own weights have neither: they load as well, but
/// the scores are not timm's. (Keras pads the bottom and the right before every stride, which is the
/// same if all grids before a stride have even sizes, as for images of 224, 192, 160, 128 or 96
/// pixels.) The blocks are the stem and the stages, which end where the grid is about to be halved.
/// New weights have the same distributions as in timm.
///
/// H and W in the comments are the rows and columns of the images, divided by the number behind them
/// and rounded up; the numbers of channels are those of width 1.
package struct MobileNetV1: FactoredClassifier {
  package let blockNames = ["stem"] + (0..<5).map { "blocks.\($0)" }
  package let headModules = ["classifier"]
  private let stem: ConvolutionNorm
  private let stages: [[DepthwiseSeparableConvolution]]
  private let head: Linear

  /// The number added to variances.
  private static let epsilon = 1e-3

  /// - Parameter width: The factor by which all numbers of channels are multiplied; see
  ///   ``channelCount(_:width:)``.
  package init(
    width: Double = 1, classCount: Int = 1000, parameters p: ParameterPath
  ) throws(TorchError) {
    var channels = Self.channelCount(32, width: width)
    stem = try ConvolutionNorm(
      3, channels, size: 3, stride: 2, padding: .same, epsilon: Self.epsilon,
      weights: .fanOut([channels, 3, 3, 3]), conv: p / "conv_stem", norm: p / "bn1")
    var stages: [[DepthwiseSeparableConvolution]] = []
    for (index, (depth, count)) in [(1, 64), (2, 128), (2, 256), (6, 512), (2, 1024)].enumerated() {
      let outputs = Self.channelCount(count, width: width)
      var stage: [DepthwiseSeparableConvolution] = []
      for layer in 0..<depth {
        stage.append(
          try DepthwiseSeparableConvolution(
            channels, outputs, stride: layer == 0 && index > 0 ? 2 : 1, epsilon: Self.epsilon,
            parameters: p / "blocks" / index / layer))
        channels = outputs
      }
      stages.append(stage)
    }
    self.stages = stages
    head = try Linear(
      channels, classCount, weights: .perClass(classCount), biases: .zeros,
      parameters: p / "classifier")
  }

  /// Returns the product of a number of channels and the width, rounded to a multiple of 8 as timm
  /// does: at least 8, and not less than nine tenths of the product.
  package static func channelCount(_ count: Int, width: Double) -> Int {
    let product = Double(count) * width
    let rounded = max(8, Int(product + 4) / 8 * 8)
    return Double(rounded) < 0.9 * product ? rounded + 8 : rounded
  }

  // stem [N, 32, H/2, W/2], blocks.0 [N, 64, H/2, W/2], blocks.1 [N, 128, H/4, W/4],
  // blocks.2 [N, 256, H/8, W/8], blocks.3 [N, 512, H/16, W/16], blocks.4 [N, 1024, H/32, W/32]
  package func block<T: NetworkTensor>(
    _ index: Int, _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    guard index > 0 else { return try stem(x, mode).relu6() }
    var y = x
    for layer in stages[index - 1] { y = try layer(y, mode).relu6() }
    return y
  }

  package func logits<T: NetworkTensor>(_ features: T, _ mode: ForwardMode) throws(TorchError) -> T
  {
    try head(features)  // [N, classCount]
  }
}

/// A convolution of each channel, then one that mixes the channels of each pixel, both normalized; a
/// ReLU6 between them.
struct DepthwiseSeparableConvolution: Sendable {
  private let depthwise: ConvolutionNorm
  private let pointwise: ConvolutionNorm

  /// - Parameter epsilon: The number added to variances.
  init(
    _ inputs: Int, _ outputs: Int, stride: Int, epsilon: Double, parameters p: ParameterPath
  ) throws(TorchError) {
    depthwise = try ConvolutionNorm(
      depthwise: inputs, size: 3, stride: stride, epsilon: epsilon, conv: p / "conv_dw",
      norm: p / "bn1")
    pointwise = try ConvolutionNorm(
      pointwise: inputs, outputs, epsilon: epsilon, conv: p / "conv_pw", norm: p / "bn2")
  }

  /// Maps `[N, I, H, W]` to `[N, O, ⌈H / stride⌉, ⌈W / stride⌉]`, without a last ReLU6.
  func callAsFunction<T: NetworkTensor>(_ x: T, _ mode: ForwardMode) throws(TorchError) -> T {
    try pointwise(depthwise(x, mode).relu6(), mode)
  }
}

extension ConvolutionNorm {
  /// Creates a convolution of each channel with one kernel of its own.
  init(
    depthwise channels: Int, size: Int, stride: Int, epsilon: Double, conv: ParameterPath,
    norm: ParameterPath
  ) throws(TorchError) {
    try self.init(
      channels, channels, size: size, stride: stride, padding: .same, groups: channels,
      epsilon: epsilon, weights: .fanOut([channels, 1, size, size], groups: channels), conv: conv,
      norm: norm)
  }

  /// Creates a convolution that mixes the channels of each pixel.
  init(
    pointwise inputs: Int, _ outputs: Int, epsilon: Double, conv: ParameterPath,
    norm: ParameterPath
  ) throws(TorchError) {
    try self.init(
      inputs, outputs, size: 1, padding: .zeros(0), epsilon: epsilon,
      weights: .fanOut([outputs, inputs, 1, 1]), conv: conv, norm: norm)
  }
}

extension Initializer {
  /// Uniform with bound 1 / √K for the matrix of K class scores, as in timm's networks from
  /// TensorFlow.
  static func perClass(_ classCount: Int) -> Initializer {
    .uniform(bound: 1 / Double(classCount).squareRoot())
  }
}
