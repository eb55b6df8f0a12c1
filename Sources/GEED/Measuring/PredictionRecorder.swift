// SPDX-License-Identifier: MIT
// On the Strong Correlation Between Model Invariance and Generalization, Deng et al. 2022,
// https://arxiv.org/abs/2207.07065

import RealModule

/// The decisions of a classifier on the orbits of a softmax probe.
///
/// For one distribution the decision is the most probable class. For one Bernoulli score it is
/// class 1 if p > 1/2, otherwise class 0. For several labels it is the set of those with p > 1/2,
/// whose probability is the product over labels of max(p, 1 − p).
struct PredictionRecorder: Sendable {
  private let transformations: TransformationSet
  private let dataset: any Dataset
  private var labels: LabelUse?
  /// The number of classes, known from the first example on.
  private var classCount: Int?
  private var agreementSum = 0.0
  private var onePredictionCount = 0
  private var effectiveInvarianceSum = 0.0
  private var correctCounts: [Int]
  private var exampleCount = 0

  /// Whether the classes of the data set are those of the model.
  private enum LabelUse {
    /// The model's number of each label; `nil` if both numberings are the same.
    case usable([Int]?)
    case unlabeled
    case otherClasses(count: Int, largest: Int, model: Int)
    case severalLabels
  }

  init(_ transformations: TransformationSet, dataset: any Dataset) {
    self.transformations = transformations
    self.dataset = dataset
    correctCounts = Array(repeating: 0, count: transformations.count)
  }

  /// Returns the classes predicted for one example, whose outputs begin at `firstRow`.
  func predictions(
    of outputs: Tensor, firstRow: Int, read reader: OutputReader
  ) -> [Prediction] {
    transformations.indices.map { prediction(of: reader.read(outputs, row: firstRow + $0), reader) }
  }

  /// Adds the predictions for one example under every transformation, made with this reader.
  mutating func add(_ predictions: [Prediction], of example: Int, read reader: OutputReader) {
    if labels == nil {
      labels = labelUse(reader)
      classCount = reader.classCount
    }
    let upright = predictions[0]
    let others = predictions.dropFirst()
    let agreeing = others.filter { $0.index == upright.index }
    exampleCount += 1
    agreementSum += Double(agreeing.count) / Double(others.count)
    if agreeing.count == others.count { onePredictionCount += 1 }
    effectiveInvarianceSum +=
      agreeing.reduce(0) { $0 + (upright.confidence * $1.confidence).squareRoot() }
      / Double(others.count)
    guard case .usable(let numbers)? = labels, let label = dataset.label(at: example) else {
      return
    }
    let expected = numbers.map { $0[label] } ?? label
    for (g, prediction) in predictions.enumerated() where prediction.index == expected {
      correctCounts[g] += 1
    }
  }

  /// Returns the summary so far, or `nil` if there is no example or only one transformation.
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

  var notes: [MeasurementNote] {
    switch labels {
    case .otherClasses(let count, let largest, let model)?:
      [.otherClasses(count: count, largest: largest, modelCount: model)]
    case .severalLabels?: [.severalLabels]
    case .usable?: chanceNote
    default: []
    }
  }

  /// The number of examples from which an accuracy near that of chance is told.
  private static let fewestForChance = 20

  /// A note if no more unmoved examples are classified rightly than by chance, up to two standard errors.
  private var chanceNote: [MeasurementNote] {
    guard exampleCount >= Self.fewestForChance, let classCount, classCount > 1 else { return [] }
    let chance = 1 / Double(classCount)
    let accuracy = Double(correctCounts[0]) / Double(exampleCount)
    let error = (chance * (1 - chance) / Double(exampleCount)).squareRoot()
    guard accuracy <= chance + 2 * error else { return [] }
    return [.chanceAccuracy(accuracy, classCount: classCount)]
  }

  private var accuracy: [ElementDeviation]? {
    guard case .usable? = labels else { return nil }
    return zip(transformations.elementNames, correctCounts).map {
      ElementDeviation(element: $0, value: Double($1) / Double(exampleCount))
    }
  }

  private func labelUse(_ reader: OutputReader) -> LabelUse {
    guard let classes = dataset.classes else { return .unlabeled }
    guard reader.siteCount == 1 else { return .severalLabels }
    let classCount = reader.classCount
    if let numbers = classes.numbering?.numbers(
      classCount: classCount, largestLabel: classes.largest)
    {
      return .usable(numbers)
    }
    return classes.count == classCount && classes.largest == classCount - 1
      ? .usable(nil)
      : .otherClasses(count: classes.count, largest: classes.largest, model: classCount)
  }

  private func prediction(of probabilities: [Double], _ reader: OutputReader) -> Prediction {
    let siteCount = reader.siteCount
    var confidence = 1.0
    let decided = (0..<siteCount).map { site -> Int in
      let places = Array(stride(from: site, to: probabilities.count, by: siteCount))
      let best = places.max { probabilities[$0] < probabilities[$1] } ?? site
      confidence *= probabilities[best]
      return best / siteCount
    }
    // Sets of labels only need to be distinguished; two different sets share a hash with
    // probability 2⁻⁶⁴.
    let index =
      siteCount == 1
      ? decided[0] : Int(truncatingIfNeeded: fnv1a(decided.map(String.init).joined()))
    return Prediction(index: index, confidence: confidence)
  }
}

/// Statistics of the predictions, from the same forward pass as the softmax deviation.
public struct PredictionSummary: Sendable, Hashable, Codable {
  /// The rate at which the predicted class, or set of labels, of *gx* equals that of *x*, over
  /// examples and elements other than the identity; 0 to 1.
  public let agreement: Double

  /// The share of examples with one predicted class on the whole orbit; 0 to 1.
  public let onePredictionShare: Double

  /// Effective Invariance: the mean of √(p̂(x)·p̂(gx)) if the predicted classes agree and of 0 if
  /// they do not, where p̂ is the probability of the predicted class or set of labels; over
  /// elements other than the identity; 0 to 1.
  public let effectiveInvariance: Double

  /// E / log|G|: the deviation in units of the largest that a group of this order allows; 0 to 1.
  public let relativeDeviation: Double

  /// The share of correct predictions under each element, if all classes are known.
  public let accuracy: [ElementDeviation]?
}
