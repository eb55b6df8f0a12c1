// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDTorch
import Testing
import _GEEDTestSupport

@Suite struct TorchTensorOperationsTests {
  @Test(arguments: Operation.all)
  func valuesAndGradientsAreThoseOfPyTorch(operation: Operation) throws {
    let golden = try operation.golden()
    let inputs = try golden.inputs.map { try $0.leaf() }
    let output = try operation.run(inputs)
    try expectClose(output, golden.output)
    try output.contracted().backward()
    for (input, gradient) in zip(inputs, golden.gradients) {
      try expectClose(input.gradient(), gradient, "in the gradient")
    }
  }

  @Test(arguments: Operation.all)
  func gradientsAreFiniteDifferences(operation: Operation) throws {
    let inputs = try operation.golden().inputs.map { try $0.leaf() }
    try expectGradients(of: inputs.enumerated().map { ("input \($0)", $1) }) {
      try operation.run(inputs).contracted()
    }
  }

  @Test func everyCaseOfPyTorchIsTried() {
    #expect(Operation.all.map(\.name) == TorchGolden.values.operations.map(\.name))
  }

  /// Single precision differs from double by rounding alone: 6e-8 of each of some dozen terms.
  @Test(arguments: Operation.all)
  func singlePrecisionIsClose(operation: Operation) throws {
    // Constants inside are of double precision there.
    guard !operation.name.hasPrefix("batch norm") else { return }
    let golden = try operation.golden()
    let inputs = try golden.inputs.map { try $0.tensor().converted(to: .float32, on: .cpu) }
    let output = try operation.run(inputs)
    #expect(try output.elementType() == .float32)
    try expectClose(output, golden.output, tolerance: 1e-5)
  }

  @Test(arguments: Operation.all)
  func channelsLastKeepsTheNumbers(operation: Operation) throws {
    let golden = try operation.golden()
    guard golden.inputs[0].shape.count == 4 else { return }
    var inputs = try golden.inputs.map { try $0.tensor() }
    inputs[0] = try inputs[0].channelsLast()
    #expect(inputs[0].isChannelsLast)
    try expectClose(operation.run(inputs), golden.output)
  }

  /// 1 · 2 = 2 stands at (1, 0) of the padded square; its neighbors are zeros.
  @Test func kernelsAreNotFlipped() throws {
    let x = try TorchTensor([1, 2, 3, 4] as [Float], shape: [1, 1, 2, 2])
    let kernel = try TorchTensor([0, 0, 0, 0, 0, 1, 0, 0, 0] as [Float], shape: [1, 1, 3, 3])
    // The kernel looks one place to the right.
    #expect(
      try x.conv2d(weight: kernel, padding: 1).host()
        == Tensor(shape: [1, 1, 2, 2], scalars: [2, 0, 4, 0]))
  }

  /// -log(e² / (e² + 1 + 1)) = log(1 + 2 / e²) for the first; log 3 for the second.
  @Test func crossEntropyByHand() throws {
    let logits = try TorchTensor([2, 0, 0, 5, 5, 5] as [Double], shape: [2, 3])
    let labels = try TorchTensor([0, 2] as [Int64], shape: [2])
    let expected = (log1p(2 * exp(-2.0)) + log(3.0)) / 2
    expectClose(try logits.crossEntropy(labels).item(), expected, tolerance: 1e-15)
  }

  /// With all probability spread, the target is uniform: log 3 for equal logits.
  @Test func whollySmoothedCrossEntropyIsUniform() throws {
    let logits = try TorchTensor([1, 1, 1] as [Double], shape: [1, 3])
    let labels = try TorchTensor([0] as [Int64], shape: [1])
    expectClose(
      try logits.crossEntropy(labels, labelSmoothing: 1).item(), log(3.0), tolerance: 1e-15)
  }

  @Test func argmaxIsTheFirstOfEqualOnes() throws {
    let x = try TorchTensor([1, 5, 5, 7, 0, 7] as [Float], shape: [2, 3])
    let places = try x.argmax(axis: 1)
    #expect(places.shape == [2])
    #expect(try places.elementType() == .int64)
    #expect(try places.integers() == [1, 0])
  }

  /// Of 40,000 scalars a quarter is dropped: 10,000 ± 87. The others become 4/3, so that the mean stays
  /// 1 ± 0.003.
  @Test func dropoutKeepsTheMean() throws {
    let ones = try TorchTensor.full(1, shape: [40_000])
    let dropped = try ones.dropout(probability: 0.25, using: TorchGenerator(seed: 3)).host().scalars
    let zeroCount = dropped.count { $0 == 0 }
    #expect(abs(zeroCount - 10_000) < 5 * 87)
    #expect(dropped.allSatisfy { $0 == 0 || abs($0 - 4 / 3) < 1e-6 })
    expectClose(
      dropped.reduce(0) { $0 + Double($1) } / 40_000, 1, tolerance: 5 * 0.003)
  }

  @Test func dropoutOfNothingChangesNothing() throws {
    let x = try TorchTensor([1, -2, 3] as [Float], shape: [3])
    #expect(
      try x.dropout(probability: 0, using: TorchGenerator(seed: 0)).host().scalars == [1, -2, 3])
  }

  @Test func dropoutPassesGradientsOnlyWhereItPassedNumbers() throws {
    let x = try randomLeaf([50], seed: 1)
    try expectGradients(of: [("x", x)]) {
      try x.dropout(probability: 0.4, using: TorchGenerator(seed: 5)).contracted()
    }
  }

  @Test func axesCountFromTheEnd() throws {
    let x = try TorchTensor(Tensor.counting([2, 3, 4]))
    #expect(try x.sliced(axis: -1, from: -2, to: nil, step: 1).shape == [2, 3, 2])
    #expect(try x.padded(axis: -3, before: 1, after: 0).shape == [3, 3, 4])
    #expect(try x.mean(axes: [-2], keepingAxes: false).shape == [2, 4])
    #expect(try x.flattened().shape == [2, 12])
  }

  @Test func axesOutsideTheShapeAreAMistake() async {
    await #expect(processExitsWith: .failure) {
      _ = try TorchTensor(Tensor.counting([2, 3])).padded(axis: 2, before: 1, after: 1)
    }
  }
}
#endif
