// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Synchronization
import Testing
import _GEEDTestSupport

@Suite struct DrawNoiseTests {
  /// A source of noise that is different in every call.
  private final class Noise: Sendable {
    private let generator = Mutex(SplitMix64(seed: 7))

    func added(to tensor: Tensor, size: Double) -> Tensor {
      generator.withLock { generator in
        Tensor(
          shape: tensor.shape,
          scalars: tensor.scalars.map { $0 + Float(size * generator.nextGaussian()) })
      }
    }
  }

  private func images(_ count: Int) -> ArrayDataset {
    var generator = SplitMix64(seed: 3)
    return ArrayDataset((0..<count).map { _ in .random([2, 4, 4], using: &generator) })
  }

  private func plan(_ metric: Metric, draws: Int?) -> MeasurementPlan {
    var plan = MeasurementPlan(group: .cyclic(4), probes: [PlannedProbe(metric, tensor: "f")])
    plan.exampleCount = nil
    plan.draws = draws
    return plan
  }

  /// Returns the deviation and the noise floor of a model.
  private func measure(
    _ metric: Metric, draws: Int = 1, count: Int = 40,
    _ body: @escaping @Sendable (Tensor) -> Tensor
  ) throws -> (value: Double, noise: Double, scale: Double) {
    let measurement = try plan(metric, draws: draws).measurement(
      of: ClosureModel(output: "f", body), on: images(count))
    var noise = try DrawNoise(measurement)
    while try noise.advance() {}
    let result = try measurement.run(checksIndependence: false)
      .adding(noiseFloors: noise.deviations).results[0]
    return (
      try #require(result.value), try #require(result.noiseFloor), result.scale ?? 1
    )
  }

  /// Sums over the grid, which are invariant under quarter turns.
  private static func sums(_ batch: Tensor) -> Tensor {
    Tensor(
      shape: [batch.rowCount, 2],
      scalars: (0..<batch.rowCount * 2).map { channel in
        batch.scalars[channel * 16..<(channel + 1) * 16].reduce(0, +)
      })
  }

  @Test("A model without noise has the noise floor of equal outputs", arguments: [1, 3])
  func deterministic(draws: Int) throws {
    let latent = try measure(.latent, draws: draws) { Self.sums($0) }
    #expect(latent.noise == 0)
    let turning = try measure(.channelwise, draws: draws) { $0 }
    // Cosines of equal vectors in double precision.
    #expect(abs(turning.noise + 1) < 1e-12)
    // An equivariant model is at its noise floor, another one above it.
    #expect(abs(turning.value - turning.noise) < 1e-6)
    let other = try measure(.channelwise, draws: draws) { batch in
      Tensor(shape: batch.shape, scalars: batch.scalars.indices.map { Float($0 % 32 % 7) })
    }
    #expect(abs(other.noise + 1) < 1e-12)
    #expect(other.value > -0.99)
  }

  /// Both numbers are means over 40 examples with 4 elements each, of independent draws.
  @Test("An invariant or equivariant model with noise is at its noise floor")
  func noisy() throws {
    let noise = Noise()
    let latent = try measure(.latent) { noise.added(to: Self.sums($0), size: 0.5) }
    #expect(latent.noise > 0.01)
    #expect(abs(latent.value / latent.noise - 1) < 0.15)
    let turning = try measure(.channelwise) { noise.added(to: $0, size: 0.5) }
    #expect(turning.noise > -0.95)
    #expect(abs((turning.value + 1) / (turning.noise + 1) - 1) < 0.15)
  }

  /// Noise of the mean of 16 draws is a quarter as large.
  @Test("More draws lower the noise floor")
  func draws() throws {
    let noise = Noise()
    let one = try measure(.latent) { noise.added(to: Self.sums($0), size: 0.1) }
    let sixteen = try measure(.latent, draws: 16) { noise.added(to: Self.sums($0), size: 0.1) }
    #expect(abs(one.noise / sixteen.noise - 4) < 0.8)
  }

  @Test("The mean of draws, by hand")
  func mean() throws {
    let count = Mutex(0)
    let model = ClosureModel(output: "f") { batch in
      let draw = count.withLock { count in
        count += 1
        return count
      }
      return Tensor(shape: batch.shape, scalars: batch.scalars.map { $0 + Float(draw) })
    }
    let outputs = try MeanOfDraws(model, drawCount: 4).outputs(
      for: Tensor(shape: [1, 2], scalars: [0, 10]))
    #expect(outputs["f"]?.scalars == [2.5, 12.5])
  }

  @Test("A value that is not above the noise has no verdict on the group")
  func verdict() throws {
    var result = ProbeResult(.softmax, tensor: "f")
    result.value = 0.05
    result.exampleCount = 10
    result.range = 0...1.4
    result.confidenceInterval = 0.04...0.06
    #expect(Verdict(result, group: "C4").worst != nil)
    result.noiseFloor = 0.045
    let verdict = Verdict(result, group: "C4")
    #expect(verdict.worst == nil)
    #expect(verdict.sentence.hasPrefix("Not above the deviation that the randomness"))
  }

  @Test("A plan keeps the number of draws, and leaves it out if there is none")
  func coding() throws {
    for draws in [nil, 5] {
      let data = try JSONEncoder().encode(plan(.latent, draws: draws))
      let text = String(decoding: data, as: UTF8.self)
      #expect(text.contains("draws") == (draws != nil))
    }
  }
}
