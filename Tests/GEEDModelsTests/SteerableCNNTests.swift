// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDTorch
import Testing
import _GEEDTestSupport
import _SteerableTestSupport

@testable import GEEDModels

@Suite struct SteerableCNNTests {
  /// A network with few fields.
  private func narrow(
    _ group: String, size: Int = 29, type: FieldType = .regular,
    widths: [Int] = [2, 2, 1, 2, 2, 2],
    store: ParameterStore
  ) throws -> SteerableCNN {
    var plan = SixBlockPlan()
    plan.imageSize = size
    plan.widths = widths
    plan.featureCount = 5
    let network = try SteerableCNN(
      #require(PlanarGroup(group)), plan: plan, fieldType: type,
      parameters: store.root)
    try fillNorms(of: store)
    return network
  }

  /// Random scales, shifts and statistics, so that no block is a special case.
  private func fillNorms(of store: ParameterStore) throws {
    for entry in store.all where entry.tensor.shape.count == 1 {
      let shape = entry.tensor.shape
      try entry.tensor.assign(
        TorchTensor(FormulaWeights.values(of: entry.name, shape: shape), shape: shape))
    }
  }

  /// The exact deviation of the first `k` blocks for every k.
  private func deviations(of network: SteerableCNN, _ mode: ForwardMode) throws -> [Double] {
    let images = FeatureFields(
      network.plan.imageChannelCount, .trivial, under: network.fields[0].symmetry)
    return try network.blockNames.indices.map { index in
      try exactDeviation(
        from: images, to: network.fields[index], size: network.plan.imageSize
      ) { images in
        try withoutGradients {
          try network.activations(images, throughBlock: index + 1, mode)[index]
        }
      }
    }
  }

  @Test(
    "Every block commutes with turns and reflections of pixels",
    arguments: ["C1", "C4", "C8", "D1", "D4", "D8"], [29, 33])
  func everyBlockCommutes(group: String, size: Int) throws {
    let network = try narrow(group, size: size, store: ParameterStore(seed: 1))
    #expect(network.plan.exactBlockCount == 6)
    for mode in try modes() {
      for deviation in try deviations(of: network, mode) {
        // Six layers in single precision.
        #expect(deviation < 1e-4)
      }
    }
  }

  @Test("Quotient fields commute, too", arguments: [("C8", "r4"), ("D4", "r0s"), ("D4", "r2")])
  func quotients(group: String, subgroup: String) throws {
    let type = try fields(1, subgroup, under: group).type
    let network = try narrow(
      group, type: type, widths: [4, 4, 4, 4, 4, 4], store: ParameterStore(seed: 1))
    for deviation in try deviations(of: network, .evaluation) {
      #expect(deviation < 1e-4)
    }
  }

  /// Images of 31 pixels have an even grid of 14 before the fifth block, those of 30 pixels one of
  /// 26 before the third.
  @Test(
    "Sizes that strides do not allow fail from the block that is said on",
    arguments: [
      (31, 4), (35, 4), (30, 2), (32, 2), (29, 6), (37, 6),
    ])
  func otherSizes(size: Int, exactBlockCount: Int) throws {
    let network = try narrow("C4", size: size, store: ParameterStore(seed: 1))
    #expect(network.plan.exactBlockCount == exactBlockCount)
    for (index, deviation) in try deviations(of: network, .evaluation).enumerated() {
      #expect(index < exactBlockCount ? deviation < 1e-4 : deviation > 1e-2)
    }
  }

  @Test("Features and logits do not change", arguments: ["C4", "D8"])
  func invariance(group: String) throws {
    let network = try narrow(group, store: ParameterStore(seed: 1))
    var generator = SplitMix64(seed: 2)
    let images = Tensor.random([2, 1, 29, 29], using: &generator)
    let symmetry = network.fields[0].symmetry
    let action = try symmetry.imageAction.prepared(for: [1, 29, 29])
    let expected = try network.outputs(TorchTensor(images))
    for g in exactElements(of: symmetry) {
      let found = try network.outputs(TorchTensor(action(g, batch: images)))
      #expect(try greatest(found.features.host(), expected.features.host()) < 1e-4)
      #expect(try greatest(found.logits.host(), expected.logits.host()) < 1e-4)
    }
  }

