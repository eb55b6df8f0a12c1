// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing
import _GEEDTestSupport

@Suite struct PredictionRecorderTests {
  /// Two classes, C2 on pictures of two pixels [a, b], which the half turn swaps; the model takes
  /// the pixels for probabilities. Example 0 is [0.8, 0.2]: class 0 upright, class 1 turned.
  /// Example 1 is [0.5, 0.5]: class 0 both times, confidence 0.5. So
  ///
  ///     agreement             (0 + 1) / 2        = 0.5
  ///     one prediction        (0 + 1) / 2        = 0.5
  ///     effective invariance  (0 + √(½ · ½)) / 2 = 0.25
  ///     accuracy of 0 and 1   r0: 1 of 2 (example 0), r1: 0 of 2
  ///     E / log 2             ((0.8 ln(0.8/0.5) + 0.2 ln(0.2/0.5)) + 0) / 2 / ln 2
  @Test("Agreement, effective invariance, accuracy and relative deviation, worked by hand")
  func byHand() throws {
    let summary = try #require(try measured(labels: [0, 1]).predictions)
    #expect(summary.agreement == 0.5)
    #expect(summary.onePredictionShare == 0.5)
    #expect(summary.effectiveInvariance == 0.25)
    let accuracy = try #require(summary.accuracy)
    #expect(accuracy.map(\.element) == ["r0", "r1"])
    #expect(accuracy.map(\.value) == [0.5, 0])
    let divergence = 0.8 * log(1.6) + 0.2 * log(0.4)
    // The pixels are Float: 0.8 is off by 1e-8.
    expectClose(summary.relativeDeviation, divergence / 2 / log(2), tolerance: 1e-7)
  }

  /// The four pixels 0.9, 0.8, 0.3 and 0.6 come to the top left corner one by one; the model takes that
  /// pixel for the probability of class 0. Three elements agree, the upright one among them.
  @Test("A larger group by hand: agreement is a share, one prediction is all or nothing")
  func fourTurns() throws {
    let model = ClosureModel(output: "probabilities") { batch in
      .stacking(
        (0..<batch.rowCount).map { row in
          let p = batch.row(row).scalars[0]
          return Tensor(shape: [2], scalars: [p, 1 - p])
        })
    }
    let measurement = DeviationMeasurement(
      of: model, on: ArrayDataset([Tensor(shape: [1, 2, 2], scalars: [0.9, 0.8, 0.3, 0.6])]),
      under: ImageAction.rotations(4),
      probes: [.softmax("probabilities", scores: .probabilities)])
    let summary = try #require(try measurement.run().results.first?.predictions)
    expectClose(summary.agreement, 2.0 / 3, tolerance: 1e-12)
    #expect(summary.onePredictionShare == 0)
    // Pixels are Float.
    let invariance = ((0.9 * 0.8).squareRoot() + (0.9 * 0.6).squareRoot()) / 3
    expectClose(summary.effectiveInvariance, invariance, tolerance: 1e-7)
  }

  @Test("Without classes, or with other classes than the model's, there is no accuracy")
  func noAccuracy() throws {
    let unlabeled = try measured(labels: nil)
    #expect(unlabeled.predictions != nil)
    #expect(unlabeled.predictions?.accuracy == nil)
    #expect(unlabeled.notes.texts.isEmpty)
    let foreign = try measured(labels: [0, 2])
    #expect(foreign.predictions?.accuracy == nil)
    #expect(
      foreign.notes.texts == [
        "No accuracy: the data have 2 classes, numbered up to 2, the model 2."
      ])
    // The larger of two classes alone may be the only class of other data.
    let single = try measured(labels: [1, 1])
    #expect(single.predictions?.accuracy == nil)
    #expect(
      single.notes.texts == ["No accuracy: the data have 1 classes, numbered up to 1, the model 2."]
    )
  }

  /// 24 images [p, 1 − p] under C4 on one pixel; the model takes p for the probability of class 0.
  @Test("An accuracy of chance is said, and a better one not")
  func chance() throws {
    let model = ClosureModel(output: "probabilities") { batch in
      Tensor(
        shape: [batch.rowCount, 2], scalars: batch.scalars.flatMap { [$0, 1 - $0] })
    }
    func notes(_ labels: [Int]) throws -> [String] {
      let images = (0..<24).map { Tensor(shape: [1, 1, 1], scalars: [$0 % 2 == 0 ? 0.9 : 0.2]) }
      var measurement = DeviationMeasurement(
        of: model, on: ArrayDataset(images, labels: labels), under: ImageAction.rotations(4),
        probes: [.softmax("probabilities", scores: .probabilities)])
      measurement.exampleCount = nil
      return try measurement.run().results[0].notes.texts
    }
    // All labels are right, half of them, and none.
    #expect(try notes((0..<24).map { $0 % 2 }).allSatisfy { !$0.contains("chance") })
    #expect(try notes((0..<24).map { $0 / 2 % 2 }).contains { $0.hasPrefix("50 % of the unmoved") })
    #expect(try notes((0..<24).map { 1 - $0 % 2 }).contains { $0.hasPrefix("0 % of the unmoved") })
  }

  @Test("Only softmax probes predict")
  func otherMetrics() throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.exampleCount = 5
    for result in try measurement.run().results {
      #expect((result.predictions != nil) == (result.metric == .softmax))
    }
  }

  private func measured(labels: [Int]?) throws -> ProbeResult {
    let pictures = [[0.8, 0.2], [0.5, 0.5]].map { (pixels: [Float]) in
      Tensor(shape: [1, 1, 2], scalars: pixels)
    }
    let model = ClosureModel(output: "probabilities") {
      $0.reshaped(to: [$0.rowCount, 2])
    }
    let measurement = DeviationMeasurement(
      of: model, on: ArrayDataset(pictures, labels: labels), under: ImageAction.rotations(2),
      probes: [.softmax("probabilities", scores: .probabilities)])
    return try #require(try measurement.run().results.first)
  }
}
