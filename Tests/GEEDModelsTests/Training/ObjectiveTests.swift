// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDTorch
import Testing
import _GEEDTestSupport

@testable import GEEDModels

/// Numbers of PyTorch and NumPy, made by `Scripts/fixtures/objective_golden.py`.
private struct Golden: Decodable, Sendable {
  struct Loss: Decodable {
    let temperature: Double?
    let loss: Double
    let gradient: [Double]
  }

  struct Step: Decodable {
    let kind: ObjectiveSettings.Kind
    let loss: Double
    let gradients, weights: [GoldenOutputs.Output]
  }

  struct Probe: Decodable {
    let features, tried: [Float]
    let labels: [Int64]
    let outputs: [Double]
  }

  let rows, others: [Double]
  let contrastive: [Loss]
  let distillation: Loss
  let steps: [Step]
  let probe: Probe
}

@Suite struct ObjectiveTests {
  private let golden: Golden

  init() throws { golden = try readFixture("objectives") }

  private func leaf(_ values: [Double], shape: [Int] = [6, 4]) throws -> TorchTensor {
    let leaf = try TorchTensor(values, shape: shape)
    try leaf.setRequiresGradient()
    return leaf
  }

  /// In double precision both sides differ by the rounding of the file, 1e-12, and of the mask.
  @Test func lossesAndGradientsAreThoseOfPyTorch() throws {
    func expect(
      _ golden: Golden.Loss, _ loss: (TorchTensor) throws -> TorchTensor
    ) throws {
      let rows = try leaf(self.golden.rows)
      let value = try loss(rows)
      try value.backward()
      expectClose(try value.item(), golden.loss, tolerance: 1e-10)
      let gradient = try #require(try rows.gradient()).doubles()
      for (found, expected) in zip(gradient, golden.gradient) {
        expectClose(found, expected, tolerance: 1e-10)
      }
    }
    for golden in golden.contrastive {
      let temperature = try #require(golden.temperature)
      try expect(golden) {
        try BatchLoss.normalizedTemperatureScaled($0, temperature: temperature).loss
      }
    }
    let targets = try TorchTensor(golden.others, shape: [6, 4])
    try expect(golden.distillation) { try SelfDistillation.loss(of: $0, against: targets) }
  }

  /// Two images, whose views agree and are orthogonal to those of the other: of the three other rows
  /// one has the cosine 1 and two have 0, so the loss is ln(1 + 2 exp(-1 / τ)).
  @Test func contrastiveByHand() throws {
    let rows = try leaf([3, 0, 0, 1, 2, 0, 0, 5], shape: [4, 2])
    let result = try BatchLoss.normalizedTemperatureScaled(rows, temperature: 0.5)
    expectClose(try result.loss.item(), log(1 + 2 * exp(-2.0)), tolerance: 1e-12)
    #expect(result.accuracy == 1)
    // With the views exchanged, the partner is the orthogonal row.
    let wrong = try leaf([3, 0, 0, 1, 0, 5, 2, 0], shape: [4, 2])
    let other = try BatchLoss.normalizedTemperatureScaled(wrong, temperature: 0.5)
    expectClose(try other.loss.item(), 2 + log(1 + 2 * exp(-2.0)), tolerance: 1e-12)
    #expect(other.accuracy == 0)
  }

  /// Cosines 1 and 0 for the two views of one image: 2 - 2 + 2 - 0 = 2.
  @Test func distillationByHand() throws {
    let predictions = try leaf([1, 0, 0, 2], shape: [2, 2])
    let targets = try TorchTensor([0.0, 1, 3, 0], shape: [2, 2])
    let same = try SelfDistillation.loss(of: predictions, against: targets)
    expectClose(try same.item(), 0, tolerance: 1e-12)
    let half = try SelfDistillation.loss(
      of: predictions, against: TorchTensor([1.0, 0, 3, 0], shape: [2, 2]))
    expectClose(try half.item(), 2, tolerance: 1e-12)
  }

  @Test("Rows of zeros have a loss and a gradient")
  func zeros() throws {
    let rows = try leaf([0, 0, 1, 0, 0, 1, 1, 1], shape: [4, 2])
    let loss = try BatchLoss.normalizedTemperatureScaled(rows, temperature: 0.5).loss
    try loss.backward()
    #expect(try loss.item().isFinite)
    let gradient = try #require(try rows.gradient()).doubles()
    #expect(!gradient.contains { !$0.isFinite })
  }

