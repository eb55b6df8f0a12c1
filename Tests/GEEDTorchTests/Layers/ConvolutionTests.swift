// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDTorch
import Testing

@Suite struct ConvolutionTests {
  @Test func shapesAndNames() throws {
    let store = try ParameterStore(seed: 0)
    let layer = try Convolution(
      6, 4, size: 3, stride: 2, padding: 1, groups: 2, parameters: store.root / "conv")
    #expect(store["conv.weight"]?.shape == [4, 3, 3, 3])
    #expect(store["conv.bias"]?.shape == [4])
    // (7 + 2 - 3) / 2 + 1 = 4
    #expect(try layer(TorchTensor.full(1, shape: [2, 6, 7, 8])).shape == [2, 4, 4, 4])
  }

  @Test func aBiasIsOptional() throws {
    let store = try ParameterStore(seed: 0)
    let layer = try Convolution(1, 2, size: 1, bias: false, parameters: store.root)
    #expect(store.all.map(\.name) == ["weight"])
    #expect(layer.bias == nil)
  }

  @Test func theDefaultStartsAsPyTorchDoes() throws {
    let store = try ParameterStore(seed: 0)
    _ = try Convolution(8, 16, size: 5, parameters: store.root)
    // 1 / √(8 · 25) for weights and biases.
    let bound = 1 / 200.0.squareRoot() + 1e-7
    for entry in store.all {
      #expect(try entry.tensor.doubles().allSatisfy { abs($0) <= bound }, "\(entry.name)")
      #expect(try entry.tensor.doubles().contains { abs($0) > bound / 2 }, "\(entry.name)")
    }
  }

  /// A kernel of 1 in the middle gives the channel back, and the bias is added.
  @Test func theIdentityByHand() throws {
    let store = try ParameterStore(seed: 0)
    let layer = try Convolution(
      1, 1, size: 3, padding: 1, weights: .zeros, parameters: store.root)
    try layer.weight.assign(
      TorchTensor([0, 0, 0, 0, 1, 0, 0, 0, 0] as [Float], shape: [1, 1, 3, 3]))
    try layer.bias?.assign(.full(0.5, shape: [1]))
    let image = Tensor.counting([2, 1, 3, 3])
    let expected = Tensor(shape: image.shape, scalars: image.scalars.map { $0 + 0.5 })
    #expect(try layer(TorchTensor(image)).host() == expected)
  }
}

@Suite struct LinearTests {
  /// [1, 2] · [[1, 2], [3, 4], [5, 6]]ᵀ + [0.5, 0, -0.5]
  @Test func productsByHand() throws {
    let store = try ParameterStore(seed: 0)
    let layer = try Linear(2, 3, parameters: store.root / "fc")
    #expect(store.all.map(\.name) == ["fc.weight", "fc.bias"])
    try layer.weight.assign(TorchTensor([1, 2, 3, 4, 5, 6] as [Float], shape: [3, 2]))
    try layer.bias?.assign(TorchTensor([0.5, 0, -0.5] as [Float], shape: [3]))
    let x = try TorchTensor([1, 2] as [Float], shape: [1, 2])
    #expect(try layer(x).host() == Tensor(shape: [1, 3], scalars: [5.5, 11, 16.5]))
  }

  @Test func aBiasIsOptional() throws {
    let store = try ParameterStore(seed: 0)
    let layer = try Linear(2, 3, bias: false, parameters: store.root)
    #expect(store.all.map(\.name) == ["weight"])
    #expect(layer.bias == nil)
  }
}
#endif
