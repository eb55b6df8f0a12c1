// SPDX-License-Identifier: MIT

import GEED
import GEEDReport
import Testing

@Suite struct ScaleTests {
  /// 1, 2, 3, 4: the quartiles are at the places 0.75 and 2.25, which are 1.75 and 3.25.
  @Test func quartilesOfFourValues() {
    #expect(quartiles([4, 1, 3, 2]) == 1.75...3.25)
    #expect(quartiles([5, 5]) == 5...5)
    #expect(quartiles([5]) == nil)
    // Stores may hold such numbers.
    #expect(quartiles([1, .nan, 2]) == nil && quartiles([1, .infinity]) == nil)
    #expect(quartiles([-1e308, 1e308]) == -0.5e308...0.5e308)
  }

  /// A third of 0.8 is 0.267, so rings are at distances of 0.5.
  @Test func ringsFromZero() {
    let scale = RadialScale(.softmax, [0.1, 0.8], scale: nil)
    #expect(scale.lower == 0)
    #expect(scale.upper == 0.8)
    #expect(scale.ticks == [0.5])
  }

  /// From −1 to −0.1, a third is 0.3: rings are at multiples of 0.5 above the center.
  @Test func ringsFromMinusOne() {
    let scale = RadialScale(.channelwise, [-0.9, -0.1], scale: nil)
    #expect(scale.lower == -1)
    #expect(scale.ticks == [-0.5])
  }

  /// The center of latent cosine deviations is −1/M.
  @Test func centerOfCosines() {
    #expect(RadialScale(.latentCosine, [-1.5], scale: 0.5).lower == -2)
    #expect(RadialScale(.latentCosine, [-1.5, -1.2], scale: nil).lower == -1.5)
  }

  /// 200 values up to 0.5, of which two are outliers: the rim is the largest of the others, or of the
  /// means.
  @Test func fewOutliersDoNotStretchTheScale() {
    let values = (1...198).map { Double($0) / 396 } + [9, 10]
    #expect(RadialScale(.softmax, means: [0.25], values: values, scale: nil).upper == 0.5)
    #expect(RadialScale(.softmax, means: [0.75], values: values, scale: nil).upper == 0.75)
    #expect(
      RadialScale(.softmax, means: [0.25], values: values.dropLast(2) + [0.9, 1], scale: nil).upper
        == 1)
    // Means are never beyond the rim.
    #expect(RadialScale(.softmax, means: [0.1, 8], values: [0.1, 0.2], scale: nil).upper == 8)
  }

  @Test func equalDeviationsHaveAScale() {
    let scale = RadialScale(.softmax, [0, 0], scale: nil)
    #expect(scale.lower < scale.upper)
  }

  @Test(
    "Steps are 1, 2, 2.5 or 5 times a power of ten",
    arguments: [(0.267, 0.5), (0.3, 0.5), (1, 1), (0.0021, 0.0025), (60, 100), (0, 1)])
  func steps(rough: Double, step: Double) {
    #expect(niceStep(atLeast: rough) == step)
  }

  @Test func namesWithoutCommonParts() {
    #expect(
      shortNames(["/m/layer1/layer1.0/Relu_output_0", "/m/layer1/layer1.1/Relu_output_0"])
        == ["layer1.0", "layer1.1"])
    #expect(
      shortNames(["/m/layer1/layer1.0/Relu", "/m/layer2/layer2.0/Relu"])
        == ["layer1.0", "layer2.0"])
    #expect(shortNames(["/m/ReduceMean_output_0"]) == ["ReduceMean"])
    #expect(shortNames(["/", ""]) == ["/", ""])
    #expect(shortNames([]) == [])
  }
}
