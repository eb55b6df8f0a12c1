// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct ActionDefectsTests {
  private func measurement(_ action: ImageAction) -> DeviationMeasurement {
    DeviationMeasurement(
      of: ClosureModel(output: "x") { $0 }, on: pictures(5), under: action, probes: [.latent("x")])
  }

  @Test("Exact actions have no defect", arguments: ["flip", "C4", "D4", "T2x3", "T6x6"])
  func exact(name: String) throws {
    let action = try #require(ImageAction(named: name))
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
      defects.compositionDefect, (each[0].composition + each[1].composition) / 2,
      relative: 1e-12)
    expectClose(
      defects.meanCompositionDefect, (each[0].meanComposition + each[1].meanComposition) / 2,
      relative: 1e-12)
    expectClose(
      defects.roundTrip, (each[0].roundTrip + each[1].roundTrip) / 2, relative: 1e-12)
    let worst = each.max { $0.composition < $1.composition }
    #expect(defects.worstPair == worst?.worstPair)
    #expect(defects.exampleCount == 2 && defects.pairCount == 64)
  }

  @Test("Large groups are sampled, the same way each time")
  func sampling() throws {
    let measurement = measurement(.rotations(60))
    let defects = try #require(try measurement.actionDefects(pairLimit: 40))
    #expect(defects.pairCount == 40)
    #expect(defects.roundTrip > 0 && defects.roundTrip <= defects.compositionDefect)
    #expect(try measurement.actionDefects(pairLimit: 40) == defects)
  }

  @Test("Pictures of zeros say nothing")
  func zeros() throws {
    var measurement = measurement(.rotations(8))
    measurement.dataset = ArrayDataset([Tensor(repeating: 0, shape: [3, 6, 6])])
    #expect(try measurement.actionDefects() == nil)
  }
}
