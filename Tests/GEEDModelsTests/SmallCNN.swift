// SPDX-License-Identifier: MIT

#if Torch
import GEEDModels
import GEEDTorch

/// A small network with one layer of most kinds; `SmallCNN` in `Scripts/fixtures/training_golden.py` is
/// the same.
struct SmallCNN: FactoredClassifier {
  let blockNames = ["block1", "block2"]
  private let first: ConvolutionNorm
  private let second: Convolution
  private let norm: GroupNorm
  private let head: Linear

  init(classCount: Int = 10, parameters p: ParameterPath) throws(TorchError) {
    first = try ConvolutionNorm(3, 8, size: 3, padding: 1, conv: p / "conv1", norm: p / "bn1")
    second = try Convolution(8, 12, size: 3, stride: 2, groups: 2, parameters: p / "conv2")
    norm = try GroupNorm(12, groupCount: 4, parameters: p / "norm2")
    head = try Linear(12, classCount, parameters: p / "fc")
  }

  // block1 [N, 8, H/2, W/2], block2 [N, 12, H/4, W/4]
  func block<T: NetworkTensor>(_ index: Int, _ x: T, _ mode: ForwardMode) throws(TorchError) -> T {
    index == 0
      ? try first(x, mode).relu().maxPool2d(size: 2, stride: 2, padding: 0)
      : try norm(second(x)).gelu()
  }

  func features<T: NetworkTensor>(
    ofLastBlock x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try x.mean(axes: [2, 3], keepingAxes: false)
  }

  func logits<T: NetworkTensor>(_ features: T, _ mode: ForwardMode) throws(TorchError) -> T {
    try head(features)
  }
}
#endif