  /// A step of a network with its heads, in single precision: 1e-5 through a few layers, and batch
  /// normalization of 8 rows divides by small deviations.
  @Test func stepsAreThoseOfPyTorch() throws {
    for golden in golden.steps {
      let store = try ParameterStore(seed: 0)
      let network = try SmallCNN(parameters: store.root)
      let path = store.root / "objective"
      let objective: any Objective =
        switch golden.kind {
        case .labels, .rotations: try RotationObjective(featureCount: 12, parameters: path)
        case .simclr:
          try ContrastiveObjective(
            featureCount: 12, hidden: 7, outputs: 5, temperature: 0.5, parameters: path)
        case .byol:
          try SelfDistillation(
            featureCount: 12, hidden: 7, outputs: 5, momentum: 0.9, iterationCount: 8,
            parameters: path
          ) { try SmallCNN(parameters: $0) }
        }
      let optimizer = try SGD(store.all)
      #expect(!optimizer.parameters.contains { $0.name.contains("teacher") })
      try FormulaWeights.fill(store)
      let batch = TrainingBatch(
        images: FormulaWeights.input([8, 3, 16, 16]), labels: [0, 0, 1, 1, 2, 2, 3, 3])
      let result = try objective.loss(
        of: network, on: batch, .training(TorchGenerator(seed: 0)), device: .cpu)
      try result.loss.backward()
      let comment = golden.kind.rawValue
      expectClose(try result.loss.item(), golden.loss, tolerance: 1e-5, comment)
      #expect(!golden.gradients.isEmpty)
      for expected in golden.gradients {
        let gradient = try #require(try store[expected.name]?.gradient(), "\(expected.name)")
        try expected.expect(
          gradient.host(), relative: 1e-4, sourceLocation: #_sourceLocation)
      }
      try optimizer.step(learningRate: 0.1)
      try objective.follow(iteration: 3)
      for expected in golden.weights {
        let weights = try #require(store[expected.name], "\(expected.name)")
        try expected.expect(weights.host(), relative: 1e-5, sourceLocation: #_sourceLocation)
      }
    }
  }

  @Test("The teacher begins as the network and keeps more of itself with every iteration")
  func teacher() throws {
    let store = try ParameterStore(seed: 3)
    _ = try SmallCNN(parameters: store.root)
    let objective = try SelfDistillation(
      featureCount: 12, hidden: 7, outputs: 5, momentum: 0.99, iterationCount: 100,
      parameters: store.root / "objective"
    ) { try SmallCNN(parameters: $0) }
    for (teacher, student) in [
      ("objective.teacher.network.conv1.weight", "conv1.weight"),
      ("objective.teacher.network.bn1.running_var", "bn1.running_var"),
      ("objective.teacher.projection.3.bias", "objective.projection.3.bias"),
    ] {
      let (a, b) = (try #require(store[teacher]), try #require(store[student]))
      #expect(try a.host() == b.host())
      #expect(!a.requiresGradient)
    }
    let shares = (0...100).map(objective.share)
    #expect(shares.first == 0.99 && shares.last == 1 && shares == shares.sorted())
    // Half of the way: 1 - 0.01 / 2.
    expectClose(shares[50], 0.995, tolerance: 1e-12)
  }

  /// Both solve the same equations in double precision, of condition 1e3 at most.
  @Test func linearProbeIsRidgeRegression() throws {
    let features = Tensor(shape: [30, 5], scalars: golden.probe.features)
    let probe = try LinearProbe(features: features, labels: golden.probe.labels, classCount: 3)
    let outputs = try probe.outputs(of: Tensor(shape: [8, 5], scalars: golden.probe.tried))
    for (found, expected) in zip(try outputs.doubles(), golden.probe.outputs) {
      expectClose(found, expected, tolerance: 1e-9)
    }
  }

  /// Ten copies of each feature share the weight, whose square is then a tenth.
  @Test("More features than examples give the outputs of the same regression")
  func probeOfManyFeatures() throws {
    func repeated(_ scalars: [Float], _ count: Int) -> Tensor {
      Tensor(
        shape: [scalars.count / 5, 5 * count],
        scalars: (0..<scalars.count / 5).flatMap { row in
          (0..<5 * count).map { scalars[5 * row + $0 % 5] }
        })
    }
    let few = try LinearProbe(
      features: repeated(golden.probe.features, 1), labels: golden.probe.labels, classCount: 3,
      penalty: 1e-4)
    let many = try LinearProbe(
      features: repeated(golden.probe.features, 10), labels: golden.probe.labels, classCount: 3,
      penalty: 1e-3)
    let expected = try few.outputs(of: repeated(golden.probe.tried, 1)).doubles()
    let found = try many.outputs(of: repeated(golden.probe.tried, 10)).doubles()
    for (a, b) in zip(expected, found) {
      // Rounding of double precision, times 1/penalty.
      #expect(abs(a - b) < 1e-9)
    }
  }

  @Test("A probe separates what is linearly separable, and guesses the greatest class otherwise")
  func probeByHand() throws {
    let features = Tensor(shape: [4, 2], scalars: [0, 1, 1, 1, 5, 1, 6, 1])
    let probe = try LinearProbe(features: features, labels: [1, 1, 0, 0], classCount: 2)
    #expect(try probe.outputs(of: features).argmax(axis: 1).integers() == [1, 1, 0, 0])
    let constant = Tensor(shape: [3, 1], scalars: [2, 2, 2])
    let blind = try LinearProbe(features: constant, labels: [1, 1, 0], classCount: 2)
    #expect(try blind.outputs(of: constant).argmax(axis: 1).integers() == [1, 1, 1])
  }
}
#endif
