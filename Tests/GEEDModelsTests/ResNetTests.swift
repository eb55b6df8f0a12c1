// SPDX-License-Identifier: MIT

#if Torch
import GEEDModels
import GEEDTorch
import Testing

@Suite struct ResNetTests {
  /// The counts that torchvision publishes with its weights.
  @Test(
    "Parameters are counted as by torchvision",
    arguments: [
      (NetworkArchitecture.resNet18, 11_689_512), (.resNet34, 21_797_672), (.resNet50, 25_557_032),
      (.resNet101, 44_549_160),
    ])
  func parameterCounts(architecture: NetworkArchitecture, count: Int) throws {
    let weights = try ParameterStore(seed: 0)
    _ = try architecture.makeNetwork(parameters: weights.root)
    #expect(weights.parameterCount == count)
  }

  @Test(
    "Outputs are those of torchvision",
    arguments: [
      (NetworkArchitecture.resNet18, "resnet18"), (.resNet50, "resnet50"),
    ])
  func outputs(architecture: NetworkArchitecture, fixture: String) throws {
    let weights = try ParameterStore(seed: 0)
    let network = try architecture.makeNetwork(parameters: weights.root)
    try GoldenOutputs(fixture).expect(network, weights)
  }

  @Test func classesCanBeOthers() throws {
    let weights = try ParameterStore(seed: 0)
    let network = try NetworkArchitecture.resNet18.makeNetwork(
      classCount: 7, parameters: weights.root)
    #expect(try network(TorchTensor.full(0, shape: [2, 3, 32, 32])).shape == [2, 7])
  }

  /// Standard deviations √(2 / fan-out) of 36,864 and 4,718,592 normal numbers: their own errors are
  /// 0.4 % and less, so 2 % is five times as much.
  @Test func weightsStartAsInTorchvision() throws {
    let weights = try ParameterStore(seed: 0)
    _ = try NetworkArchitecture.resNet18.makeNetwork(parameters: weights.root)
    for (name, fanOut) in [("layer1.0.conv1.weight", 576), ("layer4.1.conv2.weight", 4608)] {
      let numbers = try #require(weights[name]).doubles()
      let meanSquare = numbers.reduce(0) { $0 + $1 * $1 } / Double(numbers.count)
      #expect(abs(meanSquare.squareRoot() * (Double(fanOut) / 2).squareRoot() - 1) < 0.02)
    }
    #expect(try weights["layer2.0.downsample.1.weight"]?.doubles().allSatisfy { $0 == 1 } == true)
    #expect(try weights["layer2.0.bn2.bias"]?.doubles().allSatisfy { $0 == 0 } == true)
    // Uniform with bound 1 / √512, which half a million numbers come close to.
    let head = try #require(weights["fc.weight"]).doubles().map(\.magnitude)
    #expect(try #require(head.max()) * 512.0.squareRoot() <= 1.000001)
    #expect(try #require(head.max()) * 512.0.squareRoot() > 0.9999)
  }
}
#endif
