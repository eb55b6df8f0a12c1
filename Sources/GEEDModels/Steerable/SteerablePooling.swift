// SPDX-License-Identifier: MIT
// Making Convolutional Networks Shift-Invariant Again, Zhang 2019, https://arxiv.org/abs/1904.11486

import GEEDTorch
import RealModule

/// A Gaussian blur of every channel, sampled at every `stride`-th pixel.
///
/// The kernel has 2 · round(3σ) + 1 rows and columns, and its numbers sum to 1. The pooling
/// commutes with quarter turns and reflections if the sampled pixels are symmetric in the grid:
/// with stride 2 and the default padding, on grids of odd size.
package struct AntialiasedPooling: Sendable {
  private let stride: Int
  private let padding: Int
  /// The kernel, `[C, 1, size, size]`, the same for every channel.
  private let kernel: TorchTensor

  package init(
    _ channelCount: Int, sigma: Double = 0.66, stride: Int, padding: Int? = nil,
    type: TorchElementType = .float32, device: TorchDevice = .cpu
  ) throws(TorchError) {
    precondition(sigma > 0, "Expected a positive standard deviation, but got \(sigma).")
    let reach = Int((3 * sigma).rounded())
    let size = 2 * reach + 1
    let profile = (-reach...reach).map { Double.exp(-Double($0 * $0) / (2 * sigma * sigma)) }
    let total = profile.reduce(0, +)
    let kernel = profile.flatMap { row in profile.map { row * $0 / (total * total) } }
    self.stride = stride
    self.padding = padding ?? reach
    self.kernel = try TorchTensor(kernel, shape: [1, 1, size, size])
      .converted(to: type, on: device)
      .repeatingEach(channelCount, axis: 0)
  }

  /// Maps `[N, C, H, W]` to `[N, C, H', W']` with H' = (H + 2 * padding - size) / stride + 1,
  /// rounded down.
  package func callAsFunction<T: NetworkTensor>(_ x: T) throws(TorchError) -> T {
    try x.conv2d(weight: kernel, stride: stride, padding: padding, groups: kernel.shape[0])
  }
}

/// The maximum over the channels of each field, which is invariant under permutations of the
/// channels.
package struct GroupPooling: Sendable {
  private let fields: FeatureFields

  package init(_ fields: FeatureFields) { self.fields = fields }

  /// Maps `[N, C, ...]` to `[N, F, ...]`.
  package func callAsFunction<T: NetworkTensor>(_ x: T) throws(TorchError) -> T {
    let grid = Array(x.shape.dropFirst(2))
    return try x.reshaped(to: [-1, fields.count, fields.fieldSize] + grid)
      .maximum(axis: 2, keepingAxis: false)
  }
}
