// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDModels
import GEEDTorch
import Testing
import _GEEDTestSupport

/// Two steps of PyTorch, in double precision, made by `Scripts/fixtures/training_golden.py`.
private struct TrainingGolden: Decodable, Sendable {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let network, optimizer: String
    let inputShape: [Int]
    let labels: [Int64]
    let rates: [Double]
    /// Before the first, between the steps, and after the second.
    let losses: [Double]
    /// Of some parameters, for each step.
    let gradients: [[GoldenOutputs.Output]]
    /// After the second step; running statistics, too.
    let weights: [GoldenOutputs.Output]
    var testDescription: String { "\(network), \(optimizer)" }
  }

  let cases: [Case]

  static let values: TrainingGolden = {
    guard let golden: TrainingGolden = try? readFixture("training_steps") else {
      preconditionFailure("Expected Fixtures/training_steps.json beside the tests.")
    }
    return golden
  }()
}

@Suite struct TrainingStepTests {
  /// In double precision both sides differ by the rounding of the golden file, 1e-9.
  @Test(arguments: TrainingGolden.values.cases)
  private func stepsAreThoseOfPyTorch(golden: TrainingGolden.Case) throws {
    try expectSteps(golden, type: .float64, relative: 1e-8)
  }

  /// In single precision each sum rounds, 6e-8 of its terms, and each layer passes that on: up to 1e-5
  /// in the gradients of the first layers.
  @Test(arguments: TrainingGolden.values.cases)
  private func singlePrecisionIsClose(golden: TrainingGolden.Case) throws {
    try expectSteps(golden, type: .float32, relative: 1e-4)
  }

  @Test(arguments: TrainingGolden.values.cases)
  private func channelsLastIsClose(golden: TrainingGolden.Case) throws {
    try expectSteps(golden, type: .float32, isChannelsLast: true, relative: 1e-4)
  }

  private func expectSteps(
    _ golden: TrainingGolden.Case, type: TorchElementType, isChannelsLast: Bool = false,
    relative: Double
  ) throws {
    let store = try ParameterStore(seed: 0, type: type, isChannelsLast: isChannelsLast)
    let network = try makeNetwork(golden.network, parameters: store.root)
    try FormulaWeights.fill(store)
    let optimizer: any Optimizer =
      golden.optimizer == "SGD"
      ? try SGD(store.all, momentum: 0.9, weightDecay: .all(5e-4))
      : try AdamW(store.all, epsilon: 1e-3, weightDecay: .all(0.05))
    var images = try TorchTensor(FormulaWeights.input(golden.inputShape))
      .converted(to: type, on: .cpu)
    if isChannelsLast { images = try images.channelsLast() }
    let labels = try TorchTensor(golden.labels, shape: [golden.labels.count])
    let mode = ForwardMode.training(try TorchGenerator(seed: 0))
    func loss() throws -> TorchTensor {
      try network(images, mode).crossEntropy(labels, labelSmoothing: 0.1)
    }
    for (step, rate) in golden.rates.enumerated() {
      try optimizer.clearGradients()
      let value = try loss()
      try value.backward()
      expectClose(try value.item(), golden.losses[step], relative: relative, "loss \(step)")
      for expected in golden.gradients[step] {
        try expected.expect(store[expected.name]?.gradient(), relative, "gradient \(step)")
      }
      try optimizer.step(learningRate: rate)
    }
    for expected in golden.weights {
      try expected.expect(store[expected.name], relative, "weights")
    }
    expectClose(try loss().item(), golden.losses[2], relative: relative, "loss after the steps")
  }

  private func makeNetwork(
    _ name: String, parameters: ParameterPath
  ) throws -> any FactoredClassifier {
    switch name {
    case "ResNet-18":
      return try NetworkArchitecture.resNet18.makeNetwork(classCount: 10, parameters: parameters)
    case "ConventionalCNN":
      var plan = SixBlockPlan().scaled(by: 0.125)
      plan.imageChannelCount = 3
      plan.featureCount = 7
      return try ConventionalCNN(plan: plan, parameters: parameters)
    default:
      return try SmallCNN(parameters: parameters)
    }
  }
}

extension GoldenOutputs.Output {
  /// Compares numbers of any precision with what is known of them, relative to the greatest one.
  fileprivate func expect(
    _ tensor: TorchTensor?, _ relative: Double, _ comment: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let tensor = try #require(tensor, "\(name), \(comment)", sourceLocation: sourceLocation)
    #expect(tensor.shape == shape, "\(name), \(comment)", sourceLocation: sourceLocation)
    let scalars = try tensor.doubles()
    for (position, value) in zip(positions, values) {
      expectClose(
        scalars[position], value, tolerance: relative * largest,
        "\(name), \(comment), scalar \(position)", sourceLocation: sourceLocation)
    }
    let norm = scalars.reduce(0) { $0 + $1 * $1 }.squareRoot()
    expectClose(
      norm, self.norm, relative: relative, "\(name), \(comment), norm",
      sourceLocation: sourceLocation)
  }
}
#endif
