// SPDX-License-Identifier: MIT

#if Torch
import GEEDModels
import GEEDTorch
import Testing

@Suite struct MobileNetV1Tests {
  @Test(arguments: [(0.25, "mobilenetv1_025"), (1, "mobilenetv1_100")])
  func outputsAreThoseOfTimm(width: Double, name: String) throws {
    let weights = try ParameterStore(seed: 0)
    let network = try MobileNetV1(width: width, parameters: weights.root)
    try GoldenOutputs(name).expect(network, weights)
  }

  /// `sum(p.numel() for p in timm.create_model("mobilenetv1_100").parameters())`, the same for
  /// `mobilenetv1_125`, and the number in Keras' table of MobileNet x 0.25.
  @Test(arguments: [(1, 4_231_976), (1.25, 6_270_840), (0.25, 470_072)])
  func thereAreAsManyParametersAsPublished(width: Double, count: Int) throws {
    let weights = try ParameterStore(seed: 0)
    _ = try MobileNetV1(width: width, parameters: weights.root)
    #expect(weights.parameterCount == count)
  }

  /// By hand: 32 * 0.3 = 9.6 is nearest to 8, but that is less than 8.64, so 16; 64 * 0.3 = 19.2 and 16
  /// is less than 17.28, so 24; 512 * 0.3 = 153.6, and 152 is near enough.
  @Test func channelsAreMultiplesOfEight() {
    let counts = [32, 64, 512].map { MobileNetV1.channelCount($0, width: 0.3) }
    #expect(counts == [16, 24, 152])
    #expect(MobileNetV1.channelCount(32, width: 0.01) == 8)
  }

  @Test func everyParameterGetsAGradient() throws {
    let weights = try ParameterStore(seed: 0)
    let network = try MobileNetV1(width: 0.25, classCount: 2, parameters: weights.root)
    try expectGradientsEverywhere(network, weights, images: [2, 3, 64, 64])
  }

  /// With variance 2 / fan-out: a depthwise kernel of 3 x 3 takes part in 9 outputs.
  @Test(arguments: [("conv_stem.weight", 288.0), ("blocks.4.1.conv_dw.weight", 9)])
  func newWeightsHaveTheDistributionOfTimm(name: String, fanOut: Double) throws {
    let weights = try ParameterStore(seed: 0)
    _ = try MobileNetV1(parameters: weights.root)
    let numbers = try #require(weights[name]).doubles()
    let meanSquare = numbers.reduce(0) { $0 + $1 * $1 } / Double(numbers.count)
    // 864 and more draws: a standard error of 5 % in the mean square, half of it in the root.
    #expect(abs((meanSquare * fanOut / 2).squareRoot() - 1) < 0.1)
  }
}
#endif
