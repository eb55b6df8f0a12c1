// SPDX-License-Identifier: MIT
// General E(2)-Equivariant Steerable CNNs, Weiler and Cesa 2019, https://arxiv.org/abs/1911.08251

import GEED
import GEEDTorch

/// A convolution that commutes with a group of rotations and reflections of the plane.
///
/// The kernel is a linear combination of a ``SteerableKernelBasis``. The parameter is
/// `coefficients`, of shape `[F_out, F_in, b]` for b basis elements. From trivial to regular fields
/// the convolution lifts images to the group, from regular to regular fields it is a group
/// convolution, and to trivial fields it is invariant. There is no bias, because a normalization
/// follows.
///
/// With stride 1, rotations and reflections that map pixels onto pixels commute exactly. With
/// another stride they do so if `size + 2 * padding - kernel size` is a multiple of it, so that the
/// outermost kernel positions are symmetric.
package struct SteerableConvolution: Sendable {
  package let input: FeatureFields
  package let output: FeatureFields
  /// The basis of the kernels between two fields.
  package let basis: SteerableKernelBasis
  /// The coefficients of the basis elements, `[F_out, F_in, b]`.
  package let coefficients: TorchTensor
  private let stride: Int
  private let padding: Int
  /// The basis sampled on the grid, `[b, X_out * X_in * size * size]`.
  private let samples: TorchTensor
  /// The method of training, if it is faster than expanded kernels.
  private let training: ParityConvolution?
  private let kept = DerivedTensor()

  /// Creates a convolution with the default rings of ``RingHarmonics``.
  ///
  /// The initial coefficients are independent and normal, with variance 2 / (F_in · b): independent
  /// inputs of mean square 1 give outputs of variance 2, and of mean square 1 after a ReLU (He et
  /// al. 2015, https://arxiv.org/abs/1502.01852).
  package init(
    _ input: FeatureFields, _ output: FeatureFields, size: Int, stride: Int = 1, padding: Int = 0,
    parameters p: ParameterPath
  ) throws(TorchError) {
    let basis = SteerableKernelBasis(
      from: input, to: output, harmonics: RingHarmonics(size: size))
    let variance = 2 / Double(max(1, input.count * basis.dimension))
    self.input = input
    self.output = output
    self.basis = basis
    self.stride = stride
    self.padding = padding
    coefficients = try p.parameter(
      "coefficients", shape: [output.count, input.count, basis.dimension],
      .normal(deviation: variance.squareRoot()))
    let numbers = basis.samples()
    samples = try TorchTensor(
      numbers, shape: [basis.dimension, numbers.count / max(1, basis.dimension)]
    ).converted(to: p.store.type, on: p.store.device)
    // Images have too few channels for products over channels to matter.
    training =
      p.store.device == .cpu && input.channelCount >= 8
      ? try ParityConvolution(basis, type: p.store.type, device: p.store.device) : nil
  }

  /// The number of rows and of columns of the kernel.
  package var size: Int { basis.harmonics.size }

  /// Returns the kernels, `[C_out, C_in, size, size]`: one matrix product, differentiable in
  /// ``coefficients``.
  package func filter() throws(TorchError) -> TorchTensor {
    try kept.value(of: coefficients) { coefficients throws(TorchError) in
      let kernels = try coefficients.matmul(samples)  // [F_out, F_in, X_out * X_in * size²]
      return try kernels.reshaped(
        to: [output.count, input.count, output.fieldSize, input.fieldSize, size * size]
      )
      .permuted([0, 2, 1, 3, 4])
      .reshaped(to: [output.channelCount, input.channelCount, size, size])
    }
  }

  /// Maps `[N, C_in, H, W]` to `[N, C_out, H', W']`.
  ///
  /// While no gradients are recorded, the kernels are expanded only if ``coefficients`` have
  /// changed.
  package func callAsFunction<T: NetworkTensor>(
    _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    if mode.isTraining, let training,
      let output = try x.mapTorch({ input throws(TorchError) in
        try training(input, coefficients, stride: stride, padding: padding)
      })
    {
      return output
    }
    return try x.conv2d(weight: filter(), stride: stride, padding: padding)
      .named(after: coefficients)
  }
}