  @Test("GEED measures every block to be equivariant under its own action")
  func measured() throws {
    let network = try narrow("C4", store: ParameterStore(seed: 1))
    var generator = SplitMix64(seed: 2)
    let images = ArrayDataset(
      (0..<5).map { _ in Tensor.random([1, 29, 29], using: &generator) })
    let measurement = DeviationMeasurement(
      of: MeasurableClassifier(network), on: images, under: ImageAction.rotations(4),
      probes: network.blockNames.enumerated().map { index, name in
        .channelwise(name, outputAction: network.outputAction(ofBlock: index))
      } + [.softmax("logits")])
    let results = try measurement.run().results
    for result in results.dropLast() {
      // −1 means equal up to a factor; single precision leaves 1e-7 of the cosine.
      expectClose(result.value, -1, tolerance: 1e-5)
    }
    expectClose(results.last?.value, 0, tolerance: 1e-8)
  }

  /// Fields 24, 48, 48, 96, 96, 64; 18 functions and one image give 144 / 8 = 18 coefficients for each
  /// field of the first block, 11 functions 88 for each pair: 24·18 + 88·(24·48 + 48·48 + 48·96 + 96·96
  /// + 96·64) = 2,061,744. Norms 2·376; head 64·64 + 64, 2·64, 64·10 + 10.
  @Test func parameterCountOfTheDefault() throws {
    let store = try ParameterStore(seed: 0)
    let network = try SteerableCNN(parameters: store.root)
    #expect(store.parameterCount == 2_061_744 + 752 + 4160 + 128 + 650)
    #expect(SixBlockPlan().steerableParameterCount(.cyclic(8), .regular) == store.parameterCount)
    #expect(network.fields.map(\.channelCount) == [192, 384, 384, 768, 768, 512])
    #expect(network.plan.gridSizes == [25, 25, 13, 13, 7, 5, 1])
  }

  @Test("Gradients reach every parameter, and all of it")
  func gradients() throws {
    let store = try ParameterStore(seed: 1)
    let network = try narrow("C4", store: store)
    var generator = SplitMix64(seed: 2)
    let images = try TorchTensor(.random([8, 1, 29, 29], using: &generator))
    let labels = try TorchTensor((0..<8).map(Int64.init), shape: [8])
    try network(images, modes()[1]).crossEntropy(labels).backward()
    for entry in store.all where entry.isTrained {
      let gradient = try #require(try entry.tensor.gradient(), "\(entry.name)")
      let zeros = try gradient.host().scalars.filter { $0 == 0 }.count
      // The bias before a normalization changes nothing; its gradient is rounding, and may be 0.
      #expect(zeros == 0 || entry.name == "fully_net.0.bias", "\(entry.name)")
    }
  }

  @Test("Parameters have the names of the example's head")
  func names() throws {
    let store = try ParameterStore(seed: 1)
    _ = try narrow("C4", store: store)
    let names = store.all.map(\.name)
    #expect(names.contains("block1.conv.coefficients"))
    #expect(names.contains("block6.norm.running_var"))
    #expect(names.contains("fully_net.0.weight") && names.contains("fully_net.3.bias"))
  }
}

@Suite struct GoldenSteerableTests {
  struct Golden: Decodable {
    let group: String
    let inputShape: [Int]
    let fieldCounts: [Int]
    /// The kernels of every block, little-endian `Float`s.
    let filters: [Data]
    let outputs: [GoldenOutputs.Output]
  }

  @Test("escnn's filters give escnn's blocks, features and logits", arguments: ["C4", "C8", "D4"])
  func outputs(group: String) throws {
    let golden: Golden = try readFixture("steerable_\(group)")
    var plan = SixBlockPlan()
    plan.widths = golden.fieldCounts
    let store = try ParameterStore(seed: 0)
    let network = try SteerableCNN(
      #require(PlanarGroup(golden.group)), plan: plan,
      parameters: store.root)
    try FormulaWeights.fill(store)
    for (index, data) in golden.filters.enumerated() {
      let convolution = network.convolution(ofBlock: index)
      let size = convolution.size
      let shape = [convolution.output.channelCount, convolution.input.channelCount, size, size]
      try convolution.fit(filter: Tensor(shape: shape, scalars: floats(in: data)))
    }
    let model = MeasurableClassifier(network)
    let found = try model.outputs(for: FormulaWeights.input(golden.inputShape))
    for output in golden.outputs {
      // Six layers in single precision, of kernels that are equal to 1e-6.
      output.expect(
        try #require(found[output.name]), relative: 1e-4, sourceLocation: #_sourceLocation)
    }
  }
}
#endif
