// SPDX-License-Identifier: MIT

/// A value that flows through a network, with the operations that layers are written in.
///
/// ``TorchTensor`` computes the operations. Another type may record them: a network that is written
/// for any `NetworkTensor` can be run, differentiated and exported without a second description of
/// it. Weights are always ``TorchTensor``s: a tensor that a layer derives from its weights alone,
/// such as expanded steerable filters or standardized kernels, is a constant to a type that
/// records.
///
/// Images are `[N, C, H, W]`, with rows from top to bottom. Lengths and axes may be counted from
/// the end, -1 being the last axis. All operations throw if the shapes do not fit.
public protocol NetworkTensor {
  /// The length of every axis, outermost first.
  var shape: [Int] { get }

  /// Elementwise sums, differences and products; axes of length 1 are broadcast.
  static func + (a: Self, b: Self) throws(TorchError) -> Self
  static func - (a: Self, b: Self) throws(TorchError) -> Self
  static func * (a: Self, b: Self) throws(TorchError) -> Self

  /// Returns the value of a function of libtorch's tensors; `nil`, the default, for tensors of
  /// other engines.
  func mapTorch(
    _ function: (TorchTensor) throws(TorchError) -> TorchTensor
  ) throws(TorchError) -> Self?

  /// Adds a constant or a weight, broadcasting axes of length 1.
  func adding(_ constant: TorchTensor) throws(TorchError) -> Self
  /// Multiplies by a constant or a weight, broadcasting axes of length 1.
  func multiplied(by constant: TorchTensor) throws(TorchError) -> Self
  /// Multiplies every scalar by `factor`.
  func scaled(by factor: Double) throws(TorchError) -> Self

  /// max(x, 0)
  func relu() throws(TorchError) -> Self
  /// min(max(x, 0), 6)
  func relu6() throws(TorchError) -> Self
  /// x for x > 0, exp(x) - 1 elsewhere.
  func elu() throws(TorchError) -> Self
  /// x Φ(x), with the exact normal distribution function.
  func gelu() throws(TorchError) -> Self
  /// x · min(max(x + 3, 0), 6) / 6
  func hardswish() throws(TorchError) -> Self

  /// Maps `[..., I]` to `[..., O]` with weight `[O, I]` and bias `[O]`.
  func linear(weight: TorchTensor, bias: TorchTensor?) throws(TorchError) -> Self
  /// `[..., M, K]` times `[..., K, N]`.
  func matmul(_ other: Self) throws(TorchError) -> Self
  /// Slides kernels over the last two axes, padding with zeros.
  ///
  /// - Parameters:
  ///   - weight: Kernels, `[K, C / groups, R, S]`.
  ///   - bias: One number for each kernel, `[K]`.
  ///   - stride: The distance between neighboring kernel positions, in pixels.
  ///   - padding: The zeros around the input.
  ///   - dilation: The distance between neighboring kernel elements, in pixels.
  ///   - groups: The number of groups of channels; groups do not mix.
  /// - Returns: `[N, K, H', W']` with `H' = (H + top + bottom - dilation * (R - 1) - 1) / stride +
  ///   1`.
  func conv2d(
    weight: TorchTensor, bias: TorchTensor?, stride: Int, padding: GridPadding, dilation: Int,
    groups: Int
  ) throws(TorchError) -> Self

  /// Normalizes each channel, axis 1: (x - mean) / sqrt(variance + epsilon) · weight + bias.
  ///
  /// In training, mean and (biased) variance are those of the batch, and the running statistics move
  /// towards them in place: running ← (1 - momentum) · running + momentum · batch, where the variance
  /// counts as unbiased.
  func batchNorm(
    _ parameters: BatchNormParameters, training: Bool, momentum: Double, epsilon: Double
  ) throws(TorchError) -> Self
  /// Normalizes groups of channels within each example, then scales and shifts channels.
  func groupNorm(
    groupCount: Int, weight: TorchTensor?, bias: TorchTensor?, epsilon: Double
  ) throws(TorchError) -> Self

