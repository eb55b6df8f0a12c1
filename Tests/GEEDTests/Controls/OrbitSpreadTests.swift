// SPDX-License-Identifier: MIT

import Testing
import _GEEDTestSupport

@testable import GEED

@Suite struct OrbitSpreadTests {
  private func spreadRatio(_ orbits: [[[Float]]]) -> VarianceRatio? {
    var spread = OrbitSpread(rows: Array(orbits[0].indices), scores: .values)
    for orbit in orbits {
      let outputs = Tensor.stacking(orbit.map { Tensor(shape: [$0.count], scalars: $0) })
      spread.add(spread.orbit(ofOutputs: outputs, firstRow: 0))
    }
    return spread.ratio
  }

  /// The groups {1, 3}, {5, 7}, {6, 8} have means 2, 6, 7 and the grand mean 5: between
  /// 2·(9 + 1 + 4)/2 = 14, within (2 + 2 + 2)/3 = 2.
  @Test("A one-way analysis of variance by hand")
  func byHand() throws {
    let ratio = try #require(spreadRatio([[[1], [3]], [[5], [7]], [[6], [8]]]))
    #expect(ratio.value == 7)
    #expect(ratio.betweenDegreesOfFreedom == 2 && ratio.withinDegreesOfFreedom == 3)
  }

  @Test("Squares are summed over coordinates, so a rotation of feature space changes nothing")
  func rotated() throws {
    // The example by hand, along (0.6, 0.8).
    let ratio = try #require(
      spreadRatio([
        [[0.6, 0.8], [1.8, 2.4]], [[3, 4], [4.2, 5.6]], [[3.6, 4.8], [4.8, 6.4]],
      ]))
    // Single-precision inputs.
    expectClose(ratio.value, 7, tolerance: 1e-5)
  }

  @Test("Orbits without a spread of their own, single examples and groups of one have no ratio")
  func undefined() {
    #expect(spreadRatio([[[1], [1]], [[2], [2]]]) == nil)
    #expect(spreadRatio([[[1], [2]]]) == nil)
    #expect(spreadRatio([[[1]], [[2]]]) == nil)
  }

  @Test("Features that have nothing to do with the example have F around 1")
  func noise() throws {
    var generator = SplitMix64(seed: 5)
    let orbits = (0..<200).map { _ in
      (0..<8).map { _ in (0..<4).map { _ in Float(generator.nextGaussian()) } }
    }
    // F of 4 independent coordinates with 199 and 1400 degrees of freedom: standard deviation
    // √(2/199/4) = 0.05; five of them.
    expectClose(try #require(spreadRatio(orbits)).value, 1, tolerance: 0.25)
  }

  @Test("A large common offset does not drown the ratio")
  func offset() throws {
    let ratio = try #require(
      spreadRatio([
        [[1_000_001], [1_000_003]], [[1_000_005], [1_000_007]], [[1_000_006], [1_000_008]],
      ]))
    expectClose(ratio.value, 7, tolerance: 1e-6)
  }

  @Test("Latent results have it, whatever the batch size", arguments: [1, 3, 16])
  func measurement(batchSize: Int) throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    let expected = try measurement.run().results.map(\.fRatio)
    #expect(expected.map { $0 != nil } == [false, true, true, false])
    #expect(expected[1] == expected[2])
    measurement.batchSize = batchSize
    #expect(try measurement.run().results.map(\.fRatio) == expected)
  }

  @Test("An invariant model has orbits that are points, and a note")
  func invariant() throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.model = ClosureModel(output: "features") { batch in
      .stacking(
        (0..<batch.rowCount).map { row in
          Tensor(shape: [1], scalars: [batch.row(row).scalars.max() ?? 0])
        })
    }
    measurement.probes = [.latent("features")]
    let result = try measurement.run().results[0]
    #expect(result.fRatio == nil && result.value == 0)
    // Nothing bounds ℓ₂, so deviations that are all 0 have no interval.
    #expect(result.confidenceInterval == nil && result.notes.texts.count == 2)
    #expect(result.notes.texts.last == "No F ratio: every orbit is a single point.")
  }
}
