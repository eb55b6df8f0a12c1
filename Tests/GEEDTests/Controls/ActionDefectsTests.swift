// SPDX-License-Identifier: MIT

@testable import GEED
import Testing
import _GEEDTestSupport

@Suite struct ActionDefectsTests {
  private func measurement(_ action: ImageAction) -> DeviationMeasurement {
    DeviationMeasurement(
      of: ClosureModel(output: "x") { $0 }, on: pictures(5), under: action, probes: [.latent("x")])
  }

  @Test("Exact actions have no defect", arguments: ["flip", "C4", "D4", "T2x3", "T6x6"])
  func exact(name: String) throws {
    let action = try #require(GroupName(name)?.action())
    let defects = try #require(try measurement(action).actionDefects())
    #expect(defects.compositionDefect == 0 && defects.roundTrip == 0)
  }

  @Test("Eighth turns have one, the mean over examples of what each has")
  func rotations() throws {
    let measurement = measurement(.rotations(8))
    let defects = try #require(try measurement.actionDefects(exampleCount: 2))
    let action = try ImageAction.rotations(8).prepared(for: [3, 6, 6])
    let each = try randomExamples(2, of: 5, seed: 0).map {
      try #require(action.lawDefects(on: try measurement.dataset.example(at: $0)))
    }
    expectClose(
      defects.compositionDefect, (each[0].compositionDefect + each[1].compositionDefect) / 2,
      relative: 1e-12)
    expectClose(
      defects.meanCompositionDefect,
      (each[0].meanCompositionDefect + each[1].meanCompositionDefect) / 2,
      relative: 1e-12)
    expectClose(
      defects.roundTrip, (each[0].roundTrip + each[1].roundTrip) / 2, relative: 1e-12)
    let worst = each.max { $0.compositionDefect < $1.compositionDefect }
    #expect(defects.worstPair == worst?.worstPair)
    #expect(defects.exampleCount == 2 && defects.pairCount == 64)
  }

  /// "Turns" of C3 that double and halve: r1 and r2 undo each other, but r1 twice is ×4 and should be
  /// r2, ×½; r2 twice is ×¼ and should be r1, ×2. Defects 3.5 and 1.75, of nine pairs.
  @Test("Maps that are no action, by hand")
  func byHand() throws {
    let defects = try #require(
      try DeviationMeasurement(
        of: ClosureModel(output: "x") { $0 }, on: pictures(3), under: Doubling(),
        probes: [.latent("x")]
      ).actionDefects())
    // ‖3.5 x‖ / ‖x‖ is rounded, a few units in the last place.
    expectClose(defects.compositionDefect, 3.5, tolerance: 1e-14)
    #expect(defects.worstPair == ["r1", "r1"] && defects.roundTrip == 0)
    expectClose(defects.meanCompositionDefect, 5.25 / 9, tolerance: 1e-15)
  }

  private struct Doubling: GroupAction {
    let group = FiniteGroup.cyclic(3)

    func apply(_ g: FiniteGroup.Element, to x: [Double], shape: [Int]) -> [Double] {
      x.map { [1, 2, 0.5][g] * $0 }
    }
  }

  @Test("Large groups are sampled, the same way each time")
  func sampling() throws {
    let measurement = measurement(.rotations(60))
    let defects = try #require(try measurement.actionDefects(pairLimit: 40))
    #expect(defects.pairCount == 40)
    #expect(defects.roundTrip > 0 && defects.roundTrip <= defects.compositionDefect)
    #expect(try measurement.actionDefects(pairLimit: 40) == defects)
  }

  @Test("Pairs are not drawn from the stream that chooses the examples")
  func ownStream() throws {
    let measurement = measurement(.rotations(60))
    let defects = try #require(try measurement.actionDefects(exampleCount: 1, pairLimit: 24))
    let x = try measurement.dataset.example(
      at: randomExamples(1, of: measurement.dataset.count, seed: measurement.seed)[0])
    let action = try measurement.inputAction.prepared(for: x.shape)
    let group = try #require(action.group)
    func mean(from seed: UInt64) -> Double {
      var generator = SplitMix64(seed: seed)
      return (0..<24).reduce(0) { total, number in
        let g = generator.next(below: 60)
        var h = generator.next(below: 60)
        if number.isMultiple(of: 4) { h = group.inverse(of: g) }
        return total + action(g, action(h, x)).distance(to: action(group.product(g, h), x))
          / (24 * x.norm)
      }
    }
    #expect(abs(defects.meanCompositionDefect - mean(from: measurement.seed)) > 1e-6)
    expectClose(
      defects.meanCompositionDefect, mean(from: measurement.seed ^ 0x6465_6665_6374_7321),
      tolerance: 1e-12)
  }

  @Test("Pictures of zeros say nothing")
  func zeros() throws {
    var measurement = measurement(.rotations(8))
    measurement.dataset = ArrayDataset([Tensor(repeating: 0, shape: [3, 6, 6])])
    #expect(try measurement.actionDefects() == nil)
  }
}
