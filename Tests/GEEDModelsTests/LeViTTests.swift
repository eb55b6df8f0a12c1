// SPDX-License-Identifier: MIT

#if Torch
import GEEDModels
import GEEDTorch
import Testing

@Suite struct LeViTTests {
  @Test(
    arguments: [
      (NetworkArchitecture.leViT128S, "levit_128s", 96), (.leViT128, "levit_128", 64),
      (.leViT192, "levit_192", 224),
    ])
  func outputsAreThoseOfTimm(architecture: NetworkArchitecture, name: String, imageSize: Int) throws
  {
    let weights = try ParameterStore(seed: 0)
    let network = try architecture.makeNetwork(
      imageShape: [3, imageSize, imageSize], parameters: weights.root)
    try GoldenOutputs(name).expect(network, weights)
  }

  /// What `sum(p.numel() for p in timm.create_model("levit_192").parameters())` and the like print.
  @Test(
    arguments: [
      (NetworkArchitecture.leViT128S, 7_777_058), (.leViT128, 9_213_936), (.leViT192, 10_947_069),
    ])
  func thereAreAsManyParametersAsInTimm(architecture: NetworkArchitecture, count: Int) throws {
    let weights = try ParameterStore(seed: 0)
    _ = try architecture.makeNetwork(parameters: weights.root)
    #expect(weights.parameterCount == count)
  }

  @Test func everyParameterGetsAGradient() throws {
    let weights = try ParameterStore(seed: 0)
    let network = try NetworkArchitecture.leViT128S.makeNetwork(
      classCount: 2, imageShape: [3, 96, 96], parameters: weights.root)
    // At first there are scales of 0, behind which nothing gets a gradient.
    try FormulaWeights.fill(weights)
    try expectGradientsEverywhere(network, weights, images: [2, 3, 96, 96])
  }

  /// What is added to its input starts as 0, so at first only the shortcuts are there.
  @Test func blocksStartAsTheIdentity() throws {
    let weights = try ParameterStore(seed: 0)
    let network = try NetworkArchitecture.leViT128S.makeNetwork(
      imageShape: [3, 64, 64], parameters: weights.root)
    let images = try TorchTensor(FormulaWeights.input([1, 3, 64, 64]))
    let outputs = try network.activations(images, throughBlock: 2)
    #expect(try outputs[0].host().scalars == outputs[1].host().scalars)
  }
}
#endif
