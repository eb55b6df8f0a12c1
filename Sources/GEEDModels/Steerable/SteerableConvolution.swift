// SPDX-License-Identifier: MIT
// General E(2)-Equivariant Steerable CNNs, Weiler and Cesa 2019, https://arxiv.org/abs/1911.08251

import GEED
import GEEDTorch

/// A convolution that commutes with a group of rotations and reflections of the plane.
///
/// The kernel is a linear combination of a ``SteerableKernelBasis``: its parameter is `coefficients`, of
/// shape `[F_out, F_in, b]` for b basis elements. From trivial to regular fields it lifts pictures to the
/// group, from regular to regular fields it is a group convolution, and to trivial fields it is
/// invariant. There is no bias; a normalization follows.
///
/// With stride 1, turns and reflections that move pixels onto pixels commute exactly. With another
/// stride they do so where `size + 2 * padding - kernel size` is a multiple of it, so that the outermost
/// kernels stand symmetrically.
public struct SteerableConvolution: Sendable {
  /// The fields that go in.
  public let input: FeatureFields
  /// The fields that come out.
  public let output: FeatureFields
  /// What the kernels between two fields are made of.
  public let basis: SteerableKernelBasis
  public let stride: Int
  public let padding: Int
  /// How much there is of each basis element, `[F_out, F_in, b]`.
  public let coefficients: TorchTensor
  private let expansion: KernelExpansion
  /// How it is trained, where that is faster than with expanded kernels.
  private let training: ParityConvolution?
  private let kept = DerivedTensor()

  /// Creates a convolution with the default rings of ``RingHarmonics``.
  ///
  /// - Parameters:
  ///   - input: The fields of the input.
  ///   - output: The fields of the output.
  ///   - size: Rows and columns of the kernel; odd.
  ///   - stride: How many pixels one output is from the next.
  ///   - padding: The zeros around the input, on each side.
  ///   - p: Where the parameters are made.
  public init(
    _ input: FeatureFields, _ output: FeatureFields, size: Int, stride: Int = 1, padding: Int = 0,
    parameters p: ParameterPath
  ) throws(TorchError) {
    let basis = SteerableKernelBasis(
      from: input, to: output, harmonics: RingHarmonics(size: size))
    try self.init(input, output, basis: basis, stride: stride, padding: padding, parameters: p)
  }

  /// Creates a convolution from a basis, which layers with the same types of fields can share.
  ///
  /// Coefficients start independent and normal, with variance 2 / (F_in · b): independent inputs of
  /// mean square 1 give outputs of variance 2, and 1 after a ReLU (He et al. 2015,
  /// https://arxiv.org/abs/1502.01852).
  ///
  /// - Precondition: The basis is one for these types of fields.
  public init(
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

  /// The number of rows and columns of the kernel.
  public var size: Int { basis.harmonics.size }

  /// The kernels, `[C_out, C_in, size, size]`: one matrix product, differentiable in ``coefficients``.
  public func filter() throws(TorchError) -> TorchTensor {
    try kept.value(of: coefficients) { coefficients throws(TorchError) in
      try expansion.filter(coefficients, from: input, to: output)
    }
  }

  /// `[N, C_in, H, W]` to `[N, C_out, H', W']`.
  ///
  /// While no gradients are recorded the kernels are expanded only when ``coefficients`` have changed.
  public func callAsFunction<T: NetworkTensor>(
    _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    if mode.isTraining, let training, let input = x as? TorchTensor,
      let output = try training(input, coefficients, stride: stride, padding: padding) as? T
    {
      return output
    }
    return try x.conv2d(weight: filter(), stride: stride, padding: padding)
      .named(after: coefficients)
  }

  /// Pictures have too few channels for the products over channels to matter.
  private static let leastChannelCount = 8

  /// Sets the coefficients to those that give a filter, such as one that escnn has expanded.
  ///
  /// - Parameters:
  ///   - filter: `[C_out, C_in, size, size]`.
  ///   - tolerance: How much of the filter's norm may be left over, relative to it.
  /// - Returns: What was left over, relative to the norm of the filter.
  /// - Throws: ``SteerabilityError`` if it was too much; then nothing is changed.
  @discardableResult
  public func fit(filter: Tensor, tolerance: Double = 1e-4) throws -> Double {
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