  /// Maxima over square windows of pixels, with a padding of -∞. If `keepsRemainder`, pixels at the
  /// bottom and on the right that fill only a part of a window form a window as well.
  func maxPool2d(
    size: Int, stride: Int, padding: Int, keepsRemainder: Bool
  ) throws(TorchError) -> Self
  /// Means over square windows of pixels, with a padding of zeros that count only if
  /// `countsPadding`.
  func averagePool2d(
    size: Int, stride: Int, padding: Int, countsPadding: Bool
  ) throws(TorchError) -> Self
  /// Means over `height` x `width` nearly equal parts of the last two axes.
  func adaptiveAveragePool2d(height: Int, width: Int) throws(TorchError) -> Self

  /// Means over some axes, which are kept with length 1 or removed.
  func mean(axes: [Int], keepingAxes: Bool) throws(TorchError) -> Self
  /// Maxima over one axis, which is kept with length 1 or removed.
  func maximum(axis: Int, keepingAxis: Bool) throws(TorchError) -> Self
  /// exp(x), divided by its sum over `axis`.
  func softmax(axis: Int) throws(TorchError) -> Self

  /// The same scalars in another shape, of which one length may be -1. The first axis, which
  /// numbers the examples, keeps its length or is -1.
  func reshaped(to shape: [Int]) throws(TorchError) -> Self
  /// The same scalars with axes in another order: axis i of the result is axis `axes[i]` of this.
  func permuted(_ axes: [Int]) throws(TorchError) -> Self
  /// Every `step`-th element along one axis, from `start` up to but not including `end`, or to the
  /// end.
  func sliced(axis: Int, from start: Int, to end: Int?, step: Int) throws(TorchError) -> Self
  /// Adds zeros before and after the elements along `axis`.
  func padded(axis: Int, before: Int, after: Int) throws(TorchError) -> Self
  /// Concatenates tensors along `axis`.
  static func concatenating(_ tensors: [Self], axis: Int) throws(TorchError) -> Self

  /// Sets scalars to 0 with `probability` and scales the others, so that the mean is unchanged.
  func dropout(
    probability: Double, using generator: TorchGenerator
  ) throws(TorchError) -> Self

  /// Returns the same tensor, marked as the output of the layer that `parameter` belongs to.
  ///
  /// For layers that compute with tensors derived from their parameters instead of the parameters
  /// themselves: otherwise a type that records operations could not name them.
  func named(after parameter: TorchTensor) -> Self
}

/// The parameters and running statistics of batch normalization for each channel; all of shape
/// `[C]`.
public struct BatchNormParameters: Sendable {
  package let weight: TorchTensor?
  package let bias: TorchTensor?
  /// The running mean; changed in place by training.
  package let mean: TorchTensor
  /// The running variance; changed in place by training.
  package let variance: TorchTensor

  package init(
    weight: TorchTensor?, bias: TorchTensor?, mean: TorchTensor, variance: TorchTensor
  ) {
    (self.weight, self.bias, self.mean, self.variance) = (weight, bias, mean, variance)
  }
}

extension NetworkTensor {
  public func mapTorch(
    _ function: (TorchTensor) throws(TorchError) -> TorchTensor
  ) throws(TorchError) -> Self? { nil }

  public func named(after parameter: TorchTensor) -> Self { self }

  /// Convolves with the usual defaults: stride 1, no padding, one group.
  package func conv2d(
    weight: TorchTensor, bias: TorchTensor? = nil, stride: Int = 1, padding: Int = 0,
    groups: Int = 1
  ) throws(TorchError) -> Self {
    try conv2d(
      weight: weight, bias: bias, stride: stride, padding: GridPadding(padding), dilation: 1,
      groups: groups)
  }

  /// Takes maxima over whole windows.
  package func maxPool2d(size: Int, stride: Int, padding: Int) throws(TorchError) -> Self {
    try maxPool2d(size: size, stride: stride, padding: padding, keepsRemainder: false)
  }

  /// Maps `[N, C, H, W]` to `[N, C * H * W]`.
  package func flattened() throws(TorchError) -> Self {
    try reshaped(to: [-1, shape.dropFirst().reduce(1, *)])
  }
}
