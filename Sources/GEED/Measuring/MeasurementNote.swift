// SPDX-License-Identifier: MIT

/// A fact that is necessary for interpreting a result, or the reason why a number does not exist.
///
/// In JSON a note is its ``description``; a note that is read from JSON is a ``text(_:)``.
public enum MeasurementNote: Sendable, Hashable {
  // MARK: Values that do not exist

  /// No example has gone through the model.
  case noExample
  /// E is infinite or NaN.
  case undefinedDeviation(Double)
  /// The reference gives a class the probability 0 at a pixel at which the output does not.
  case zeroProbabilityPixel
  /// The reference gives a class the probability 0 that the output does not.
  case zeroProbability
  /// The reference is a zero vector, and the output is not.
  case zeroReference
  /// For some element no pixel of the reference lies wholly inside the grid.
  case noWholePixel
  /// M has fewer than two examples.
  case tooFewScaleExamples(Int)
  /// M is 0.
  case zeroScale
  /// The interval of M, a mean similarity, contains 0.
  case unseparatedScale(Double, interval: ClosedRange<Double>?)

  // MARK: Intervals, floors and ratios that do not exist

  /// M is of one pair of examples.
  case unknownScaleError
  /// The error of M is too large for an interval of E/M.
  case largeScaleError
  /// All examples have the same deviation, which has no largest possible value.
  case equalDeviations(exampleCount: Int)
  /// All orbits are single points, so there is no F ratio.
  case orbitsArePoints
  /// The layer has no interpolation floor.
  case noFloor(FloorObstacle)
  /// No permutations of the channels were found.
  case noPermutations(PermutationObstacle)
  /// The numbers of classes of data and model differ, so there is no accuracy.
  case otherClasses(count: Int, largest: Int, modelCount: Int)
  /// The unmoved examples are classified no better than by chance.
  case chanceAccuracy(Double, classCount: Int)
  /// The model has several labels for each example and the data have one class.
  case severalLabels

  // MARK: The reading of outputs

  /// The tokens before the grid are left out.
  case leftOutTokens(Int)
  /// Elements that move nothing on the layer's grid.
  case kernel(count: Int, transformationCount: Int, shape: [Int])
  /// Positions at which the moved output is unknown, as a share of all, which are left out.
  case unknownPositions(share: Double)
  /// Comparisons with a zero vector.
  case zeroVectors(Int)
  /// Channels that carry no information.
  case constantChannels(ChannelSummary)
  /// The mean over pixels.
  case pixels
  /// The mean over independent labels.
  case labels(Int)
  /// The values of a tensor suggest other scores than those as which it was read.
  case suspiciousScores(tensor: String, read: ScoreKind, suggestion: ScoreKind)
  /// Probabilities that sum to 1 only roughly.
  case inexactProbabilities

  // MARK: The sample

  /// Outputs are means of random ones.
  case randomModel(draws: Int)
  /// Other random transformations would change the value.
  case sampledTransformations(count: Int, standardError: Double)
  /// Cosines to the mean of few random elements are too near invariance.
  case cosineBias(transformationCount: Int)
  /// The run has not gone through all inputs.
  case stopped(inputs: Int, of: Int, examples: Int, ofExamples: Int)
  /// The run is one of several shards.
  case shard(Shard, examples: Int, of: Int)
  /// A run with a ``PrecisionRule`` was interrupted.
  case stoppedBeforePrecision
  /// The outcome of a ``PrecisionRule``.
  case precision(PrecisionOutcome)
  /// A value of 0 has no relative precision.
  case zeroValue

  /// A note of an engine, or one that was read from JSON.
  case text(String)

  /// A reason why a layer has no interpolation floor.
  public enum FloorObstacle: Sendable, Hashable {
    /// The tensor has no grid.
    case noGrid(shape: [Int])
    /// The group does not act on the output as it acts on images.
    case otherAction
    /// All elements move nothing on the layer's grid.
    case trivialAction(transformationCount: Int, height: Int, width: Int)
  }

  /// The outcome of a ``PrecisionRule`` for one result.
  public struct PrecisionOutcome: Sendable, Hashable {
    /// The precision, in percent of the value.
    package let percent: Double
    /// Whether the interval is within the precision.
    package let isMet: Bool
    /// The number of examples.
    package let exampleCount: Int
    /// The number of the look.
    package let look: Int
    /// The level of the interval, unless it holds at all looks; `nil` if it does.
    package let level: Double?
    /// Whether there is an interval.
    package let hasInterval: Bool
  }

  /// Whether the note only restates the result's share of zero vectors, or its channels.
  package var restatesNumbers: Bool {
    switch self {
    case .zeroVectors, .constantChannels: true
    default: false
    }
  }
}

