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
/// 1, or 4 with bottlenecks.
package struct ResNet: FactoredClassifier {
  package let blockNames = ["stem", "layer1", "layer2", "layer3", "layer4"]
  package let headModules = ["fc"]
  private let stem: ConvolutionNorm
  private let stages: [[ResidualBlock]]
  private let head: Linear

  /// - Parameter depths: The number of blocks in each stage.
  package init(
    depths: [Int], hasBottlenecks: Bool, classCount: Int = 1000, parameters p: ParameterPath
  ) throws(TorchError) {
    stem = try ConvolutionNorm(
      3, 64, size: 7, stride: 2, padding: 3, weights: .fanOut([64, 3, 7, 7]), conv: p / "conv1",
      norm: p / "bn1")
    var stages: [[ResidualBlock]] = []
    var channels = 64
    for (index, depth) in depths.enumerated() {
      let width = 64 << index
      let outputs = hasBottlenecks ? 4 * width : width
      var stage: [ResidualBlock] = []
      for block in 0..<depth {
        let stride = block == 0 && index > 0 ? 2 : 1
        let path = p / "layer\(index + 1)" / block
        let sizes: [ResidualBlock.Size] =
          hasBottlenecks
          ? [(channels, width, 1, 1), (width, width, 3, stride), (width, outputs, 1, 1)]
          : [(channels, width, 3, stride), (width, width, 3, 1)]
        stage.append(try ResidualBlock(sizes, stride: stride, path))
        channels = outputs
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
    return try stages[index - 1].run(x, mode)
  }

  package func logits<T: NetworkTensor>(_ features: T, _ mode: ForwardMode) throws(TorchError) -> T
  {
    try head(features)  // [N, classCount]
  }
}

/// Convolutions with ReLUs between them, whose output is added to the input, followed by a ReLU.
struct ResidualBlock {
  private let convolutions: [ConvolutionNorm]
  private let shortcut: Shortcut

  typealias Size = (inputs: Int, outputs: Int, kernel: Int, stride: Int)

  private enum Shortcut {
    case identity
    /// A convolution that changes the shape.
    case projection(ConvolutionNorm)
    /// Every other row and column, with zero channels added on either side.
    case subsampling(padding: Int)
  }

  /// Creates a block whose shortcut is a 1x1 convolution where the shape changes.
  fileprivate init(_ sizes: [Size], stride: Int, _ p: ParameterPath) throws(TorchError) {
    convolutions = try Self.convolutions(sizes, p) { .fanOut($0) }
    let (inputs, outputs) = (sizes[0].inputs, sizes[sizes.count - 1].outputs)
    shortcut =
      stride == 1 && inputs == outputs
      ? .identity
      : .projection(
        try ConvolutionNorm(
          inputs, outputs, size: 1, stride: stride, weights: .fanOut([outputs, inputs, 1, 1]),
          conv: p / "downsample" / 0, norm: p / "downsample" / 1))
  }

  /// Creates a block of two 3x3 convolutions whose shortcut has no parameters.
  init(
    subsampling inputs: Int, _ outputs: Int, stride: Int, _ p: ParameterPath
  ) throws(TorchError) {
    convolutions = try Self.convolutions(
      [(inputs, outputs, 3, stride), (outputs, outputs, 3, 1)], p
    ) { .afterReLU($0) }
    shortcut = stride == 1 ? .identity : .subsampling(padding: (outputs - inputs) / 2)
  }

  private static func convolutions(
    _ sizes: [Size], _ p: ParameterPath, _ weights: ([Int]) -> Initializer
  ) throws(TorchError) -> [ConvolutionNorm] {
    var convolutions: [ConvolutionNorm] = []
    for (inputs, outputs, size, stride) in sizes {
      let number = convolutions.count + 1
      convolutions.append(
        try ConvolutionNorm(
          inputs, outputs, size: size, stride: stride, padding: size / 2,
          weights: weights([outputs, inputs, size, size]), conv: p / "conv\(number)",
          norm: p / "bn\(number)"))
    }
    return convolutions
  }

  /// Maps `[N, I, H, W]` to `[N, O, H / stride, W / stride]`.
  func callAsFunction<T: NetworkTensor>(_ x: T, _ mode: ForwardMode) throws(TorchError) -> T {
    var y = x
    for (index, convolution) in convolutions.enumerated() {
      y = try convolution(index == 0 ? y : y.relu(), mode)
    }
    let added =
      switch shortcut {
      case .identity: x
      case .projection(let projection): try projection(x, mode)
      case .subsampling(let padding):
        try x.sliced(axis: 2, from: 0, to: nil, step: 2).sliced(axis: 3, from: 0, to: nil, step: 2)
          .padded(axis: 1, before: padding, after: padding)
      }
    return try (y + added).relu()
  }
}

extension [ResidualBlock] {
  /// Runs one block after the other.
  func run<T: NetworkTensor>(_ x: T, _ mode: ForwardMode) throws(TorchError) -> T {
    var y = x
    for block in self { y = try block(y, mode) }
    return y
  }
}

extension Initializer {
  /// Normal with variance 2 / fan-in, for a weight `[O, I, ...]` (He et al. 2015,
  /// https://arxiv.org/abs/1502.01852).
  static func afterReLU(_ shape: [Int]) -> Initializer {
    .normal(deviation: (2 / Double(shape.dropFirst().reduce(1, *))).squareRoot())
  }
}
