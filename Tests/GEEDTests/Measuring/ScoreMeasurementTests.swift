// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing
import _GEEDTestSupport

/// Softmax probes of every kind of scores.
@Suite struct ScoreMeasurementTests {
  /// The half turn swaps the two pixels [a, b] of a picture; the model returns what it makes of a.
  private func measure(
    _ pictures: [[Float]], _ scores: ScoreKind, labels: [Int]? = nil,
    map: @escaping @Sendable ([Float]) -> [Float]
  ) throws -> ProbeResult {
    let model = ClosureModel(output: "y") { batch in
      .stacking(
        (0..<batch.rowCount).map { row in
          let y = map(batch.row(row).scalars)
          return Tensor(shape: [y.count], scalars: y)
        })
    }
    let data = ArrayDataset(
      pictures.map { Tensor(shape: [1, 1, 2], scalars: $0) }, labels: labels, name: "pictures")
    return try DeviationMeasurement(
      of: model, on: data, under: ImageAction.rotations(2), probes: [.softmax("y", scores: scores)]
    ).run().results[0]
  }

  /// KL of (1 − a, a) and (1 − b, b) to their mean, averaged.
  private func bernoulliDeviation(_ a: Double, _ b: Double) -> Double {
    let m = (a + b) / 2
    func divergence(_ p: Double) -> Double {
      (p > 0 ? p * log(p / m) : 0) + (p < 1 ? (1 - p) * log((1 - p) / (1 - m)) : 0)
    }
    return (divergence(a) + divergence(b)) / 2
  }

  @Test("One column is a distribution of yes and no")
  func singleColumn() throws {
    let (a, b) = (0.9, 0.2)
    let probability = try measure([[0.9, 0.2]], .bernoulli) { [$0[0]] }
    // Pixels are Float.
    expectClose(probability.value, bernoulliDeviation(a, b), tolerance: 1e-7)
    #expect(probability.scores == .bernoulli)
    let logits = [a, b].map { Float(log($0 / (1 - $0))) }
    let logit = try measure([logits], .bernoulliLogit) { [$0[0]] }
    expectClose(logit.value, bernoulliDeviation(a, b), tolerance: 1e-7)
    let columns = try measure([[0.9, 0.2]], .probabilities) { [1 - $0[0], $0[0]] }
    expectClose(columns.value, bernoulliDeviation(a, b), tolerance: 1e-7)
  }

  @Test("Several labels are averaged")
  func labels() throws {
    let result = try measure([[0.9, 0.2]], .bernoulli) { [$0[0], $0[1], 0.5] }
    expectClose(result.value, bernoulliDeviation(0.9, 0.2) * 2 / 3, tolerance: 1e-7)
    #expect(result.notes.texts == ["The mean over 3 independent labels."])
  }

  /// Certain answers that differ: ln 2 whatever the number of elements or labels.
  @Test("Log-odds far from 0 have the largest deviation there is", arguments: [50, 1000, 3e38])
  func largeLogits(size: Float) throws {
    let result = try measure([[size, -size]], .bernoulliLogit) { [$0[0], -$0[0]] }
    // e⁻⁵⁰ is nothing against 1.
    expectClose(result.value, log(2), tolerance: 1e-12)
    #expect(try measure([[size, size]], .bernoulliLogit) { [$0[0]] }.value == 0)
  }

  /// σ(z) and σ(−z) trade places with the classes: the same deviation, however small 1 − p is.
  @Test("Yes and no can be exchanged", arguments: [(3, 2), (40, 30), (-37, 1)])
  func exchange(a: Float, b: Float) throws {
    let yes = try measure([[a, b]], .bernoulliLogit) { [$0[0]] }
    let no = try measure([[a, b]], .bernoulliLogit) { [-$0[0]] }
    #expect(yes.value == no.value)
  }

  /// Upright 0.9, turned 0.2: yes and no. The other picture says yes twice.
  @Test("The predictions of one column are yes and no")
  func predictions() throws {
    let result = try measure([[0.9, 0.2], [0.7, 0.6]], .bernoulli, labels: [1, 0]) { [$0[0]] }
    let summary = try #require(result.predictions)
    #expect(summary.agreement == 0.5 && summary.onePredictionShare == 0.5)
    expectClose(summary.effectiveInvariance, (0.7 * 0.6).squareRoot() / 2, tolerance: 1e-7)
    #expect(summary.accuracy?.map(\.value) == [0.5, 0])
  }

