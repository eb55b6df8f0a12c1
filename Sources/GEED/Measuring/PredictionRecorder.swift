// SPDX-License-Identifier: MIT
// On the Strong Correlation Between Model Invariance and Generalization, Deng et al. 2022,
// https://arxiv.org/abs/2207.07065

import RealModule

/// What a classifier decides on the orbits of a softmax probe.
struct PredictionRecorder: Sendable {
  private let transformations: Transformations
  private let scores: ScoreKind
  private let dataset: any Dataset
  private var labels: LabelUse?
  private var agreementSum = 0.0
  private var onePredictionCount = 0
  private var effectiveInvarianceSum = 0.0
  private var correctCounts: [Int]
  private var exampleCount = 0

  /// Whether the classes of the data set are those of the model.
  private enum LabelUse {
    case usable
    case unlabeled
    case otherClasses(count: Int, largest: Int, model: Int)
  }

  init(_ transformations: Transformations, scores: ScoreKind, dataset: any Dataset) {
    self.transformations = transformations
    self.scores = scores
    self.dataset = dataset
    correctCounts = Array(repeating: 0, count: transformations.count)
  }

  /// The classes predicted for one example under every transformation, whose outputs are in
  /// consecutive rows from `firstRow` on.
  func predictions(of outputs: Tensor, firstRow: Int) -> [Prediction] {
    transformations.indices.map { prediction(of: outputs, row: firstRow + $0) }
  }

  /// Adds one example: what a model of so many classes predicted under every transformation.
  mutating func add(_ predictions: [Prediction], of example: Int, classCount: Int) {
    if labels == nil { labels = labelUse(classCount: classCount) }
    let upright = predictions[0]
    let others = predictions.dropFirst()
    let agreeing = others.filter { $0.index == upright.index }
    exampleCount += 1
    agreementSum += Double(agreeing.count) / Double(others.count)
    if agreeing.count == others.count { onePredictionCount += 1 }
    effectiveInvarianceSum +=
      agreeing.reduce(0) { $0 + (upright.confidence * $1.confidence).squareRoot() }
      / Double(others.count)
    for (g, prediction) in predictions.enumerated()
    where prediction.index == dataset.label(at: example) {
      correctCounts[g] += 1
    }
  }

  /// What has been seen so far, or `nil` for no example or a group of one element.
  ///
  /// - Parameter deviation: The softmax deviation E, in nats.
  func summary(deviation: Double) -> PredictionSummary? {
    guard exampleCount > 0, transformations.count > 1 else { return nil }
    let count = Double(exampleCount)
    return PredictionSummary(
      agreement: agreementSum / count,
      onePredictionShare: Double(onePredictionCount) / count,
      effectiveInvariance: effectiveInvarianceSum / count,
      relativeDeviation: deviation / Double.log(Double(transformations.weightedIndices.count)),
      accuracy: accuracy)
  }

  /// Why there is no accuracy, where one would be expected.
  var notes: [String] {
    guard case .otherClasses(let count, let largest, let model)? = labels else { return [] }
    return [
      "No accuracy: the data have \(count) classes, numbered up to \(largest), the model \(model)."
    ]
  }

  private var accuracy: [ElementDeviation]? {
    guard case .usable? = labels else { return nil }
    return zip(transformations.elementNames, correctCounts).map {
      ElementDeviation(element: $0, value: Double($1) / Double(exampleCount))
    }
  }

  private func labelUse(classCount: Int) -> LabelUse {
    guard let classes = dataset.classes else { return .unlabeled }
    return classes.count == classCount && classes.largest == classCount - 1
      ? .usable
      : .otherClasses(count: classes.count, largest: classes.largest, model: classCount)
  }

  private func prediction(of outputs: Tensor, row: Int) -> Prediction {
    let range = outputs.scalarRange(ofRow: row)
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: range.count) { probabilities in
      outputs.scalars.withUnsafeBufferPointer {
        scores.read(UnsafeBufferPointer(rebasing: $0[range]), into: probabilities)
      }
      let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
      return Prediction(index: best, confidence: probabilities[best])
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
