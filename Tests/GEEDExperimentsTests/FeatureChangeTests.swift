// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDData
@testable import GEEDExperiments
import GEEDModels
import GEEDTorch
import Testing

@Suite struct FeatureChangeTests {
  private let dataset: any Dataset
  private let network: any FactoredClassifier

  init() throws {
    let experiment = SixBlockExperiment(.tiny, at: "glyphs")
    let configuration = experiment.configuration(.conventional, seed: 0)
    dataset = try configuration.data.open(.test, seed: 0)
    network = try configuration.network.make(
      imageShape: dataset.exampleShape, parameters: ParameterStore(seed: 0).root)
  }

  private func outputs(_ network: any FactoredClassifier) throws -> [String: Tensor] {
    let batch = try Tensor.stacking((0..<8).map { try dataset.example(at: $0) })
    return try MeasurableClassifier(network).outputs(for: batch)
  }

  private func changed(_ change: FeatureChange) throws -> [String: Tensor] {
    try outputs(
      NetworkOfChangedFeatures(network, change, device: .cpu, meanOver: dataset, exampleCount: 8))
  }

  private static let changes: [FeatureChange] = [
    .scaled(by: 0.1), .scaled(by: 10), .shrunk(by: 0.1), .shrunk(by: 2),
  ]

  @Test("Blocks and logits stay", arguments: changes)
  func logits(change: FeatureChange) throws {
    let (plain, changed) = try (outputs(network), changed(change))
    #expect(plain["block6"] == changed["block6"])
    let logits = try (#require(plain["logits"]), #require(changed["logits"]))
    // Single precision, once multiplied and divided.
    for (a, b) in zip(logits.0.scalars, logits.1.scalars) { #expect(abs(a - b) < 1e-5) }
  }

  @Test func scaledFeatures() throws {
    let plain = try #require(try outputs(network)["features"])
    let scaled = try #require(try changed(.scaled(by: 10))["features"])
    #expect(plain.scalars.contains { $0 != 0 })
    for (a, b) in zip(plain.scalars, scaled.scalars) { #expect(abs(10 * a - b) <= 1e-6 * abs(b)) }
  }

  @Test("Shrunk features keep their mean; their differences shrink")
  func shrunkFeatures() throws {
    let plain = try #require(try outputs(network)["features"])
    let shrunk = try #require(try changed(.shrunk(by: 0.1))["features"])
    let count = plain.shape[1]
    for column in 0..<count {
      let (a, b) = (columns(plain, column, of: count), columns(shrunk, column, of: count))
      let mean = a.reduce(0, +) / Float(a.count)
      for (x, y) in zip(a, b) { #expect(abs(mean + 0.1 * (x - mean) - y) < 1e-5) }
    }
  }
}

private func columns(_ tensor: Tensor, _ column: Int, of count: Int) -> [Float] {
  stride(from: column, to: tensor.scalars.count, by: count).map { tensor.scalars[$0] }
}
#endif
