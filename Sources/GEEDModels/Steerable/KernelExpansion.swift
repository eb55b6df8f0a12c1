// SPDX-License-Identifier: MIT

import GEEDTorch

/// The tensors that expand coefficients of a ``SteerableKernelBasis`` into kernels.
struct KernelExpansion: Sendable {
  private let size: Int
  /// The basis sampled on the grid, `[b, X_out * X_in * size * size]`.
  private let samples: TorchTensor

  init(
    _ basis: SteerableKernelBasis, type: TorchElementType, device: TorchDevice
  ) throws(TorchError) {
    size = basis.harmonics.size
    let numbers = basis.samples()
    samples = try TorchTensor(
      numbers, shape: [basis.dimension, numbers.count / max(1, basis.dimension)]
    ).converted(to: type, on: device)
  }

  /// Expands coefficients `[F_out, F_in, b]` into kernels `[C_out, C_in, size, size]`.
  func filter(
    _ coefficients: TorchTensor, from input: FeatureFields, to output: FeatureFields
  ) throws(TorchError) -> TorchTensor {
    let kernels = try coefficients.matmul(samples)  // [F_out, F_in, X_out * X_in * size²]
    return try kernels.reshaped(
      to: [output.count, input.count, output.fieldSize, input.fieldSize, size * size]
    )
    .permuted([0, 2, 1, 3, 4])
    .reshaped(to: [output.channelCount, input.channelCount, size, size])
  }
}
