// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDTorch
import Testing
import _GEEDTestSupport

@testable import GEEDModels

/// The quick way of training beside the plain one, a convolution with expanded kernels.
@Suite struct ParityConvolutionTests {
  /// What a layer gives, and the gradients of a number made of it.
  private struct Pass {
    let output: [Double]
    let inputGradient: [Double]
    let coefficientGradient: [Double]
  }

  private func pass(
    _ layer: SteerableConvolution, _ convolve: (TorchTensor) throws -> TorchTensor
  ) throws -> Pass {
    var generator = SplitMix64(seed: 5)
    let shape = [2, layer.input.channelCount, 9, 8]
    let x = try TorchTensor(
      randomVector(shape.reduce(1, *), using: &generator), shape: shape)
    try x.setRequiresGradient()
    try TorchTensor.clearGradients(of: [layer.coefficients])
    let y = try convolve(x)
    let weights = try TorchTensor(randomVector(y.count, using: &generator), shape: y.shape)
    try (y * weights).sum().backward()
    return Pass(
      output: try y.detached().contiguous().doubles(),
      inputGradient: try #require(try x.gradient()).contiguous().doubles(),
      coefficientGradient: try #require(try layer.coefficients.gradient()).doubles())
  }

  @Test(
    "Outputs and gradients are those of expanded kernels",
    arguments: KernelCase.all.filter { $0.group != "C1" && $0.group != "C3" }, [1, 2])
  func agrees(kernel: KernelCase, stride: Int) throws {
    let store = try ParameterStore(seed: 1, type: .float64)
    let input = try fields(3, kernel.input, under: kernel.group)
    let output = try fields(2, kernel.output, under: kernel.group)
    let layer = try SteerableConvolution(
      input, output, size: kernel.size, stride: stride, padding: 1, parameters: store.root)
    let quick = try #require(
      try ParityConvolution(layer.basis, type: .float64, device: .cpu), "\(kernel)")
    let expected = try pass(layer) {
      try $0.conv2d(weight: layer.filter(), stride: stride, padding: 1)
    }
    let found = try pass(layer) {
      try quick($0, layer.coefficients, stride: stride, padding: 1)
    }
    // The same sums of some hundred terms around 1 in another order, in double precision.
    for (a, b) in [
      (found.output, expected.output), (found.inputGradient, expected.inputGradient),
      (found.coefficientGradient, expected.coefficientGradient),
    ] {
      #expect(a.count == b.count)
      #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-10 })
    }
  }

  @Test("Groups without a half turn and reflections have no parities", arguments: ["C1", "C3"])
  func oddGroups(group: String) throws {
    let basis = SteerableKernelBasis(
      from: try fields(1, "regular", under: group), to: try fields(1, "regular", under: group),
      harmonics: RingHarmonics(size: 3))
    #expect(try ParityConvolution(basis, type: .float32, device: .cpu) == nil)
  }

  @Test("Functions of odd frequency are odd under the half turn")
  func classes() throws {
    let parities = Parities(of: .cyclic(8))
    #expect(parities.classCount == 2)
    for band in RingHarmonics(size: 5).bands {
      let odd = band.frequency.isMultiple(of: 2) ? 0 : 1
      #expect(parities.classes(of: band).allSatisfy { $0 == odd })
    }
  }
}
#endif
