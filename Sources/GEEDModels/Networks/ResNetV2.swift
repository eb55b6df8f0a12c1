// SPDX-License-Identifier: MIT
// Big Transfer (BiT): General Visual Representation Learning, Kolesnikov et al. 2019,
// https://arxiv.org/abs/1912.11370; a form of Identity Mappings in Deep Residual Networks, He et al.
// 2016, https://arxiv.org/abs/1603.05027.

import GEEDTorch

/// ResNet-v2 in the form of BiT, from images to 2048 features to class scores, without batch
/// normalization.
///
/// Parameter names are the keys of timm's `resnetv2_50x1_bit` and `resnetv2_101x1_bit` state dicts,
/// so their weights load without renaming. The blocks are the stem with its pooling and the four
/// stages; the last normalization and ReLU belong to f₁. Outputs do not depend on the rest of the
/// batch, not even in training.
///
/// H and W in the comments are the rows and columns of the images.
package struct ResNetV2: FactoredClassifier {
  package let blockNames = ["stem", "stages.0", "stages.1", "stages.2", "stages.3"]
  package let headModules = ["head.fc"]
  private let stem: StandardizedConvolution
  private let stages: [[PreactivatedBottleneck]]
  private let norm: GroupNorm
  private let headWeight: TorchTensor
  private let headBias: TorchTensor

  /// - Parameter depths: The number of blocks in each stage.
  package init(
    depths: [Int], classCount: Int = 1000, parameters p: ParameterPath
  ) throws(TorchError) {
    stem = try StandardizedConvolution(
      3, 64, size: 7, stride: 2, padding: 3, parameters: p / "stem" / "conv")
    var stages: [[PreactivatedBottleneck]] = []
    for (index, depth) in depths.enumerated() {
      let width = 64 << index
      var stage: [PreactivatedBottleneck] = []
      for block in 0..<depth {
        let isFirst = block == 0
        stage.append(
          try PreactivatedBottleneck(
            !isFirst ? 4 * width : index == 0 ? 64 : 2 * width, width: width,
            stride: isFirst && index > 0 ? 2 : 1, hasProjection: isFirst,
            parameters: p / "stages" / index / "blocks" / block))
      }
      stages.append(stage)
    }
    self.stages = stages
    norm = try GroupNorm(2048, groupCount: 32, parameters: p / "norm")
    // A 1x1 convolution after the pooling, as in BiT.
    let head = p / "head" / "fc"
    headWeight = try head.parameter(
      "weight", shape: [classCount, 2048, 1, 1], .normal(deviation: 0.01))
    headBias = try head.parameter("bias", shape: [classCount], .zeros)
  }

  // stem [N, 64, H/4, W/4], stages.0 [N, 256, H/4, W/4], stages.1 [N, 512, H/8, W/8],
  // stages.2 [N, 1024, H/16, W/16], stages.3 [N, 2048, H/32, W/32]
  package func block<T: NetworkTensor>(
    _ index: Int, _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    guard index == 0 else {
      var y = x
      for block in stages[index - 1] { y = try block(y) }
      return y
    }
    // Zeros around, and not -∞ as in pooling with padding: no ReLU has removed negative numbers
    // yet.
    return try stem(x)  // [N, 64, H/2, W/2]
      .padded(axis: 2, before: 1, after: 1).padded(axis: 3, before: 1, after: 1)
      .maxPool2d(size: 3, stride: 2, padding: 0)  // [N, 64, H/4, W/4]
  }

  package func features<T: NetworkTensor>(
    ofLastBlock x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try norm(x).relu().mean(axes: [2, 3], keepingAxes: false)  // [N, 2048]
  }

  package func logits<T: NetworkTensor>(_ features: T, _ mode: ForwardMode) throws(TorchError) -> T
  {
    let weight = try headWeight.reshaped(to: [-1, 2048])
    return try features.linear(weight: weight, bias: headBias)  // [N, classCount]
  }
}

/// A residual block of 1x1, 3x3 and 1x1 convolutions, each after normalization and ReLU.
private struct PreactivatedBottleneck {
  let norms: [GroupNorm]
  let convolutions: [StandardizedConvolution]
  let projection: StandardizedConvolution?

  /// - Parameters:
  ///   - width: The number of channels of the 3x3 convolution; the block returns four times as
  ///     many.
  ///   - hasProjection: Whether the shortcut changes the number of channels.
  init(
    _ inputChannels: Int, width: Int, stride: Int, hasProjection: Bool, parameters p: ParameterPath
  ) throws(TorchError) {
    projection =
      hasProjection
      ? try StandardizedConvolution(
        inputChannels, 4 * width, size: 1, stride: stride,
        parameters: p / "downsample" / "conv")
      : nil
    norms = [
      try GroupNorm(inputChannels, groupCount: 32, parameters: p / "norm1"),
      try GroupNorm(width, groupCount: 32, parameters: p / "norm2"),
      try GroupNorm(width, groupCount: 32, parameters: p / "norm3"),
    ]
    convolutions = [
      try StandardizedConvolution(inputChannels, width, size: 1, parameters: p / "conv1"),
      try StandardizedConvolution(
        width, width, size: 3, stride: stride, padding: 1, parameters: p / "conv2"),
      try StandardizedConvolution(width, 4 * width, size: 1, parameters: p / "conv3"),
    ]
  }

  /// Maps `[N, C, H, W]` to `[N, 4 * width, H / stride, W / stride]`.
  func callAsFunction<T: NetworkTensor>(_ x: T) throws(TorchError) -> T {
    let active = try norms[0](x).relu()
    var y = try convolutions[0](active)  // [N, width, H, W]
    y = try convolutions[1](norms[1](y).relu())
    y = try convolutions[2](norms[2](y).relu())
    return try y + (projection?(active) ?? x)
  }
}
