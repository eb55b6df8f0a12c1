// SPDX-License-Identifier: MIT

#if Torch
import GEEDTorch
import Testing
import _GEEDTestSupport

/// The optimizers of `torch_golden.py`, by name.
private let makers: [(String, @Sendable ([NamedParameter]) throws -> any Optimizer)] = [
  ("SGD", { try SGD($0) }),
  ("SGD, decay", { try SGD($0, weightDecay: .all(0.1)) }),
  ("SGD, momentum", { try SGD($0, momentum: 0.9, weightDecay: .all(0.01)) }),
  (
    "SGD, Nesterov",
    { try SGD($0, momentum: 0.8, isNesterov: true, weightDecay: .all(0.01)) }
  ),
  ("Adam", { try Adam($0) }),
  (
    "Adam, decay",
    { try Adam($0, beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: .all(0.1)) }
  ),
  ("AdamW", { try AdamW($0) }),
  (
    "AdamW, decay",
    { try AdamW($0, beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: .all(0.1)) }
  ),
  ("AdamW, spared", { try AdamW($0, weightDecay: .matricesAndKernels(0.1)) }),
  (
    "SGD, two rates",
    {
      try SGD($0, momentum: 0.9, weightDecay: .all(0.01), rateFactor: { $0 == "0" ? 1 : 3 })
    }
  ),
  (
    "AdamW, two rates",
    { try AdamW($0, weightDecay: .all(0.1), rateFactor: { $0 == "0" ? 1 : 3 }) }
  ),
]

@Suite struct OptimizerTests {
  /// Parameters named "0", "1", ... with these values.
  private static func parameters(
    _ values: [TorchGolden.Numbers], type: TorchElementType = .float64,
    isChannelsLast: Bool = false
  ) throws -> [NamedParameter] {
    let store = try ParameterStore(seed: 0, type: type, isChannelsLast: isChannelsLast)
    for (index, numbers) in values.enumerated() {
      let tensor = try store.root.parameter(String(index), shape: numbers.shape, .zeros)
      try tensor.assign(numbers.tensor())
    }
    return store.all
  }

  /// One step along the gradients of sum(w⁴ / 4) over `used`.
  private static func step(
    _ optimizer: any Optimizer, rate: Double, using used: some Sequence<NamedParameter>
  ) throws {
    try optimizer.clearGradients()
    for parameter in used {
      let square = try parameter.tensor * parameter.tensor
      try (square * square).sum().scaled(by: 0.25).backward()
    }
    try optimizer.step(learningRate: rate)
  }

  /// The last parameter has no gradient in the first two steps.
  private static func run(
    _ optimizer: any Optimizer, _ golden: TorchGolden.OptimizerCase, from start: Int = 0,
    to end: Int = 5
  ) throws {
    for iteration in start..<end {
      try step(
        optimizer, rate: golden.rates[iteration],
        using: optimizer.parameters.prefix(iteration >= 2 ? 3 : 2))
    }
  }

  private static func make(
    _ golden: TorchGolden.OptimizerCase
  ) throws -> ([NamedParameter]) throws -> any Optimizer {
    try #require(makers.first { $0.0 == golden.name }).1
  }

  @Test(arguments: TorchGolden.values.optimizers)
  func stepsAreThoseOfPyTorch(golden: TorchGolden.OptimizerCase) throws {
    let optimizer = try Self.make(golden)(Self.parameters(golden.start))
    try Self.run(optimizer, golden)
    for (parameter, expected) in zip(optimizer.parameters, golden.end) {
      try expectClose(parameter.tensor, expected, parameter.name)
    }
    #expect(optimizer.state.keys.sorted() == golden.state.keys.sorted())
    for (name, expected) in golden.state { try expectClose(optimizer.state[name], expected, name) }
  }

  @Test func everyCaseOfPyTorchIsTried() {
    #expect(makers.map(\.0) == TorchGolden.values.optimizers.map(\.name))
  }

  /// The kernels for single precision are others. Five steps of it are off by some 6e-8 each.
  @Test(arguments: TorchGolden.values.optimizers)
  func singlePrecisionIsClose(golden: TorchGolden.OptimizerCase) throws {
    let optimizer = try Self.make(golden)(Self.parameters(golden.start, type: .float32))
    try Self.run(optimizer, golden)
    for (parameter, expected) in zip(optimizer.parameters, golden.end) {
      try expectClose(parameter.tensor, expected, tolerance: 2e-6, parameter.name)
    }
  }

  @Test(arguments: TorchGolden.values.optimizers)
  func aRestoredStateGoesOnAsTheOldOne(golden: TorchGolden.OptimizerCase) throws {
    let make = try Self.make(golden)
    let first = try make(Self.parameters(golden.start))
    try Self.run(first, golden, to: 3)
    let second = try make(Self.parameters(golden.start))
    for (a, b) in zip(first.parameters, second.parameters) { try b.tensor.assign(a.tensor) }
    try second.restore(first.state.mapValues { try $0.cloned() })
    try Self.run(second, golden, from: 3)
    for (parameter, expected) in zip(second.parameters, golden.end) {
      try expectClose(parameter.tensor, expected, parameter.name)
    }
  }

