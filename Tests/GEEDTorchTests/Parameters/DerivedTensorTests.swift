// SPDX-License-Identifier: MIT

#if Torch
import CGEEDTorch
import Testing

@testable import GEEDTorch

@Suite struct DerivedTensorTests {
  let weight: TorchTensor
  let derived = DerivedTensor()

  init() throws {
    weight = try ParameterStore(seed: 0).root.parameter("weight", shape: [2], .ones)
  }

  /// Twice the weight, and whether it was computed now.
  func twice() throws -> (values: [Double], isNew: Bool) {
    var isNew = false
    let tensor = try derived.value(of: weight) { weight throws(TorchError) in
      isNew = true
      return try weight.scaled(by: 2)
    }
    return (try tensor.doubles(), isNew)
  }

  @Test func itIsKeptWhileTheWeightStays() throws {
    try withoutGradients {
      #expect(try twice() == ([2, 2], true))
      #expect(try twice() == ([2, 2], false))
      try weight.assign(TorchTensor([3, 4] as [Float], shape: [2]))
      #expect(try twice() == ([6, 8], true))
      #expect(try twice() == ([6, 8], false))
    }
  }

  @Test func everyRecordedPassHasItsOwn() throws {
    #expect(try withoutGradients { try twice() } == ([2, 2], true))
    for pass in 1...2 {
      let tensor = try derived.value(of: weight) { weight throws(TorchError) in
        try weight.scaled(by: 2)
      }
      try tensor.sum().backward()
      let gradient = try #require(try weight.gradient())
      #expect(try gradient.doubles() == [2.0 * Double(pass), 2.0 * Double(pass)])
    }
    #expect(try withoutGradients { try twice() } == ([2, 2], true))
  }

  /// libtorch's fused optimizers do not count as changes of their own.
  @Test(arguments: [false, true]) func stepsOfOptimizersAreChanges(isAdam: Bool) throws {
    let slopes = try TorchTensor([1, 1] as [Float], shape: [2])
    let state = try (0..<3).map { _ in try TorchTensor.full(0, shape: [2]) }
    let count = try TorchTensor.full(0, shape: [])
    func step() throws {
      let settings = gt_sgd_settings(
        rate: 1, momentum: 0, weight_decay: 0, nesterov: false)
      let adam = gt_adam_settings(
        rate: 1, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weight_decay: 0, is_decoupled: true)
      try check(
        "step",
        isAdam
          ? gt_adam_step(
            [weight.handle], [slopes.handle], [state[0].handle], [state[1].handle],
            [count.handle], 1, adam)
          : gt_sgd_step([weight.handle], [slopes.handle], nil, 1, settings))
    }
    try withoutGradients {
      #expect(try twice() == ([2, 2], true))
      try step()
      // Both go one step of length 1 down; Adam's is off by epsilon.
      let (values, isNew) = try twice()
      #expect(isNew)
      #expect(values.allSatisfy { abs($0) < 1e-6 })
    }
  }
}
#endif
