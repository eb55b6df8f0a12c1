// SPDX-License-Identifier: MIT

import GEEDTorch
import RealModule

/// A disc that pictures are multiplied by, so that networks do not see pixels that a rotation would
/// cut off.
///
/// The mask is 1 within (1 − `margin`) of the radius (size − 1)/2 around the middle of the grid,
/// and decreases as exp(−(r² − r₀²)/σ²) outside.
package struct CircularMask: Sendable {
  /// The mask, `[1, 1, size, size]`.
  private let mask: TorchTensor

  /// - Parameters:
  ///   - size: The number of rows and of columns of the pictures.
  ///   - margin: The share of the radius that is masked in addition.
  ///   - sigma: The width of the mask's decrease, in pixels.
  ///   - type: The type of all scalars.
  ///   - device: The device of the tensors.
  package init(
    size: Int, margin: Double = 0.01, sigma: Double = 2, type: TorchElementType = .float32,
    device: TorchDevice = .cpu
  ) throws(TorchError) {
    let middle = Double(size - 1) / 2
    let radius = middle * (1 - margin)
    let numbers = (0..<size * size).map { pixel in
      let x = Double(pixel % size) - middle
      let y = Double(pixel / size) - middle
      let excess = x * x + y * y - radius * radius
      return excess > 0 ? Double.exp(-excess / (sigma * sigma)) : 1
    }
    mask = try TorchTensor(numbers, shape: [1, 1, size, size]).converted(to: type, on: device)
  }

  /// Returns a tensor of the same shape, `[N, C, size, size]`.
  package func callAsFunction<T: NetworkTensor>(_ x: T) throws(TorchError) -> T {
    try x.multiplied(by: mask)
  }
}
