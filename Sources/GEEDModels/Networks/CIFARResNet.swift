// SPDX-License-Identifier: MIT
// Deep Residual Learning for Image Recognition, He et al. 2015, https://arxiv.org/abs/1512.03385, § 4.2,
// with the shortcuts without parameters that it calls option A.

import GEEDTorch

/// A residual network for small pictures, from images to 64 features to class scores.
///
/// Parameter names are those of Yerlan Idelbayev's widely used weights
/// (https://github.com/akamaster/pytorch_resnet_cifar10), which load without renaming; initial
/// weights and biases have the same distributions. The blocks are the stem and the three stages.
///
/// A shortcut to a smaller grid takes every other row and column, starting with the first, and
/// fills new channels with zeros. On a grid of even size it never reads the last row and column,
/// and therefore does not commute with rotations and reflections.
package struct CIFARResNet: FactoredClassifier {
  /// The published sizes that are available.
  package enum Variant: CaseIterable, Sendable {
    case resNet20, resNet56

    /// The number of blocks in each stage.
    fileprivate var depth: Int {
      switch self {
      case .resNet20: 3
      case .resNet56: 9
      }
    }
  }

  package let blockNames = ["stem", "layer1", "layer2", "layer3"]
  private let stem: ConvolutionNorm
  private let stages: [[PaddedBlock]]
  private let head: Linear

  package init(
    _ variant: Variant, classCount: Int = 10, parameters p: ParameterPath
  ) throws(TorchError) {
    stem = try ConvolutionNorm(
      3, 16, size: 3, padding: 1, weights: afterReLU(inputCount: 3 * 9), conv: p / "conv1",
      norm: p / "bn1")
    var stages: [[PaddedBlock]] = []
    for index in 0..<3 {
      let width = 16 << index
      var stage: [PaddedBlock] = []
      for block in 0..<variant.depth {
        let isNarrowing = block == 0 && index > 0
        stage.append(
          try PaddedBlock(
            isNarrowing ? width / 2 : width, width, stride: isNarrowing ? 2 : 1,
            p / "layer\(index + 1)" / block))
      }
      stages.append(stage)
    }
    self.stages = stages
    head = try Linear(
      64, classCount, weights: afterReLU(inputCount: 64), parameters: p / "linear")
  }

  // stem [N, 16, H, W], layer1 [N, 16, H, W], layer2 [N, 32, H/2, W/2], layer3 [N, 64, H/4, W/4]
  package func block<T: NetworkTensor>(
    _ index: Int, _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    guard index > 0 else { return try stem(x, mode).relu() }
    var y = x
    for block in stages[index - 1] { y = try block(y, mode) }
    return y
  }

  package func features<T: NetworkTensor>(
    ofLastBlock x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try x.mean(axes: [2, 3], keepingAxes: false)  // [N, 64]
  }

  package func logits<T: NetworkTensor>(_ features: T, _ mode: ForwardMode) throws(TorchError) -> T
  {
    try head(features)  // [N, classCount]
  }
}

/// Normal with variance 2 / fan-in (He et al. 2015, https://arxiv.org/abs/1502.01852).
private func afterReLU(inputCount: Int) -> Initializer {
  .normal(deviation: (2 / Double(inputCount)).squareRoot())
}

/// Two 3x3 convolutions, whose output is added to the input, followed by a ReLU.
private struct PaddedBlock {
  let first: ConvolutionNorm
  let second: ConvolutionNorm
  let stride: Int
  /// The number of zero channels added on either side of the input's channels.
  let padding: Int

  init(
    _ inputs: Int, _ outputs: Int, stride: Int, _ p: ParameterPath
  ) throws(TorchError) {
    first = try ConvolutionNorm(
      inputs, outputs, size: 3, stride: stride, padding: 1,
      weights: afterReLU(inputCount: 9 * inputs), conv: p / "conv1", norm: p / "bn1")
    second = try ConvolutionNorm(
      outputs, outputs, size: 3, padding: 1, weights: afterReLU(inputCount: 9 * outputs),
      conv: p / "conv2", norm: p / "bn2")
    self.stride = stride
    padding = (outputs - inputs) / 2
  }

  /// Maps `[N, I, H, W]` to `[N, O, H / stride, W / stride]`.
  func callAsFunction<T: NetworkTensor>(
    _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    let y = try second(first(x, mode).relu(), mode)
    return try (y + shortcut(x)).relu()
  }

  private func shortcut<T: NetworkTensor>(_ x: T) throws(TorchError) -> T {
    guard stride > 1 else { return x }
    return try x.sliced(axis: 2, from: 0, to: nil, step: stride)
      .sliced(axis: 3, from: 0, to: nil, step: stride)
      .padded(axis: 1, before: padding, after: padding)
  }
}
