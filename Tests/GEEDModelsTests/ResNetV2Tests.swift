// SPDX-License-Identifier: MIT

#if Torch
import GEEDModels
import GEEDTorch
import Testing

@Suite struct ResNetV2Tests {
  /// The counts are what `sum(p.numel() for p in model.parameters())` prints for timm's models.
  @Test(
    arguments: [
      (NetworkArchitecture.resNetV2r50x1, "resnetv2_50x1_bit", 25_549_352),
      (.resNetV2r101x1, "resnetv2_101x1_bit", 44_541_480),
    ])
  func outputsAreThoseOfTimm(architecture: NetworkArchitecture, name: String, count: Int) throws {
    let weights = try ParameterStore(seed: 0)
    let network = try architecture.makeNetwork(parameters: weights.root)
    #expect(weights.parameterCount == count)
    try GoldenOutputs(name).expect(network, weights)
  }

  @Test func everyParameterGetsAGradient() throws {
    let weights = try ParameterStore(seed: 0)
    let network = try ResNetV2(depths: [3, 4, 6, 3], classCount: 2, parameters: weights.root)
    try expectGradientsEverywhere(network, weights, images: [2, 3, 64, 64])
  }
}
#endif
