// SPDX-License-Identifier: MIT

#if Torch
import GEEDTorch
import Testing
import _GEEDTestSupport

@Suite struct StandardizedConvolutionTests {
  /// One kernel of 1, 2, 3, 4: mean 2.5, variance (2.25 + 0.25 + 0.25 + 2.25) / 4 = 1.25. Applied to
  /// the same numbers that is Σ x (x - 2.5) / √(1.25 + ε) = 5 / √(1.25 + ε): 2 √5 for ε = 0, and √5
  /// for ε = 3.75.
  @Test(arguments: [(0.0, 2 * 5.0.squareRoot()), (3.75, 5.0.squareRoot())])
  func oneKernelByHand(epsilon: Double, expected: Double) throws {
    let store = try ParameterStore(seed: 0, type: .float64)
    let layer = try StandardizedConvolution(
      1, 1, size: 2, epsilon: epsilon, parameters: store.root)
    let numbers = try TorchTensor([1.0, 2, 3, 4], shape: [1, 1, 2, 2])
    try layer.weight.assign(numbers)
    expectClose(try layer(numbers).item(), expected, tolerance: 1e-12)
  }

  /// The size and the offset of a kernel do not matter, up to epsilon and rounding.
  @Test func kernelsHaveMean0AndVariance1() throws {
    let store = try ParameterStore(seed: 1, type: .float64)
    let layer = try StandardizedConvolution(3, 2, size: 5, epsilon: 0, parameters: store.root)
    let before = try layer.standardized().doubles()
    try layer.weight.assign(layer.weight.detached().scaled(by: 0.01).shifted(by: 7))
    let kernels = try layer.standardized().doubles()
    for kernel in [kernels.prefix(75), kernels.suffix(75)] {
      expectClose(kernel.reduce(0, +) / 75, 0, tolerance: 1e-12)
      expectClose(kernel.reduce(0) { $0 + $1 * $1 } / 75, 1, tolerance: 1e-12)
    }
    // The offset of 7 costs about log10(7 / 0.01) of 16 digits.
    for (a, b) in zip(kernels, before) { expectClose(a, b, tolerance: 1e-11) }
  }

  @Test func gradientsAreThoseOfFiniteDifferences() throws {
    let store = try ParameterStore(seed: 2, type: .float64)
    let layer = try StandardizedConvolution(2, 3, size: 3, padding: 1, parameters: store.root)
    let x = try TorchTensor.uniform(
      -1, 1, shape: [2, 2, 4, 4], type: .float64, using: TorchGenerator(seed: 3))
    func loss() throws -> TorchTensor {
      let y = try layer(x)
      return try (y * y * y).sum()
    }
    try loss().backward()
    let gradient = try #require(try layer.weight.gradient()).doubles()
    let start = try layer.weight.doubles()
    func loss(shifting place: Int, by step: Double) throws -> Double {
      var moved = start
      moved[place] += step
      try layer.weight.assign(TorchTensor(moved, shape: layer.weight.shape))
      return try withoutGradients { try loss().item() }
    }
    let step = 1e-5
    for place in stride(from: 0, to: start.count, by: 7) {
      let slope =
        try (loss(shifting: place, by: step) - loss(shifting: place, by: -step)) / 2 / step
      // Of second order in the step, with derivatives up to a few hundred.
      expectClose(gradient[place], slope, tolerance: 1e-6 * max(1, abs(slope)))
    }
  }
}
#endif
