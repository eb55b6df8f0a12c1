// SPDX-License-Identifier: MIT

#if Torch
import GEEDModels
import GEEDTorch
import Testing

@Suite struct CIFARResNetTests {
  /// Published as 0.27 and 0.85 million. For ResNet-20: 432 + 32 in the stem, 6 · (2304 + 32) in the
  /// first stage, 4608 + 5 · 9216 + 6 · 64 in the second, 18,432 + 5 · 36,864 + 6 · 128 in the third,
  /// 650 in the head.
  @Test(
    "Parameters are counted as in the paper",
    arguments: [
      (NetworkArchitecture.cifarResNet20, 269_722), (.cifarResNet56, 853_018),
    ])
  func parameterCounts(architecture: NetworkArchitecture, count: Int) throws {
    let weights = try ParameterStore(seed: 0)
    _ = try architecture.makeNetwork(parameters: weights.root)
    #expect(weights.parameterCount == count)
  }

  @Test(
    "Outputs are those of the same network in PyTorch",
    arguments: [
      (NetworkArchitecture.cifarResNet20, "cifar-resnet20"), (.cifarResNet56, "cifar-resnet56"),
    ])
  func outputs(architecture: NetworkArchitecture, fixture: String) throws {
    let weights = try ParameterStore(seed: 0)
    let network = try architecture.makeNetwork(parameters: weights.root)
    try GoldenOutputs(fixture).expect(network, weights)
  }

  /// Standard deviations √(2 / fan-in) of 36,864 normal numbers, whose own error is 0.4 %; of the 640
  /// numbers of the head it is 2.8 %.
  @Test(
    "Weights start as the published ones did",
    arguments: [
      ("layer3.1.conv1.weight", 576.0, 0.02), ("linear.weight", 64, 0.14),
    ])
  func initialWeights(name: String, fanIn: Double, tolerance: Double) throws {
    let weights = try ParameterStore(seed: 0)
    _ = try CIFARResNet(depth: 3, parameters: weights.root)
    let numbers = try #require(weights[name]).doubles()
    let meanSquare = numbers.reduce(0) { $0 + $1 * $1 } / Double(numbers.count)
    #expect(abs(meanSquare.squareRoot() * (fanIn / 2).squareRoot() - 1) < tolerance)
  }
}
#endif
