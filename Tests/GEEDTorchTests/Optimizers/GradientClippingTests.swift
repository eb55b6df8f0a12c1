// SPDX-License-Identifier: MIT

#if Torch
import GEEDTorch
import Testing
import _GEEDTestSupport

@Suite struct GradientClippingTests {
  @Test(arguments: TorchGolden.values.clipping)
  func gradientsAreThoseOfPyTorch(golden: TorchGolden.Clipping) throws {
    let leaves = try golden.parameters.map { try $0.leaf() }
    for leaf in leaves { try (leaf * leaf * leaf * leaf).sum().scaled(by: 0.25).backward() }
    let norm = try TorchTensor.clipGradients(of: leaves, toNorm: golden.limit)
    expectClose(try norm?.item(), golden.norm, relative: 1e-14)
    for (leaf, expected) in zip(leaves, golden.gradients) {
      try expectClose(leaf.gradient(), expected)
    }
  }

  /// 3, 4 has norm 5; half of it is left, up to the 1e-6 that keeps zeros from dividing by zero.
  @Test func clippingByHand() throws {
    let store = try ParameterStore(seed: 0, type: .float64)
    let weight = try store.root.parameter("w", shape: [2], .ones)
    _ = try store.root.parameter("unused", shape: [2], .ones)
    let optimizer = try SGD(store.all)
    #expect(try optimizer.clipGradients(toNorm: 1) == nil)
    try (weight * TorchTensor([3, 4] as [Double], shape: [2])).sum().backward()
    expectClose(try optimizer.clipGradients(toNorm: 2.5)?.item(), 5, tolerance: 1e-14)
    try expectClose(
      try #require(try weight.gradient()).doubles(), [1.5, 2], tolerance: 1e-6)
  }

  @Test func zerosStayZeros() throws {
    let leaf = try randomLeaf([3], seed: 0)
    try leaf.scaled(by: 0).sum().backward()
    #expect(try TorchTensor.clipGradients(of: [leaf], toNorm: 1)?.item() == 0)
    #expect(try leaf.gradient()?.doubles() == [0, 0, 0])
  }
}
#endif
