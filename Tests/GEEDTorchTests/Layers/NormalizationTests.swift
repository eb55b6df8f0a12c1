// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDTorch
import Testing
import _GEEDTestSupport

@Suite struct BatchNormTests {
  private static func training() throws -> ForwardMode { .training(try TorchGenerator(seed: 0)) }

  @Test func runningStatisticsAreThoseOfPyTorch() throws {
    let golden = TorchGolden.values.runningStatistics
    let store = try ParameterStore(seed: 0, type: .float64)
    let norm = try BatchNorm(2, momentum: 0.2, parameters: store.root)
    for batch in golden.batches { _ = try norm(batch.tensor(), Self.training()) }
    try expectClose(store["running_mean"], golden.mean)
    try expectClose(store["running_var"], golden.variance)
  }

  /// The batch 0, 2 has mean 1 and unbiased variance 2: 0.9 · 0 + 0.1 · 1 and 0.9 · 1 + 0.1 · 2.
  @Test func runningStatisticsByHand() throws {
    let store = try ParameterStore(seed: 0, type: .float64)
    let norm = try BatchNorm(1, parameters: store.root)
    _ = try norm(TorchTensor([0, 2] as [Double], shape: [2, 1]), Self.training())
    expectClose(try store["running_mean"]?.item(), 0.1, tolerance: 1e-15)
    expectClose(try store["running_var"]?.item(), 1.1, tolerance: 1e-15)
  }

  /// Evaluation takes (x - mean) / √(variance + ε) · weight + bias, and remembers nothing.
  @Test func evaluationByHand() throws {
    let store = try ParameterStore(seed: 0, type: .float64)
    let norm = try BatchNorm(1, epsilon: 0, parameters: store.root)
    for (name, value) in [
      ("running_mean", 3.0), ("running_var", 4), ("weight", 10), ("bias", 0.5),
    ] { try store[name]?.assign(.full(value, shape: [1], type: .float64)) }
    let x = try TorchTensor([5, 3, 1] as [Double], shape: [3, 1])
    #expect(try norm(x, .evaluation).doubles() == [10.5, 0.5, -9.5])
    #expect(try store["running_mean"]?.item() == 3)
    #expect(try store["running_var"]?.item() == 4)
  }

  @Test func trainingNormalizesTheBatch() throws {
    let store = try ParameterStore(seed: 0, type: .float64)
    let norm = try BatchNorm(2, epsilon: 0, parameters: store.root)
    let y = try norm(randomLeaf([5, 2, 3, 3], seed: 4), Self.training())
    let means = try y.mean(axes: [0, 2, 3], keepingAxes: false).doubles()
    let squares = try (y * y).mean(axes: [0, 2, 3], keepingAxes: false).doubles()
    for (mean, square) in zip(means, squares) {
      expectClose(mean, 0, tolerance: 1e-14)
      expectClose(square, 1, tolerance: 1e-14)
    }
  }

  @Test func namesAndInitialValues() throws {
    let store = try ParameterStore(seed: 0)
    _ = try BatchNorm(3, weights: .zeros, parameters: store.root / "bn")
    #expect(
      store.all.map(\.name) == ["bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"])
    #expect(
      try store.all.map { try $0.tensor.host().scalars } == [
        [0, 0, 0], [0, 0, 0], [0, 0, 0], [1, 1, 1],
      ])
  }

  @Test func oneNumberHasNoVariance() throws {
    let store = try ParameterStore(seed: 0)
    let norm = try BatchNorm(2, parameters: store.root)
    for shape in [[1, 2], [1, 2, 1, 1]] {
      let x = try TorchTensor.full(1, shape: shape)
      #expect(throws: TorchError.self) { try norm(x, Self.training()) }
      #expect(try norm(x, .evaluation).shape == shape)
    }
    #expect(try store["running_var"]?.host().scalars == [1, 1])
  }
}

@Suite struct GroupNormTests {
  /// Each group of each example has mean 0 and mean square 1, whatever the other examples are.
  @Test(arguments: [1, 2, 4])
  func groupsAreNormalized(groupCount: Int) throws {
    let norm = try GroupNorm(
      4, groupCount: groupCount, epsilon: 0,
      parameters: ParameterStore(seed: 0, type: .float64).root)
    let x = try randomLeaf([3, 4, 2, 5], seed: 4)
    let y = try norm(x).reshaped(to: [3, groupCount, -1])
    let means = try y.mean(axes: [2], keepingAxes: false).doubles()
    let squares = try (y * y).mean(axes: [2], keepingAxes: false).doubles()
    #expect(means.count == 3 * groupCount)
    for (mean, square) in zip(means, squares) {
      expectClose(mean, 0, tolerance: 1e-14)
      expectClose(square, 1, tolerance: 1e-14)
    }
    let alone = try norm(x.sliced(axis: 0, from: 1, to: 2, step: 1)).doubles()
    try expectClose(alone, Array(norm(x).doubles()[40..<80]), tolerance: 1e-14)
  }

  @Test func namesAndInitialValues() throws {
    let store = try ParameterStore(seed: 0)
    _ = try GroupNorm(2, groupCount: 1, parameters: store.root / "norm1")
    #expect(store.all.map(\.name) == ["norm1.weight", "norm1.bias"])
    #expect(try store.all.map { try $0.tensor.host().scalars } == [[1, 1], [0, 0]])
  }
}

@Suite struct ConvolutionNormTests {
  @Test func namesComeFromTwoPlaces() throws {
    let store = try ParameterStore(seed: 0)
    let layer = try ConvolutionNorm(
      3, 4, size: 3, stride: 2, padding: 1, conv: store.root / "conv1", norm: store.root / "bn1")
    #expect(layer.convolution.bias == nil)
    #expect(store.all.map(\.name).first == "conv1.weight")
    #expect(store.all.map(\.name).dropFirst().allSatisfy { $0.hasPrefix("bn1.") })
  }

  @Test func itIsTheNormOfTheConvolution() throws {
    let store = try ParameterStore(seed: 0, type: .float64)
    let layer = try ConvolutionNorm(2, 3, size: 3, conv: store.root / "c", norm: store.root / "n")
    let x = try randomLeaf([2, 2, 5, 5], seed: 1)
    for mode in [ForwardMode.evaluation, .training(try TorchGenerator(seed: 0))] {
      let expected = try layer.norm(layer.convolution(x), mode).doubles()
      #expect(try layer(x, mode).doubles() == expected)
    }
  }
}

@Suite struct ForwardModeTests {
  @Test func onlyTrainingTrains() throws {
    #expect(!ForwardMode.evaluation.isTraining)
    #expect(ForwardMode.training(try TorchGenerator(seed: 0)).isTraining)
  }
}
#endif