  @Test func aStateOfAnotherKindIsRefused() throws {
    let golden = TorchGolden.values.optimizers[0]
    let sgd = try SGD(Self.parameters(golden.start), momentum: 0.9)
    let adam = try Adam(Self.parameters(golden.start))
    let error = #expect(throws: OptimizerStateMismatch.self) { try adam.restore(sgd.state) }
    #expect(error?.unexpected == ["0", "1", "2"].map { "\($0).momentum_buffer" })
    #expect(error?.missing.count == 9)
    #expect(error?.missing.first == "0.exp_avg")
    #expect(error?.misshapen == [])
    #expect(
      error?.description
        == "The saved state is not that of this optimizer. missing (9): 0.exp_avg, 0.exp_avg_sq, "
        + "0.step, 1.exp_avg. unexpected (3): 0.momentum_buffer, 1.momentum_buffer, "
        + "2.momentum_buffer.")
  }

  @Test func aStateOfOtherShapesIsRefused() throws {
    let golden = TorchGolden.values.optimizers[0]
    let sgd = try SGD(Self.parameters(golden.start), momentum: 0.9)
    try Self.step(sgd, rate: 0.1, using: sgd.parameters)
    let before = try sgd.state.mapValues { try $0.doubles() }
    var saved = try sgd.state.mapValues { try $0.scaled(by: 2) }
    saved["1.momentum_buffer"] = try .full(0, shape: [4])
    let error = #expect(throws: OptimizerStateMismatch.self) { try sgd.restore(saved) }
    #expect(error?.misshapen == ["1.momentum_buffer"])
    #expect(try sgd.state.mapValues { try $0.doubles() } == before)
  }

  @Test func withoutMomentumThereIsNoState() throws {
    let golden = TorchGolden.values.optimizers[0]
    #expect(try SGD(Self.parameters(golden.start)).state.isEmpty)
  }

  @Test func whatIsNotTrainedIsLeftOut() throws {
    let store = try ParameterStore(seed: 0)
    _ = try BatchNorm(2, parameters: store.root)
    #expect(try SGD(store.all).parameters.map(\.name) == ["weight", "bias"])
    #expect(try AdamW(store.all).parameters.map(\.name) == ["weight", "bias"])
  }

  /// Without any gradient a step changes nothing, whatever the decay.
  @Test func parametersWithoutGradientStay() throws {
    let golden = TorchGolden.values.optimizers[0]
    for (_, make) in makers {
      let optimizer = try make(Self.parameters(golden.start))
      try optimizer.step(learningRate: 0.1)
      for (parameter, start) in zip(optimizer.parameters, golden.start) {
        #expect(try parameter.tensor.doubles() == start.values)
      }
    }
  }

  @Test(arguments: makers.map(\.0))
  func stepsAreChangesInPlaceThatAreNotRecorded(name: String) throws {
    let make = try #require(makers.first { $0.0 == name }).1
    let optimizer = try make(Self.parameters(TorchGolden.values.optimizers[0].start))
    for _ in 0..<2 {
      let versions = optimizer.parameters.map(\.tensor.version)
      try Self.step(optimizer, rate: 0.1, using: optimizer.parameters)
      for (parameter, version) in zip(optimizer.parameters, versions) {
        #expect(parameter.tensor.requiresGradient)
        #expect(parameter.tensor.version == version + 1)
      }
    }
  }

  /// The kernels walk through memory, so parameter, gradient and state must lie in one order.
  @Test(arguments: makers.map(\.0))
  func theOrderInMemoryChangesNothing(name: String) throws {
    let make = try #require(makers.first { $0.0 == name }).1
    let start = TorchGolden.Numbers(
      shape: [2, 3, 2, 2], values: (0..<24).map { cosine(Double($0)) })
    let ends = try [false, true].map { isChannelsLast in
      let optimizer = try make(Self.parameters([start], isChannelsLast: isChannelsLast))
      #expect(optimizer.parameters[0].tensor.isChannelsLast == isChannelsLast)
      for _ in 0..<3 {
        try optimizer.clearGradients()
        let w = optimizer.parameters[0].tensor
        // Gradients that differ from place to place, in row-major order.
        try (w * w).contracted().backward()
        try optimizer.step(learningRate: 0.1)
      }
      return try optimizer.parameters[0].tensor.doubles()
    }
    try expectClose(ends[0], ends[1], tolerance: 1e-14)
  }

  @Test func settingsOutsideTheirRangesAreMistakes() async {
    await #expect(processExitsWith: .failure) { _ = try SGD([], momentum: 1) }
    await #expect(processExitsWith: .failure) { _ = try SGD([], isNesterov: true) }
    await #expect(processExitsWith: .failure) { _ = try Adam([], beta1: 1) }
    await #expect(processExitsWith: .failure) { _ = try AdamW([], beta2: -0.1) }
  }
}
#endif