extension MeasurementNote: CustomStringConvertible {
  /// The note in one or two English sentences.
  public var description: String {
    switch self {
    case .noExample: "No example was measured."
    case .undefinedDeviation(let value): "E is \(value), which is no number to report."
    case .zeroProbabilityPixel:
      "At some pixel g·f(x) gives a class the probability 0 that f(gx) does not; scores before "
        + "they were rounded to probabilities, such as logits, do not do so."
    case .zeroProbability:
      "The moved output gives a class the probability 0 that f(gx) does not; scores before they "
        + "were rounded to probabilities, such as logits, do not do so, and the distance 'js' is "
        + "finite."
    case .zeroReference:
      "The moved output is zero and f(gx) is not, so that a distance relative to it is infinite; "
        + "the distance 'l2' is finite."
    case .unknownPositions(let share):
      "\((1000 * share).rounded() / 10) % of the positions, to which g moves values from outside "
        + "the grid, are left out (mean over elements)."
    case .noWholePixel: "For some element no pixel of g·f(x) lies wholly inside the grid."
    case .tooFewScaleExamples(let count):
      "M needs at least 2 examples, but has \(count): no normalized value."
    case .zeroScale: "M = 0: all examples have the same features; no normalized value."
    case .unseparatedScale(let value, let interval):
      "M = \(value) is not separated from 0 (interval "
        + "\(interval.map { "\($0.lowerBound) to \($0.upperBound)" } ?? "unknown")): "
        + "no normalized value."
    case .unknownScaleError:
      "M is of one pair of examples, whose error is not known: no interval."
    case .largeScaleError:
      "The error of M is too large for an interval; take more examples for M."
    case .equalDeviations(let count):
      "All \(count) examples have the same deviation, which has no largest possible "
        + "value: the size of a rarer one is unknown, so there is no interval."
    case .orbitsArePoints: "No F ratio: every orbit is a single point."
    case .noFloor(let obstacle): "No floor: \(obstacle)."
    case .noPermutations(let obstacle): "No channel permutations: \(obstacle)."
    case .otherClasses(let count, let largest, let model):
      "No accuracy: the data have \(count) classes, numbered up to \(largest), the model \(model)."
    case .chanceAccuracy(let accuracy, let classCount):
      "\(Int((100 * accuracy).rounded())) % of the unmoved examples are classified rightly, no more than by "
        + "chance with \(classCount) classes. The preprocessing (range, mean and std, order of channels or "
        + "axes) or the class numbers may not be those of the model, or it is not trained."
    case .severalLabels:
      "No accuracy: the data have one class for each example, the model several labels."
    case .leftOutTokens(1): "The token before the grid, a class token, is set aside."
    case .leftOutTokens(let count):
      "The \(count) tokens before the grid, class and register tokens, are set aside."
    case .kernel(let count, let total, let shape):
      "\(count) of \(total) elements move nothing on "
        + "\(shape.count > 1 ? "a grid" : "outputs") of shape \(shape); outputs are "
        + "compared with their mean over these."
    case .zeroVectors(let count):
      "\(count) comparisons met a zero vector, which has no direction."
    case .constantChannels(let channels): channels.description
    case .pixels:
      "The mean over the pixels of every output, but for those that g moves in from outside the "
        + "grid; no predictions are compared."
    case .labels(let count): "The mean over \(count) independent labels."
    case .suspiciousScores(let tensor, let read, let suggestion):
      Self.suspicion(tensor, read: read, suggestion)
    case .inexactProbabilities:
      "Some probabilities sum to 1 only within \(ScoreEvidence.tolerance); they were divided by "
        + "their sum."
    case .sampledTransformations(let count, let error):
      "The interval is over examples alone; other draws of \(count) transformations change the "
        + "value by about \(error) (standard error)."
    case .randomModel(let draws):
      "Outputs are means of \(draws) \(draws == 1 ? "run" : "runs") of a random model. The value "
        + "includes their noise, whose deviation alone is the noise floor, and its digits change from "
        + "run to run. Effects of other examples in the batch that are smaller than the noise of one "
        + "run were not found."
    case .cosineBias(let count):
      "Cosines to the mean of only \(count) random elements come out up to 20 % too near "
        + "invariance (2 elements), 7 % (4); with 8 it is 2 %."
    case .stopped(let inputs, let total, let examples, let exampleTotal):
      "Stopped after \(inputs) of \(total) inputs: \(examples) of \(exampleTotal) examples."
    case .shard(let shard, let count, let total):
      "Shard \(shard.index + 1) of \(shard.count): \(count) of \(total) examples."
    case .stoppedBeforePrecision: "Stopped before it was precise enough."
    case .precision(let outcome): outcome.description
    case .zeroValue: "The value is 0, of which no part can be reached."
    case .text(let text): text
    }
  }

  private static func suspicion(
    _ tensor: String, read: ScoreKind, _ suggestion: ScoreKind
  ) -> String {
    let option = "'--scores \(tensor)=\(suggestion.rawValue)'"
    return switch (read, suggestion) {
    case (.bernoulli, _):
      "The labels of every example sum to 1, as those of classes do that exclude each other; if "
        + "they do, say \(option)."
    case (.bernoulliLogit, _):
      "All scores are from 0 to 1, as probabilities are; if they are, say \(option), or they go "
        + "through a second sigmoid."
    case (_, .probabilities):
      "All distributions are at least 0 and sum to 1, as probabilities do; if they are, say "
        + "\(option), or they go through a second softmax."
    default:
      "All scores are from 0 to 1, as the probabilities of independent labels are; if they are, "
        + "say \(option)."
    }
  }
}

extension MeasurementNote.FloorObstacle: CustomStringConvertible {
  /// The reason as a clause.
  public var description: String {
    switch self {
    case .noGrid(let shape): "a tensor of shape \(shape) has no grid"
    case .otherAction: "the group does not act on the output as it acts on images"
    case .trivialAction(let count, let height, let width):
      "\(count) elements move nothing on a grid of \(height) x \(width)"
    }
  }
}

extension MeasurementNote.PrecisionOutcome: CustomStringConvertible {
  /// The outcome in one sentence.
  public var description: String {
    let made =
      level.map { "made at level \($0), so that it is valid after all looks together." }
      ?? "valid at all times, however often the run was looked at."
    return "\(isMet ? "Within" : "Not within") \(percent) % of the value after \(exampleCount) "
      + "examples, at look \(look)" + (hasInterval ? "; the interval is \(made)" : ".")
  }
}

extension MeasurementNote: Codable {
  /// Decodes a string as a ``text(_:)``.
  public init(from decoder: any Decoder) throws {
    self = .text(try decoder.singleValueContainer().decode(String.self))
  }

  /// Encodes the ``description``.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
