// SPDX-License-Identifier: MIT

import GEED
import GEEDConformance
import Testing
import _GEEDTestSupport

@Suite struct OrbitAveragedModelTests {
  /// Something without symmetries: each scalar times its place, and the first two multiplied.
  private let model = ClosureModel { batch in
    let rows = (0..<batch.rowCount).map { batch.row($0).scalars }
    func stack(_ shape: [Int], _ f: ([Float]) -> [Float]) -> Tensor {
      .stacking(rows.map { Tensor(shape: shape, scalars: f($0)) })
    }
    return [
      "features": stack([2]) { x in
        [x.enumerated().reduce(0) { $0 + Float($1.offset) * $1.element }, x[0] * x[1]]
      },
      "map": stack(batch.rowShape) { x in x.enumerated().map { Float($0 + 1) * $1 } },
      "plain": stack([1]) { [$0[0]] },
    ]
  }

  private func measure(
    _ model: some MeasurableModel, _ action: ImageAction, _ probes: [Probe]
  ) throws -> [ProbeResult] {
    var generator = SplitMix64(seed: 4)
    let examples = (0..<6).map { _ in Tensor.random([1, 5, 5], using: &generator) }
    return try DeviationMeasurement(
      of: model, on: ArrayDataset(examples), under: action, probes: probes
    ).run().results
  }

  @Test("The orbit mean of any model is invariant", arguments: ["C4", "D4", "flip", "T5x5"])
  func invariance(group: String) throws {
    let action = try #require(GroupName(group)?.action())
    let before = try measure(model, action, [.latent("features")])
    let after = try measure(
      OrbitAveragedModel(model, over: action), action, [.latent("features")])
    // Means are rounded to Float after summing in Double.
    expectClose(after[0].value, 0, tolerance: 1e-6)
    #expect(try #require(before[0].value) > 0.05)
  }

  @Test(
    "With an output action the average is equivariant", arguments: ["C4", "D4", "flip", "T5x5"])
  func equivariance(group: String) throws {
    let action = try #require(GroupName(group)?.action())
    let averaged = OrbitAveragedModel(
      model, over: action, outputAction: action, names: ["map"])
    let results = try measure(averaged, action, [.channelwise("map"), .latent("features")])
    expectClose(results[0].value, -1, tolerance: 1e-6)
    #expect(try #require(results[1].value) > 0.05, "Outputs that are not named stay as they are.")
    #expect(try #require(measure(model, action, [.channelwise("map")])[0].value) > -0.999)
  }

  @Test("An average over a group that interpolates is not exactly invariant")
  func interpolation() throws {
    let action = ImageAction.rotations(8)
    let results = try measure(
      OrbitAveragedModel(model, over: action), action, [.latent("features")])
    #expect(try #require(results[0].value) > 1e-4)
  }

  /// The orbit of (1, 2) under the swap is (1, 2), (2, 1); first scalars 1 and 2, mean 1.5.
  @Test func meanByHand() throws {
    let first = ClosureModel(output: "first") { batch in
      Tensor(
        shape: [batch.rowCount, 1],
        scalars: (0..<batch.rowCount).map { batch.row($0).scalars[0] })
    }
    let averaged = OrbitAveragedModel(first, over: ImageAction.reflection)
    let value = try averaged.outputs(for: Tensor(shape: [1, 1, 2], scalars: [1, 2]))
    #expect(value["first"] == Tensor(shape: [1, 1], scalars: [1.5]))
  }
}
