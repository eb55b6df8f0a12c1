// SPDX-License-Identifier: MIT
// Deep Residual Learning for Image Recognition, He et al. 2015, https://arxiv.org/abs/1512.03385, § 4.2,
// with the shortcuts without parameters that it calls option A.

import GEEDTorch

/// A residual network for small images, from images to 64 features to class scores.
///
/// Parameter names are those of Yerlan Idelbayev's widely used weights
/// (https://github.com/akamaster/pytorch_resnet_cifar10), which load without renaming; initial
/// weights and biases have the same distributions. The blocks are the stem and the three stages.
///
/// A shortcut to a smaller grid takes every other row and column, starting with the first, and
/// fills new channels with zeros. On a grid of even size it never reads the last row and column,
/// and therefore does not commute with rotations and reflections.
package struct CIFARResNet: FactoredClassifier {
  package let blockNames = ["stem", "layer1", "layer2", "layer3"]
  package let headModules = ["linear"]
  private let stem: ConvolutionNorm
  private let stages: [[ResidualBlock]]
  private let head: Linear

  /// - Parameter depth: The number of blocks in each stage; 3 in ResNet-20, 9 in ResNet-56.
  package init(
    depth: Int, classCount: Int = 10, parameters p: ParameterPath
  ) throws(TorchError) {
    stem = try ConvolutionNorm(
      3, 16, size: 3, padding: 1, weights: .afterReLU([16, 3, 3, 3]), conv: p / "conv1",
      norm: p / "bn1")
    var stages: [[ResidualBlock]] = []
    for index in 0..<3 {
      let width = 16 << index
      var stage: [ResidualBlock] = []
      for block in 0..<depth {
        let isNarrowing = block == 0 && index > 0
        stage.append(
          try ResidualBlock(
            subsampling: isNarrowing ? width / 2 : width, width, stride: isNarrowing ? 2 : 1,
            p / "layer\(index + 1)" / block))
      }
      stages.append(stage)
    }
    self.stages = stages
    head = try Linear(
      64, classCount, weights: .afterReLU([classCount, 64]), parameters: p / "linear")
  }

  // stem [N, 16, H, W], layer1 [N, 16, H, W], layer2 [N, 32, H/2, W/2], layer3 [N, 64, H/4, W/4]
  package func block<T: NetworkTensor>(
    _ index: Int, _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try index == 0 ? stem(x, mode).relu() : stages[index - 1].run(x, mode)
  }

  package func logits<T: NetworkTensor>(_ features: T, _ mode: ForwardMode) throws(TorchError) -> T
  {
    try head(features)  // [N, classCount]
  }
}
