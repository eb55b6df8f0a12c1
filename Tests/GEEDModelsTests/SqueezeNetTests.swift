// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDModels
import GEEDTorch
import Testing

@Suite struct SqueezeNetTests {
  @Test func outputsAreThoseOfTorchvision() throws {
    let weights = try ParameterStore(seed: 0)
    let network = try SqueezeNet(parameters: weights.root)
    // "num_params" in torchvision.models.SqueezeNet1_1_Weights
    #expect(weights.parameterCount == 1_235_496)
    try GoldenOutputs("squeezenet1_1").expect(network, weights)
  }

  @Test func everyParameterGetsAGradient() throws {
    let weights = try ParameterStore(seed: 0)
    let network = try SqueezeNet(classCount: 2, parameters: weights.root)
    // Biases of 0 and few classes may leave a score below 0 at all positions.
    try FormulaWeights.fill(weights)
    try expectGradientsEverywhere(network, weights, images: [2, 3, 64, 64])
  }

  /// The scores do not depend on where in the grid the features are, and the means do not either; the
  /// features themselves do.
  @Test func positionsMatterToTheFeaturesAlone() throws {
    let weights = try ParameterStore(seed: 0)
    let network = try SqueezeNet(classCount: 5, parameters: weights.root)
    try FormulaWeights.fill(weights)
    let grid = FormulaWeights.input([1, 512, 3, 3])
    let turned = Tensor(
      shape: grid.shape,
      scalars: grid.scalars.indices.map { grid.scalars[$0 / 9 * 9 + 8 - $0 % 9] })
    func scores(_ grid: Tensor) throws -> (features: Tensor, logits: Tensor) {
      let features = try network.features(ofLastBlock: TorchTensor(grid), .evaluation)
      return (try features.host(), try network.logits(features, .evaluation).host())
    }
    let (first, second) = try withoutGradients { (try scores(grid), try scores(turned)) }
    #expect(first.features != second.features)
    expectClose(first.logits, second.logits, relative: 1e-5, "logits")
  }

  @Test func dropoutDrawsFromTheGeneratorInTrainingOnly() throws {
    let weights = try ParameterStore(seed: 0)
    let network = try SqueezeNet(classCount: 10, parameters: weights.root)
    try FormulaWeights.fill(weights)
    let images = try TorchTensor(FormulaWeights.input([2, 3, 33, 33]))
    func logits(_ mode: ForwardMode) throws -> [Float] {
      try withoutGradients { try network(images, mode).host().scalars }
    }
    #expect(
      try logits(.training(TorchGenerator(seed: 1))) == logits(.training(TorchGenerator(seed: 1))))
    #expect(
      try logits(.training(TorchGenerator(seed: 1))) != logits(.training(TorchGenerator(seed: 2))))
    #expect(try logits(.evaluation) == logits(.evaluation))
  }
}
#endif
