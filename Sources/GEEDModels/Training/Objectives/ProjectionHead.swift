// SPDX-License-Identifier: MIT

import GEEDTorch

/// A network with one hidden layer between features and the vectors that an objective compares:
/// linear, batch normalization, ReLU, linear.
///
/// This is the projection head, and the predictor, of BYOL (Grill et al. 2020,
/// https://arxiv.org/abs/2006.07733, § 3.2), and the projection head in the published code of SimCLR;
/// SimCLR's paper does not mention the normalization.
struct ProjectionHead {
  private let hidden: Linear
  private let norm: BatchNorm
  private let output: Linear

  init(
    _ inputs: Int, hidden width: Int, outputs: Int, parameters p: ParameterPath
  ) throws(TorchError) {
    hidden = try Linear(inputs, width, parameters: p / 0)
    norm = try BatchNorm(width, parameters: p / 1)
    output = try Linear(width, outputs, parameters: p / 3)
  }

  /// Maps `[N, inputs]` to `[N, outputs]`.
  func callAsFunction(_ x: TorchTensor, _ mode: ForwardMode) throws(TorchError) -> TorchTensor {
    try output(norm(hidden(x), mode).relu())
  }
}

extension TorchTensor {
  /// Divides each row of `[N, D]` by its Euclidean norm; rows of zeros stay zeros.
  func rowsNormalized() throws(TorchError) -> TorchTensor {
    // PyTorch's `normalize` divides by at least 1e-12.
    try self / (self * self).sum(axes: [1], keepingAxes: true).shifted(by: 1e-24).squareRoot()
  }
}
