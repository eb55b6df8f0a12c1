// SPDX-License-Identifier: MIT
// General E(2)-Equivariant Steerable CNNs, Weiler and Cesa 2019, https://arxiv.org/abs/1911.08251

import GEED
import GEEDTorch

/// A convolution that commutes with a group of rotations and reflections of the plane.
///
/// The kernel is a linear combination of a ``SteerableKernelBasis``. The parameter is
/// `coefficients`, of shape `[F_out, F_in, b]` for b basis elements. From trivial to regular fields
/// the convolution lifts pictures to the group, from regular to regular fields it is a group
/// convolution, and to trivial fields it is invariant. There is no bias, because a normalization
/// follows.
///
/// With stride 1, rotations and reflections that map pixels onto pixels commute exactly. With
/// another stride they do so if `size + 2 * padding - kernel size` is a multiple of it, so that the
/// outermost kernel positions are symmetric.
package struct SteerableConvolution: Sendable {
  /// The fields of the input.
  package let input: FeatureFields
  /// The fields of the output.
  package let output: FeatureFields
  /// The basis of the kernels between two fields.
  package let basis: SteerableKernelBasis
  package let stride: Int
  package let padding: Int
  /// The coefficients of the basis elements, `[F_out, F_in, b]`.
  package let coefficients: TorchTensor
  private let expansion: KernelExpansion
  /// The method of training, if it is faster than expanded kernels.
  private let training: ParityConvolution?
  private let kept = DerivedTensor()

  /// Creates a convolution with the default rings of ``RingHarmonics``.
  ///
  /// - Parameters:
  ///   - input: The fields of the input.
  ///   - output: The fields of the output.
  ///   - size: The number of rows and of columns of the kernel; odd.
  ///   - stride: The distance between neighboring kernel positions, in pixels.
  ///   - padding: The number of zeros on each side of the input.
  ///   - p: The path of the parameters.
  package init(
    _ input: FeatureFields, _ output: FeatureFields, size: Int, stride: Int = 1, padding: Int = 0,
    parameters p: ParameterPath
  ) throws(TorchError) {
    let basis = SteerableKernelBasis(
      from: input, to: output, harmonics: RingHarmonics(size: size))
    try self.init(input, output, basis: basis, stride: stride, padding: padding, parameters: p)
  }

  /// Creates a convolution from a basis, which layers with the same types of fields can share.
  ///
  /// The initial coefficients are independent and normal, with variance 2 / (F_in · b): independent
  /// inputs of mean square 1 give outputs of variance 2, and of mean square 1 after a ReLU (He et
  /// al. 2015, https://arxiv.org/abs/1502.01852).
  ///
  /// - Precondition: The basis belongs to these types of fields.
  package init(
    _ input: FeatureFields, _ output: FeatureFields, basis: SteerableKernelBasis, stride: Int = 1,
    padding: Int = 0, parameters p: ParameterPath
  ) throws(TorchError) {
    precondition(
      basis.input.type == input.type && basis.output.type == output.type
        && basis.input.symmetry == input.symmetry && basis.output.symmetry == output.symmetry,
      "Expected a basis for these types of fields.")
    let variance = 2 / Double(max(1, input.count * basis.dimension))
    self.input = input
    self.output = output
    self.basis = basis
    self.stride = stride
    self.padding = padding
    coefficients = try p.parameter(
      "coefficients", shape: [output.count, input.count, basis.dimension],
      .normal(deviation: variance.squareRoot()))
    expansion = try KernelExpansion(basis, type: p.store.type, device: p.store.device)
    training =
      p.store.device == .cpu && input.channelCount >= Self.leastChannelCount
      ? try ParityConvolution(basis, type: p.store.type, device: p.store.device) : nil
  }

  /// The number of rows and of columns of the kernel.
  package var size: Int { basis.harmonics.size }

  /// Returns the kernels, `[C_out, C_in, size, size]`: one matrix product, differentiable in
  /// ``coefficients``.
  package func filter() throws(TorchError) -> TorchTensor {
    try kept.value(of: coefficients) { coefficients throws(TorchError) in
      try expansion.filter(coefficients, from: input, to: output)
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

  /// The least number of input channels for which ``ParityConvolution`` is used: pictures have too
  /// few channels for products over channels to matter.
  private static let leastChannelCount = 8

  /// Sets the coefficients to those of a given filter, such as one that escnn has expanded.
  ///
  /// - Parameters:
  ///   - filter: The kernels, `[C_out, C_in, size, size]`.
  ///   - tolerance: The greatest accepted residual, relative to the norm of the filter.
  /// - Returns: The residual, relative to the norm of the filter.
  /// - Throws: ``SteerabilityError`` if the residual is greater than `tolerance`; then nothing is
  ///   changed.
  @discardableResult
  package func fit(filter: Tensor, tolerance: Double = 1e-4) throws -> Double {
    let shape = [output.channelCount, input.channelCount, size, size]
    precondition(
      filter.shape == shape, "Expected a filter \(shape), but got shape \(filter.shape).")
    let (fitted, residual) = basis.fit(
      filter.scalars.map(Double.init), outputFields: output.count, inputFields: input.count)
    guard residual <= tolerance else {
      throw SteerabilityError(residual: residual, tolerance: tolerance)
    }
    try coefficients.assign(TorchTensor(fitted, shape: coefficients.shape))
    return residual
  }
}
