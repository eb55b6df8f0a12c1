// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// A measurement that stops when it is precise enough, on examples with a known true value.
///
/// Two class scores are swapped under flip; their difference is exponential.
struct StoppedMeasurement {
  /// The result of a run.
  struct Outcome {
    let interval: ClosedRange<Double>?
    let exampleCount: Int
    let isPrecise: Bool
  }

  /// The mean divergence over the distribution of the examples.
  let truth: Double

  init() {
    // For probabilities p and 1 − p and their mean ½, the divergence is log 2 minus the entropy. It
    // is integrated over the quantiles of the distribution.
    let count = 1_000_000
    truth =
      (0..<count).reduce(0) { total, i in
        let gap = -log(1 - (Double(i) + 0.5) / Double(count))
        let p = 1 / (1 + exp(-gap))
        return total + p * log(2 * p) + (1 - p) * (p < 1 ? log(2 * (1 - p)) : 0)
      } / Double(count)
  }

  func measure(precision: Double, seed: UInt64) throws -> Outcome {
    var generator = SplitMix64(seed: seed)
    let examples = (0..<3_000).map { _ in
      Tensor(shape: [1, 1, 2], scalars: [Float(-log(1 - generator.nextUnit())), 0])
    }
    let model = ClosureModel(output: "scores") { batch in
      Tensor(shape: [batch.rowCount, 2], scalars: batch.scalars)
    }
    var measurement = DeviationMeasurement(
      of: model, on: ArrayDataset(examples), under: ImageAction.reflection,
      probes: [.softmax("scores")])
    measurement.exampleCount = nil
    measurement.seed = seed
    measurement.intervalMethod = .bootstrap
    var rule = PrecisionRule(relativeHalfWidth: precision)
    var run = try measurement.start()
    while try run.advance(), !rule.isMet(by: run) {}
    let result = rule.result(of: run).results[0]
    return Outcome(
      interval: result.confidenceInterval, exampleCount: result.exampleCount, isPrecise: rule.isMet)
  }
}
