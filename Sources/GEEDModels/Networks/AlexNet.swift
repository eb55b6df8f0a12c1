// SPDX-License-Identifier: MIT
// ImageNet Classification with Deep Convolutional Neural Networks, Krizhevsky, Sutskever and Hinton
// 2012, https://papers.nips.cc/paper/4824; in the form of One weird trick for parallelizing
// convolutional neural networks, Krizhevsky 2014, https://arxiv.org/abs/1404.5997, as in torchvision.

import GEEDTorch

/// AlexNet, from images to 4096 features to class scores.
///
/// Parameter names are the keys of torchvision's `alexnet` state dict, so its weights load without
/// renaming. The blocks are the five convolutions, each with its ReLU and the pooling that follows
/// it: `conv1`, `conv2` and `conv5` end with a maximum over 3 x 3 pixels. f₁ is the last hidden
/// layer, after its ReLU.
///
/// Images have at least 63 rows and columns; the shapes in the comments are those for 224.
package struct AlexNet: FactoredClassifier {
  package let blockNames = ["conv1", "conv2", "conv3", "conv4", "conv5"]
  package let headModules = ["classifier.6"]
  private let convolutions: [Convolution]
  private let hidden: [Linear]
  private let head: Linear
  private let dropout: Double

  package init(
    classCount: Int = 1000, dropout: Double = 0.5, parameters p: ParameterPath
  ) throws(TorchError) {
    let features = p / "features"
    convolutions = [
      try Convolution(3, 64, size: 11, stride: 4, padding: 2, parameters: features / 0),
      try Convolution(64, 192, size: 5, padding: 2, parameters: features / 3),
      try Convolution(192, 384, size: 3, padding: 1, parameters: features / 6),
      try Convolution(384, 256, size: 3, padding: 1, parameters: features / 8),
      try Convolution(256, 256, size: 3, padding: 1, parameters: features / 10),
    ]
    let classifier = p / "classifier"
    hidden = [
      try Linear(256 * 6 * 6, 4096, parameters: classifier / 1),
      try Linear(4096, 4096, parameters: classifier / 4),
    ]
    head = try Linear(4096, classCount, parameters: classifier / 6)
    self.dropout = dropout
  }

  // conv1 [N, 64, 27, 27], conv2 [N, 192, 13, 13], conv3 [N, 384, 13, 13], conv4 [N, 256, 13, 13],
  // conv5 [N, 256, 6, 6]
  package func block<T: NetworkTensor>(
    _ index: Int, _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    let y = try convolutions[index](x).relu()
    return [2, 3].contains(index) ? y : try y.maxPool2d(size: 3, stride: 2, padding: 0)
  }

  package func features<T: NetworkTensor>(
    ofLastBlock x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    var y = try x.adaptiveAveragePool2d(height: 6, width: 6).flattened()  // [N, 9216]
    for layer in hidden {
      if case .training(let generator) = mode {
        y = try y.dropout(probability: dropout, using: generator)
      }
      y = try layer(y).relu()  // [N, 4096]
    }
    return y
  }

  package func logits<T: NetworkTensor>(_ features: T, _ mode: ForwardMode) throws(TorchError) -> T
  {
    try head(features)  // [N, classCount]
  }
}
