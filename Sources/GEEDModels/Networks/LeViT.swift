// SPDX-License-Identifier: MIT
// LeViT: a Vision Transformer in ConvNet's Clothing for Faster Inference, Graham et al. 2021,
// https://arxiv.org/abs/2104.01136.

import GEEDTorch

/// LeViT: four convolutions that produce a grid of tokens, three stages of attention, and two
/// heads.
///
/// Parameter names are the keys of timm's `levit_128s`, `levit_128` and `levit_192` state dicts, so
/// their weights load without renaming. The blocks are the stem and the stages. Within a stage
/// tokens are `[N, H · W, C]`; between blocks they are the grid `[N, C, H, W]`, so that an action
/// on images acts on them as well. f₁ is the mean of all tokens.
///
/// `head` was trained on labels and `head_dist` on a teacher. The class scores are the mean of
/// both, in evaluation and also in training, because training uses no teacher. Both are f₂, with the
/// batch normalization that each of them begins with; a network for other classes replaces all of it.
///
/// Attention depends on the offsets between tokens, so the weights fit one size of image only. The
/// shapes in the comments are those of LeViT-192 for 224 rows and columns.
package struct LeViT: FactoredClassifier {
  package let blockNames = ["stem", "stages.0", "stages.1", "stages.2"]
  package let headModules = ["head", "head_dist"]
  private let stem: [ConvolutionNorm]
  private let stages: [LeViTStage]
  private let heads: [NormLinear]

  init(
    _ settings: LeViTSettings, classCount: Int = 1000, imageSize: Int = 224,
    parameters p: ParameterPath
  ) throws(TorchError) {
    precondition(
      imageSize > 0 && imageSize.isMultiple(of: 16),
      "Expected an image size that is a multiple of 16, but got \(imageSize).")
    stem = try Self.stem(settings.widths[0], parameters: p / "stem")
    var stages: [LeViTStage] = []
    var side = imageSize / 16
    for index in 0..<3 {
      let stage = try LeViTStage(
        index, settings, side: side, parameters: p / "stages" / index)
      side = stage.side
      stages.append(stage)
    }
    self.stages = stages
    heads = [
      try NormLinear(settings.widths[2], classCount, parameters: p / "head"),
      try NormLinear(settings.widths[2], classCount, parameters: p / "head_dist"),
    ]
  }

  private static func stem(
    _ width: Int, parameters p: ParameterPath
  ) throws(TorchError) -> [ConvolutionNorm] {
    let channels = [3, width / 8, width / 4, width / 2, width]
    var layers: [ConvolutionNorm] = []
    for index in 1..<5 {
      let place = p / "conv\(index)"
      layers.append(
        try ConvolutionNorm(
          channels[index - 1], channels[index], size: 3, stride: 2, padding: 1,
          conv: place / "linear", norm: place / "bn"))
    }
    return layers
  }

  // stem [N, 192, 14, 14], stages.0 [N, 192, 14, 14], stages.1 [N, 288, 7, 7], stages.2 [N, 384, 4, 4]
  package func block<T: NetworkTensor>(
    _ index: Int, _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    guard index == 0 else { return try stages[index - 1](x, mode) }
    var y = try stem[0](x, mode)  // [N, 24, 112, 112]
    for layer in stem.dropFirst() { y = try layer(y.hardswish(), mode) }
    return y
  }

  package func logits<T: NetworkTensor>(_ features: T, _ mode: ForwardMode) throws(TorchError) -> T
  {
    let sum = try heads[0](features, mode) + heads[1](features, mode)
    return try sum.scaled(by: 0.5)  // [N, classCount]
  }
}

/// The sizes that define a LeViT.
struct LeViTSettings {
  /// The length of a token in each stage.
  let widths: [Int]
  let headCounts: [Int]
  let depths: [Int]
  /// The length of one head's keys.
  let keySize: Int
}

/// A head: batch normalization, then a matrix with a bias.
private struct NormLinear {
  let norm: BatchNorm
  let linear: Linear

  init(_ inputs: Int, _ outputs: Int, parameters p: ParameterPath) throws(TorchError) {
    norm = try BatchNorm(inputs, parameters: p / "bn")
    // timm's truncated normal cuts off at -2 and 2, which are 100 deviations.
    linear = try Linear(
      inputs, outputs, weights: .normal(deviation: 0.02), biases: .zeros, parameters: p / "linear")
  }

  func callAsFunction<T: NetworkTensor>(_ x: T, _ mode: ForwardMode) throws(TorchError) -> T {
    try linear(norm(x, mode))
  }
}
