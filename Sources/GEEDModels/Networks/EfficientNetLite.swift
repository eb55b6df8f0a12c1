// SPDX-License-Identifier: MIT
// EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks, Tan and Le 2019,
// https://arxiv.org/abs/1905.11946; without squeeze-and-excitation and with ReLU6, as in
// https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite.

import GEEDTorch

/// EfficientNet-Lite0, from images to 1280 features to class scores.
///
/// Parameter names are the keys of timm's `tf_efficientnet_lite0` state dict, so its weights load
/// without renaming; padding is TensorFlow's `SAME` and ε of the normalizations 0.001, as there. The
/// blocks are the stem and the stages. The convolution after the last stage, `conv_head`, belongs to
/// f₁. New weights have the same distributions as in timm, and like timm's default the network has no
/// dropout and drops no blocks in training.
///
/// H and W in the comments are the rows and columns of the images, divided by the number behind them
/// and rounded up.
package struct EfficientNetLite: FactoredClassifier {
  package let blockNames = ["stem"] + (0..<7).map { "blocks.\($0)" }
  package let headModules = ["classifier"]
  private let stem: ConvolutionNorm
  private let first: DepthwiseSeparableConvolution
  private let stages: [[InvertedResidual]]
  private let last: ConvolutionNorm
  private let head: Linear

  /// The number added to variances.
  private static let epsilon = 1e-3

  /// The stages after the first one, `blocks.1` and so on.
  private static let plan: [(depth: Int, size: Int, stride: Int, channels: Int)] = [
    (2, 3, 2, 24), (2, 5, 2, 40), (3, 3, 2, 80), (3, 5, 1, 112), (4, 5, 2, 192), (1, 3, 1, 320),
  ]

  package init(classCount: Int = 1000, parameters p: ParameterPath) throws(TorchError) {
    let epsilon = Self.epsilon
    stem = try ConvolutionNorm(
      3, 32, size: 3, stride: 2, padding: .same, epsilon: epsilon, weights: .fanOut([32, 3, 3, 3]),
      conv: p / "conv_stem", norm: p / "bn1")
    first = try DepthwiseSeparableConvolution(
      32, 16, stride: 1, epsilon: epsilon, parameters: p / "blocks" / 0 / 0)
    var channels = 16
    var stages: [[InvertedResidual]] = []
    for (index, (depth, size, stride, outputs)) in Self.plan.enumerated() {
      var stage: [InvertedResidual] = []
      for layer in 0..<depth {
        stage.append(
          try InvertedResidual(
            channels, outputs, size: size, stride: layer == 0 ? stride : 1, epsilon: epsilon,
            parameters: p / "blocks" / (index + 1) / layer))
        channels = outputs
      }
      stages.append(stage)
    }
    self.stages = stages
    last = try ConvolutionNorm(
      pointwise: channels, 1280, epsilon: epsilon, conv: p / "conv_head", norm: p / "bn2")
    head = try Linear(
      1280, classCount, weights: .perClass(classCount), biases: .zeros,
      parameters: p / "classifier")
  }

  // stem [N, 32, H/2, W/2], blocks.0 [N, 16, H/2, W/2], blocks.1 [N, 24, H/4, W/4],
  // blocks.2 [N, 40, H/8, W/8], blocks.3 [N, 80, H/16, W/16], blocks.4 [N, 112, H/16, W/16],
  // blocks.5 [N, 192, H/32, W/32], blocks.6 [N, 320, H/32, W/32]
  package func block<T: NetworkTensor>(
    _ index: Int, _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    switch index {
    case 0: return try stem(x, mode).relu6()
    case 1: return try first(x, mode)
    default:
      var y = x
      for layer in stages[index - 2] { y = try layer(y, mode) }
      return y
    }
  }

  package func features<T: NetworkTensor>(
    ofLastBlock x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try last(x, mode).relu6().mean(axes: [2, 3], keepingAxes: false)  // [N, 1280]
  }

  package func logits<T: NetworkTensor>(_ features: T, _ mode: ForwardMode) throws(TorchError) -> T
  {
    try head(features)  // [N, classCount]
  }
}

/// Convolutions to six times as many channels, of each of these, and to few channels again; added to
/// the input where the shape is unchanged (Sandler et al. 2018, https://arxiv.org/abs/1801.04381).
private struct InvertedResidual: Sendable {
  private let expansion: ConvolutionNorm
  private let depthwise: ConvolutionNorm
  private let projection: ConvolutionNorm
  private let isAdded: Bool

  init(
    _ inputs: Int, _ outputs: Int, size: Int, stride: Int, epsilon: Double,
    parameters p: ParameterPath
  ) throws(TorchError) {
    let width = 6 * inputs
    expansion = try ConvolutionNorm(
      pointwise: inputs, width, epsilon: epsilon, conv: p / "conv_pw", norm: p / "bn1")
    depthwise = try ConvolutionNorm(
      depthwise: width, size: size, stride: stride, epsilon: epsilon, conv: p / "conv_dw",
      norm: p / "bn2")
    projection = try ConvolutionNorm(
      pointwise: width, outputs, epsilon: epsilon, conv: p / "conv_pwl", norm: p / "bn3")
    isAdded = stride == 1 && inputs == outputs
  }

  /// Maps `[N, I, H, W]` to `[N, O, ⌈H / stride⌉, ⌈W / stride⌉]`.
  func callAsFunction<T: NetworkTensor>(_ x: T, _ mode: ForwardMode) throws(TorchError) -> T {
    let wide = try depthwise(expansion(x, mode).relu6(), mode).relu6()
    let y = try projection(wide, mode)
    return isAdded ? try y + x : y
  }
}
