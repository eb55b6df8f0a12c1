// SPDX-License-Identifier: MIT

#if Torch
import GEEDModels
import GEEDTorch
import Testing

@Suite struct EfficientNetLiteTests {
  @Test func outputsAreThoseOfTimm() throws {
    let weights = try ParameterStore(seed: 0)
    let network = try EfficientNetLite(parameters: weights.root)
    // sum(p.numel() for p in timm.create_model("tf_efficientnet_lite0").parameters())
    #expect(weights.parameterCount == 4_652_008)
    try GoldenOutputs("tf_efficientnet_lite0").expect(network, weights)
  }

  @Test func everyParameterGetsAGradient() throws {
    let weights = try ParameterStore(seed: 0)
    let network = try EfficientNetLite(classCount: 2, parameters: weights.root)
    try expectGradientsEverywhere(network, weights, images: [2, 3, 64, 64])
  }
}
#endif
