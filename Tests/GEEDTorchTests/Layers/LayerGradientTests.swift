// SPDX-License-Identifier: MIT

#if Torch
import GEEDTorch
import Testing

/// Finite differences of layers by their parameters and inputs.
@Suite struct LayerGradientTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let inputShape: [Int]
    /// The layer, made with the parameters of a store.
    let make:
      @Sendable (ParameterPath) throws -> @Sendable (TorchTensor, ForwardMode) throws -> TorchTensor
  }

  static let cases = [
    Case(testDescription: "linear", inputShape: [3, 4]) { path in
      let layer = try Linear(4, 2, parameters: path)
      return { x, _ in try layer(x) }
    },
    Case(testDescription: "convolution", inputShape: [2, 2, 4, 4]) { path in
      let layer = try Convolution(2, 3, size: 3, padding: 1, parameters: path)
      return { x, _ in try layer(x) }
    },
    Case(testDescription: "strided convolution in groups", inputShape: [1, 4, 5, 5]) { path in
      let layer = try Convolution(
        4, 2, size: 3, stride: 2, groups: 2, bias: false, parameters: path)
      return { x, _ in try layer(x) }
    },
    Case(testDescription: "batch norm", inputShape: [3, 2, 2, 2]) { path in
      let layer = try BatchNorm(2, parameters: path)
      return { x, mode in try layer(x, mode) }
    },
    Case(testDescription: "batch norm of features", inputShape: [4, 3]) { path in
      let layer = try BatchNorm(3, parameters: path)
      return { x, mode in try layer(x, mode) }
    },
    Case(testDescription: "group norm", inputShape: [2, 4, 2, 2]) { path in
      let layer = try GroupNorm(4, groupCount: 2, parameters: path)
      return { x, _ in try layer(x) }
    },
    Case(testDescription: "convolution and norm", inputShape: [2, 2, 4, 4]) { path in
      let layer = try ConvolutionNorm(2, 3, size: 3, conv: path / "conv", norm: path / "bn")
      return { x, mode in try layer(x, mode) }
    },
    Case(testDescription: "chain", inputShape: [3, 2, 6, 6]) { path in
      let first = try ConvolutionNorm(2, 4, size: 3, conv: path / "conv", norm: path / "bn")
      let last = try Linear(4, 3, parameters: path / "fc")
      return { x, mode in
        let y = try first(x, mode).elu().averagePool2d(
          size: 2, stride: 2, padding: 0, countsPadding: true)
        return try last(y.mean(axes: [2, 3], keepingAxes: false))
          .crossEntropy(TorchTensor([0, 2, 1] as [Int64], shape: [3]), labelSmoothing: 0.1)
      }
    },
  ]

  @Test(arguments: cases, [true, false])
  func gradientsAreFiniteDifferences(layer: Case, isTraining: Bool) throws {
    let store = try ParameterStore(seed: 1, type: .float64)
    let run = try layer.make(store.root)
    for (index, entry) in store.all.enumerated() { try Self.disturb(entry, seed: UInt64(index)) }
    let mode = isTraining ? ForwardMode.training(try TorchGenerator(seed: 0)) : .evaluation
    let x = try randomLeaf(layer.inputShape, seed: 9)
    let leaves = [("input", x)] + store.all.filter(\.isTrained).map { ($0.name, $0.tensor) }
    try expectGradients(of: leaves) { try run(x, mode).contracted() }
  }

  /// Scales of 1 and shifts of 0 would hide wrong terms: all become other numbers, variances positive.
  private static func disturb(_ entry: NamedParameter, seed: UInt64) throws {
    let change = try TorchTensor.uniform(
      0.1, 0.5, shape: entry.tensor.shape, type: .float64, using: TorchGenerator(seed: 100 + seed))
    try entry.tensor.assign(entry.tensor + change)
  }
}
#endif
