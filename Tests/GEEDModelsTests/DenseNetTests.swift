// SPDX-License-Identifier: MIT

#if Torch
import GEEDModels
import GEEDTorch
import Testing

@Suite struct DenseNetTests {
  @Test func outputsAreThoseOfTorchvision() throws {
    let weights = try ParameterStore(seed: 0)
    let network = try DenseNet(parameters: weights.root)
    // "num_params" in torchvision.models.DenseNet121_Weights
    #expect(weights.parameterCount == 7_978_856)
    try GoldenOutputs("densenet121").expect(network, weights)
  }

  /// "num_params" in torchvision's DenseNet169_Weights and DenseNet201_Weights.
  @Test(arguments: [([6, 12, 32, 32], 14_149_480), ([6, 12, 48, 32], 20_013_928)])
  func deeperOnesHaveAsManyParameters(layerCounts: [Int], parameterCount: Int) throws {
    let weights = try ParameterStore(seed: 0)
    _ = try DenseNet(layerCounts: layerCounts, parameters: weights.root)
    #expect(weights.parameterCount == parameterCount)
  }

  @Test func everyParameterGetsAGradient() throws {
    let weights = try ParameterStore(seed: 0)
    let network = try DenseNet(classCount: 2, parameters: weights.root)
    try expectGradientsEverywhere(network, weights, images: [2, 3, 64, 64])
  }
}
#endif
