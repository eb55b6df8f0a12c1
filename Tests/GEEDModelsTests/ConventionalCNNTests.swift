// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDModels
import GEEDTorch
import Testing
import _GEEDTestSupport
import _SteerableTestSupport

@Suite struct ConventionalCNNTests {
  private func parameterCount(_ plan: SixBlockPlan) throws -> Int {
    let store = try ParameterStore(seed: 0)
    _ = try ConventionalCNN(plan: plan, parameters: store.root)
    return store.parameterCount
  }

  /// 49·24 + 25·(24·48 + 48·48 + 48·96 + 96·96 + 96·64) = 586,776 weights, norms 2·376, and the head
  /// 64·64 + 64 + 128 + 650.
  @Test func parameterCountOfTheDefault() throws {
    let plan = SixBlockPlan()
    #expect(try parameterCount(plan) == 586_776 + 752 + 4160 + 128 + 650)
    #expect(plan.conventionalParameterCount == 592_466)
  }

  @Test(
    "One preset has as many parameters as the steerable network, to 1 %",
    arguments: [
      PlanarGroup.cyclic(4), .cyclic(8), .dihedral(rotationCount: 8),
    ])
  func matchedParameters(symmetry: PlanarGroup) throws {
    let plan = SixBlockPlan().matchingParameters(of: symmetry)
    let store = try ParameterStore(seed: 0)
    _ = try SteerableCNN(symmetry, parameters: store.root)
    let count = try parameterCount(plan)
    #expect(count == plan.conventionalParameterCount)
    // One channel more or less in every block is half a per cent.
    expectClose(Double(count), Double(store.parameterCount), relative: 0.01)
  }

  @Test("The other has as many channels")
  func matchedChannels() {
    let plan = SixBlockPlan().matchingChannels(of: .cyclic(8))
    #expect(plan.widths == [192, 384, 384, 768, 768, 512])
    #expect(plan.featureCount == 64)
  }

  @Test("Blocks have the grids of the steerable network, of any size", arguments: [29, 30, 33])
  func shapes(size: Int) throws {
    var plan = SixBlockPlan().scaled(by: 0.05)
    plan.imageSize = size
    plan.imageChannelCount = 3
    let network = try ConventionalCNN(plan: plan, parameters: ParameterStore(seed: 0).root)
    let outputs = try network.outputs(TorchTensor.full(1, shape: [2, 3, size, size]))
    for (block, (width, grid)) in zip(outputs.blocks, zip(plan.widths, plan.gridSizes)) {
      #expect(block.shape == [2, width, grid, grid])
    }
    #expect(outputs.features.shape == [2, plan.featureCount])
    #expect(outputs.logits.shape == [2, 10])
  }

  @Test("Gradients reach every parameter")
  func gradients() throws {
    let store = try ParameterStore(seed: 0)
    let network = try ConventionalCNN(
      plan: SixBlockPlan().scaled(by: 0.1), parameters: store.root)
    var generator = SplitMix64(seed: 2)
    let images = try TorchTensor(.random([4, 1, 29, 29], using: &generator))
    let labels = try TorchTensor((0..<4).map(Int64.init), shape: [4])
    let mode = ForwardMode.training(try TorchGenerator(seed: 0))
    try network(images, mode).crossEntropy(labels).backward()
    for entry in store.all where entry.isTrained {
      let gradient = try #require(try entry.tensor.gradient(), "\(entry.name)")
      #expect(try gradient.host().scalars.contains { $0 != 0 })
    }
  }

  @Test("PyTorch's layers give the same blocks, features and logits")
  func golden() throws {
    var plan = SixBlockPlan().scaled(by: 0.125)
    plan.imageChannelCount = 3
    plan.featureCount = 7
    let store = try ParameterStore(seed: 0)
    let network = try ConventionalCNN(plan: plan, parameters: store.root)
    try GoldenOutputs("conventional_cnn").expect(network, store)
  }
}
#endif