  @Test("Sets of labels agree as a whole, and have no accuracy")
  func labelPredictions() throws {
    let result = try measure([[0.9, 0.2], [0.7, 0.6]], .bernoulli, labels: [1, 0]) {
      [$0[0], 0.8, 0.1]
    }
    let summary = try #require(result.predictions)
    #expect(summary.agreement == 0.5)
    let share = 0.8 * 0.9
    expectClose(
      summary.effectiveInvariance, ((0.7 * share) * (0.6 * share)).squareRoot() / 2,
      tolerance: 1e-6)
    #expect(summary.accuracy == nil)
    #expect(
      result.notes.texts.contains(
        "No accuracy: the data have one class for each example, the model several labels."))
  }

  @Test(
    "Class scores of minus infinity are probability 0; all of them, NaN and infinity are errors")
  func masked() throws {
    let masked = try measure([[1, -1]], .logits) { [$0[0], $0[1], -.infinity] }
    let plain = try measure([[1, -1]], .logits) { [$0[0], $0[1]] }
    #expect(masked.value == plain.value)
    for wrong: [Float] in [[-.infinity, -.infinity], [.infinity, 0], [.nan, 0]] {
      let error = #expect(throws: MeasurementError.self) {
        try measure([[1, -1]], .logits) { $0[0] < 0 ? wrong : [0, 0] }
      }
      let text = "\(try #require(error))"
      #expect(text.contains("'y'") && text.contains("example 0 of pictures under element r1"))
    }
    #expect(throws: MeasurementError.self) {
      try measure([[1, -1]], .probabilities) { _ in [1, -.infinity] }
    }
  }

  @Test(
    "Scores that are not what they are said to be end the measurement",
    arguments: [
      (ScoreKind.probabilities, [0.2, 0.3], "sum to 0.5"),
      (.probabilities, [1.5, -0.5], "the negative number -0.5"),
      (.probabilities, [0.7], "holds a single score, for one class, whose softmax is always 1"),
      (.probabilities, [1], "holds a single score"),
      (.logProbabilities, [0], "holds a single score"),
      (.logProbabilities, [1, 2], "whose exponentials sum to 10.11"),
      (.bernoulli, [0.2, 1.5], "holds 1.5, which is not from 0 to 1"),
      (.bernoulli, [-0.5], "holds -0.5"),
      (.logits, [0.3], "holds a single score, for one class, whose softmax is always 1"),
    ] as [(ScoreKind, [Float], String)])
  func contradicted(scores: ScoreKind, y: [Float], reason: String) throws {
    let error = #expect(throws: MeasurementError.self) {
      try measure([[1, -1]], scores) { _ in y }
    }
    let text = "\(try #require(error))"
    #expect(text.contains(reason) && text.contains("--scores y="), "\(text)")
  }

  @Test(
    "Values that look like other scores get a note",
    arguments: [
      (ScoreKind.logits, [0.2, 0.8], "say '--scores y=probabilities'"),
      (.logits, [0.2, 0.7], "say '--scores y=bernoulli'"),
      (.bernoulliLogit, [0.2], "say '--scores y=bernoulli'"),
      (.bernoulli, [0.2, 0.8], "say '--scores y=probabilities'"),
      // Rounded to eight bits.
      (.probabilities, [0.2, 0.79], "divided by their sum"),
    ] as [(ScoreKind, [Float], String)])
  func notes(scores: ScoreKind, y: [Float], note: String) throws {
    let result = try measure([[1, -1]], scores) { _ in y }
    #expect(result.notes.texts.contains { $0.contains(note) }, "\(result.notes.texts)")
    // One output that looks otherwise is enough to know better.
    let other = scores == .bernoulli ? [0.4, 0.1] : y.map { $0 + 5 }
    guard scores != .probabilities else { return }
    let mixed = try measure([[1, -1]], scores) { $0[0] > 0 ? y : other }
    #expect(!mixed.notes.texts.contains { $0.contains(note) }, "\(mixed.notes.texts)")
  }

  /// The bound holds for every scores of a whole group, so only a wrong reading can break it; here a
  /// stored record does.
  @Test("A deviation above its bound is an error")
  func bound() throws {
    for (order, classCount) in [(2, 5), (8, 3)] {
      let action = try TrivialAction(.cyclic(order)).prepared(for: [classCount])
      let estimator = DeviationEstimator(
        outputAction: action, distance: .kullbackLeibler, scores: .logits)
      #expect(estimator.range == 0...log(Double(min(order, classCount))))
    }
    let labels = DeviationEstimator(
      outputAction: try TrivialAction(.cyclic(8)).prepared(for: [5]), distance: .kullbackLeibler,
      scores: .bernoulli)
    #expect(labels.range == 0...log(2))
  }
}
