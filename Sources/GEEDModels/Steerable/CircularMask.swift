// SPDX-License-Identifier: MIT

import GEEDTorch
import RealModule

/// A disc by which pictures are multiplied, so that no network sees what a rotation would cut off.
///
/// It is 1 within (1 − `margin`) of the radius (size − 1)/2 around the middle of the grid, and falls off
/// as exp(−(r² − r₀²)/σ²) outside.
public struct CircularMask: Sendable {
  /// `[1, 1, size, size]`
  private let mask: TorchTensor

  /// - Parameters:
  ///   - size: Rows and columns of the pictures.
  ///   - margin: The share of the radius that is masked, too.
  ///   - sigma: How fast the mask falls off, in pixels.
  ///   - type: The type of all scalars.
  ///   - device: Where the tensors are.
  public init(
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

  /// `[N, C, size, size]`, unchanged in shape.
  public func callAsFunction<T: NetworkTensor>(_ x: T) throws(TorchError) -> T {
    try x.multiplied(by: mask)
  }
}
