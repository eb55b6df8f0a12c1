// SPDX-License-Identifier: MIT

#if Torch
import GEEDModels
import GEEDTorch
import Testing

// One after another: each holds 61 million weights.
@Suite(.serialized) struct AlexNetTests {
  @Test func outputsAreThoseOfTorchvision() throws {
    let weights = try ParameterStore(seed: 0)
    let network = try AlexNet(parameters: weights.root)
    // "num_params" in torchvision.models.AlexNet_Weights
    #expect(weights.parameterCount == 61_100_840)
    try GoldenOutputs("alexnet").expect(network, weights)
  }

  @Test func everyParameterGetsAGradient() throws {
    let weights = try ParameterStore(seed: 0)
    let network = try AlexNet(classCount: 2, parameters: weights.root)
    try expectGradientsEverywhere(network, weights, images: [2, 3, 63, 63])
  }

  @Test func dropoutDrawsFromTheGeneratorInTrainingOnly() throws {
    let weights = try ParameterStore(seed: 0)
    let network = try AlexNet(classCount: 10, parameters: weights.root)
    let images = try TorchTensor(FormulaWeights.input([2, 3, 63, 63]))
    func features(_ mode: ForwardMode) throws -> [Float] {
      try withoutGradients { try network.features(images, mode).host().scalars }
    }
    let generator = try TorchGenerator(seed: 1)
    let first = try features(.training(generator))
    #expect(try features(.training(generator)) != first)
    #expect(try features(.training(TorchGenerator(seed: 1))) == first)
    let evaluated = try features(.evaluation)
    #expect(try features(.evaluation) == evaluated)
    #expect(first != evaluated)
  }
}
#endif
