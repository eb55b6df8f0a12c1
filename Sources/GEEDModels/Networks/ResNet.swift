// SPDX-License-Identifier: MIT
// Deep Residual Learning for Image Recognition, He et al. 2015, https://arxiv.org/abs/1512.03385. The
// stride sits on the 3x3 convolution ("v1.5"), as in torchvision.

import GEEDTorch

/// A residual network, from images to 512 or 2048 features to class scores.
///
/// Parameter names are the keys of torchvision's `resnet18` ... `resnet101` state dicts, so their
/// weights load without renaming. The blocks are the stem with its pooling and the four stages. New
/// weights have the same distributions as in torchvision, but other values.
///
/// H and W in the comments are the rows and columns of the images, preferably multiples of 32; C is
/// 1, or 4 in the two deeper networks.
package struct ResNet: FactoredClassifier {
  /// The published sizes that are available.
  package enum Variant: CaseIterable, Sendable {
    case resNet18, resNet34, resNet50, resNet101

    /// The number of blocks in each stage.
    fileprivate var depths: [Int] {
      switch self {
      case .resNet18: [2, 2, 2, 2]
      case .resNet34, .resNet50: [3, 4, 6, 3]
      case .resNet101: [3, 4, 23, 3]
      }
    }

    fileprivate var hasBottlenecks: Bool {
      switch self {
      case .resNet18, .resNet34: false
      case .resNet50, .resNet101: true
      }
    }
  }

  package let blockNames = ["stem", "layer1", "layer2", "layer3", "layer4"]
  private let stem: ConvolutionNorm
  private let stages: [[ResidualBlock]]
  private let head: Linear

  package init(
    _ variant: Variant, classCount: Int = 1000, parameters p: ParameterPath
  ) throws(TorchError) {
    let expansion = variant.hasBottlenecks ? 4 : 1
    stem = try ConvolutionNorm(
      3, 64, size: 7, stride: 2, padding: 3, weights: .fanOut([64, 3, 7, 7]), conv: p / "conv1",
      norm: p / "bn1")
    var stages: [[ResidualBlock]] = []
    var channels = 64
    for (index, depth) in variant.depths.enumerated() {
      let width = 64 << index
      var stage: [ResidualBlock] = []
      for block in 0..<depth {
        let stride = block == 0 && index > 0 ? 2 : 1
        let path = p / "layer\(index + 1)" / block
        stage.append(
          variant.hasBottlenecks
            ? try .bottleneck(channels, width: width, stride: stride, path)
            : try .basic(channels, width: width, stride: stride, path))
        channels = expansion * width
      }
      stages.append(stage)
    }
    self.stages = stages
    head = try Linear(channels, classCount, parameters: p / "fc")
  }

  // stem [N, 64, H/4, W/4], layer1 [N, 64 C, H/4, W/4], layer2 [N, 128 C, H/8, W/8],
  // layer3 [N, 256 C, H/16, W/16], layer4 [N, 512 C, H/32, W/32]
  package func block<T: NetworkTensor>(
    _ index: Int, _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    guard index > 0 else {
      return try stem(x, mode).relu()  // [N, 64, H/2, W/2]
        .maxPool2d(size: 3, stride: 2, padding: 1)  // [N, 64, H/4, W/4]
    }
    var y = x
    for block in stages[index - 1] { y = try block(y, mode) }
    return y
  }

  package func features<T: NetworkTensor>(
    ofLastBlock x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try x.mean(axes: [2, 3], keepingAxes: false)  // [N, 512 C]
  }

  package func logits<T: NetworkTensor>(_ features: T, _ mode: ForwardMode) throws(TorchError) -> T
  {
    try head(features)  // [N, classCount]
  }
}

/// Convolutions with ReLUs between them, whose output is added to the input, followed by a ReLU.
private struct ResidualBlock {
  let convolutions: [ConvolutionNorm]
  /// The convolution that changes the shape of the input, if it has to change.
  let projection: ConvolutionNorm?

  /// Two 3x3 convolutions of `width` channels.
  static func basic(
    _ inputs: Int, width: Int, stride: Int, _ p: ParameterPath
  ) throws(TorchError) -> ResidualBlock {
    ResidualBlock(
      convolutions: [
        try convolution(inputs, width, size: 3, stride: stride, 1, p),
        try convolution(width, width, size: 3, stride: 1, 2, p),
      ],
      projection: try projection(inputs, width, stride: stride, p))
  }

  /// 1x1, 3x3 and 1x1 convolutions with `width` channels, the last with four times as many outputs.
  static func bottleneck(
    _ inputs: Int, width: Int, stride: Int, _ p: ParameterPath
  ) throws(TorchError) -> ResidualBlock {
    ResidualBlock(
      convolutions: [
        try convolution(inputs, width, size: 1, stride: 1, 1, p),
        try convolution(width, width, size: 3, stride: stride, 2, p),
        try convolution(width, 4 * width, size: 1, stride: 1, 3, p),
      ],
      projection: try projection(inputs, 4 * width, stride: stride, p))
  }

  /// Maps `[N, I, H, W]` to `[N, O, H / stride, W / stride]`.
  func callAsFunction<T: NetworkTensor>(
    _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    var y = x
    for (index, convolution) in convolutions.enumerated() {
      y = try convolution(index == 0 ? y : y.relu(), mode)
    }
    return try (y + (projection?(x, mode) ?? x)).relu()
  }

  /// Convolution `number` of a block, counted from 1.
  private static func convolution(
    _ inputs: Int, _ outputs: Int, size: Int, stride: Int, _ number: Int, _ p: ParameterPath
  ) throws(TorchError) -> ConvolutionNorm {
    try ConvolutionNorm(
      inputs, outputs, size: size, stride: stride, padding: size / 2,
      weights: .fanOut([outputs, inputs, size, size]), conv: p / "conv\(number)",
      norm: p / "bn\(number)")
  }

  private static func projection(
    _ inputs: Int, _ outputs: Int, stride: Int, _ p: ParameterPath
  ) throws(TorchError) -> ConvolutionNorm? {
    guard stride != 1 || inputs != outputs else { return nil }
    return try ConvolutionNorm(
      inputs, outputs, size: 1, stride: stride, weights: .fanOut([outputs, inputs, 1, 1]),
      conv: p / "downsample" / 0, norm: p / "downsample" / 1)
  }
}
