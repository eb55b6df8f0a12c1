// SPDX-License-Identifier: MIT
// Densely Connected Convolutional Networks, Huang et al. 2016, https://arxiv.org/abs/1608.06993.

import GEEDTorch

/// DenseNet-121, from images to 1024 features to class scores.
///
/// Parameter names are the keys of torchvision's `densenet121` state dict, so its weights load
/// without renaming. The blocks are the stem and the dense blocks. The transition between two dense
/// blocks, which halves channels, rows and columns, belongs to the beginning of the second, so that
/// a block's output is that of torchvision's module of the same name. The normalization after the
/// last block belongs to f₁.
///
/// Images have at least 29 rows and columns; H and W in the comments are those of the images.
package struct DenseNet: FactoredClassifier {
  package let blockNames: [String]
  package let headModules = ["classifier"]
  private let stem: ConvolutionNorm
  private let denseBlocks: [DenseBlock]
  private let norm: BatchNorm
  private let head: Linear

  package init(
    layerCounts: [Int] = [6, 12, 24, 16], growth: Int = 32, classCount: Int = 1000,
    parameters p: ParameterPath
  ) throws(TorchError) {
    let features = p / "features"
    stem = try ConvolutionNorm(
      3, 64, size: 7, stride: 2, padding: 3, weights: .afterReLU([64, 3, 7, 7]),
      conv: features / "conv0", norm: features / "norm0")
    var blocks: [DenseBlock] = []
    var channels = 64
    for (index, layerCount) in layerCounts.enumerated() {
      let block = try DenseBlock(
        index, inputChannels: channels, layerCount: layerCount, growth: growth,
        parameters: features)
      channels = block.outputChannels
      blocks.append(block)
    }
    denseBlocks = blocks
    norm = try BatchNorm(channels, parameters: features / "norm5")
    head = try Linear(channels, classCount, biases: .zeros, parameters: p / "classifier")
    blockNames = ["stem"] + layerCounts.indices.map { "denseblock\($0 + 1)" }
  }

  // stem [N, 64, H/4, W/4], denseblock1 [N, 256, H/4, W/4], denseblock2 [N, 512, H/8, W/8],
  // denseblock3 [N, 1024, H/16, W/16], denseblock4 [N, 1024, H/32, W/32]
  package func block<T: NetworkTensor>(
    _ index: Int, _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    guard index == 0 else { return try denseBlocks[index - 1](x, mode) }
    let y = try stem(x, mode).relu()  // [N, 64, H/2, W/2]
    return try y.maxPool2d(size: 3, stride: 2, padding: 1)  // [N, 64, H/4, W/4]
  }

  package func features<T: NetworkTensor>(
    ofLastBlock x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try norm(x, mode).relu().mean(axes: [2, 3], keepingAxes: false)  // [N, 1024]
  }

  package func logits<T: NetworkTensor>(_ features: T, _ mode: ForwardMode) throws(TorchError) -> T
  {
    try head(features)  // [N, classCount]
  }
}

/// An optional transition, followed by layers each of which receives the outputs of all layers
/// before it.
private struct DenseBlock {
  let transition: NormConvolution?
  let layers: [DenseLayer]
  let outputChannels: Int

  init(
    _ index: Int, inputChannels: Int, layerCount: Int, growth: Int, parameters p: ParameterPath
  ) throws(TorchError) {
    var channels = inputChannels
    if index == 0 {
      transition = nil
    } else {
      let place = p / "transition\(index)"
      channels /= 2
      transition = try NormConvolution(
        inputChannels, channels, size: 1, norm: place / "norm", conv: place / "conv")
    }
    var layers: [DenseLayer] = []
    for layer in 1...layerCount {
      let place = p / "denseblock\(index + 1)" / "denselayer\(layer)"
      layers.append(try DenseLayer(channels, growth: growth, parameters: place))
      channels += growth
    }
    self.layers = layers
    outputChannels = channels
  }

  func callAsFunction<T: NetworkTensor>(_ x: T, _ mode: ForwardMode) throws(TorchError) -> T {
    var outputs = [x]  // [N, C, H, W]
    if let transition {
      let halved = try transition(x, mode)  // [N, C/2, H, W]
      outputs = [try halved.averagePool2d(size: 2, stride: 2, padding: 0, countsPadding: true)]
    }
    for layer in layers {
      outputs.append(try layer(.concatenating(outputs, axis: 1), mode))  // [N, growth, H, W]
    }
    return try .concatenating(outputs, axis: 1)
  }
}

/// Two convolutions; the first returns 4 times as many channels as the second.
private struct DenseLayer {
  let reduce: NormConvolution
  let spatial: NormConvolution

  init(_ inputChannels: Int, growth: Int, parameters p: ParameterPath) throws(TorchError) {
    reduce = try NormConvolution(
      inputChannels, 4 * growth, size: 1, norm: p / "norm1", conv: p / "conv1")
    spatial = try NormConvolution(
      4 * growth, growth, size: 3, padding: 1, norm: p / "norm2", conv: p / "conv2")
  }

  /// Maps `[N, C, H, W]` to `[N, growth, H, W]`.
  func callAsFunction<T: NetworkTensor>(_ x: T, _ mode: ForwardMode) throws(TorchError) -> T {
    try spatial(reduce(x, mode), mode)
  }
}

/// Batch normalization, ReLU and a convolution without bias, in this order.
private struct NormConvolution {
  let norm: BatchNorm
  let convolution: Convolution

  init(
    _ inputChannels: Int, _ outputChannels: Int, size: Int, padding: Int = 0, norm: ParameterPath,
    conv: ParameterPath
  ) throws(TorchError) {
    self.norm = try BatchNorm(inputChannels, parameters: norm)
    convolution = try Convolution(
      inputChannels, outputChannels, size: size, padding: padding, bias: false,
      weights: .afterReLU([outputChannels, inputChannels, size, size]), parameters: conv)
  }

  func callAsFunction<T: NetworkTensor>(_ x: T, _ mode: ForwardMode) throws(TorchError) -> T {
    try convolution(norm(x, mode).relu())
  }
}
