// SPDX-License-Identifier: MIT
// On the Strong Correlation Between Model Invariance and Generalization, Deng et al. 2022,
// https://arxiv.org/abs/2207.07065

import RealModule

/// What a classifier decides on the orbits of a softmax probe.
struct PredictionRecorder: Sendable {
  private let order: Int
  private let reading: OutputReading
  private var classCount: Int?
  private var agreementSum = 0.0
  private var onePredictionCount = 0
  private var effectiveInvarianceSum = 0.0
  private var correctCounts: [Int]
  private var labeledCount = 0
  private var exampleCount = 0

  init(order: Int, reading: OutputReading) {
    self.order = order
    self.reading = reading
    correctCounts = Array(repeating: 0, count: order)
  }

  /// Adds one example: *f(gx)* for every element, in consecutive rows from `firstRow` on.
  ///
  /// - Parameter label: The example's class, where it is known.
  mutating func add(orbitOutputs outputs: Tensor, firstRow: Int, label: Int?) {
    let predictions = (0..<order).map { prediction(of: outputs, row: firstRow + $0) }
    let upright = predictions[0]
    let agreeing = predictions.dropFirst().filter { $0.index == upright.index }
    classCount = Tensor.count(of: outputs.rowShape)
    exampleCount += 1
    agreementSum += Double(agreeing.count) / Double(order - 1)
    if agreeing.count == order - 1 { onePredictionCount += 1 }
    effectiveInvarianceSum +=
      agreeing.reduce(0) { $0 + (upright.confidence * $1.confidence).squareRoot() }
      / Double(order - 1)
    guard let label else { return }
    labeledCount += 1
    for (g, prediction) in predictions.enumerated() where prediction.index == label {
      correctCounts[g] += 1
    }
  }

  /// What has been seen so far, or `nil` for no example or a group of one element.
  ///
  /// - Parameters:
  ///   - deviation: The softmax deviation E, in nats.
  ///   - elementNames: The names of the group's elements.
  func summary(deviation: Double, elementNames: [String]) -> PredictionSummary? {
    guard exampleCount > 0, order > 1 else { return nil }
    let count = Double(exampleCount)
    return PredictionSummary(
      agreement: agreementSum / count,
      onePredictionShare: Double(onePredictionCount) / count,
      effectiveInvariance: effectiveInvarianceSum / count,
      relativeDeviation: deviation / Double.log(Double(order)),
      accuracy: labeledCount == exampleCount
        ? zip(elementNames, correctCounts).map {
          ElementDeviation(element: $0, value: Double($1) / count)
        } : nil)
  }

  private func prediction(of outputs: Tensor, row: Int) -> (index: Int, confidence: Double) {
    let range = outputs.scalarRange(ofRow: row)
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: range.count) { probabilities in
      outputs.scalars.withUnsafeBufferPointer {
        reading.read(UnsafeBufferPointer(rebasing: $0[range]), into: probabilities)
      }
      let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
      return (best, probabilities[best])
    }
  }
}

/// Companions of the softmax deviation, from the same pass.
public struct PredictionSummary: Sendable, Hashable, Codable {
  /// How often the predicted class of *gx* is that of *x*, over examples and elements other than
  /// the identity; 0 to 1.
  public let agreement: Double

  /// The share of examples with one predicted class on the whole orbit; 0 to 1.
  public let onePredictionShare: Double

  /// Effective Invariance: the mean of √(p̂(x)·p̂(gx)) where the predicted classes agree, of 0 where
  /// they do not, p̂ being the probability of the predicted class; over elements other than the
  /// identity; 0 to 1.
  public let effectiveInvariance: Double

  /// E / log|G|: the deviation in units of the largest that a group of this order allows; 0 to 1.
  public let relativeDeviation: Double

  /// The share of right predictions under each element, where all classes are known.
  public let accuracy: [ElementDeviation]?
}
