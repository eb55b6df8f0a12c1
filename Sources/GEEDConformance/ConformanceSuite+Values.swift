// SPDX-License-Identifier: MIT

import GEED
import RealModule

extension ConformanceSuite {
  /// Maps with a known spread on the orbit: outputs (a, ±b).
  static let latentValues = [
    make(
      "known-noise", "ℓ₂ with a deviation and a scale that are known.",
      examples: noisy([0, 1, 2]), under: ImageAction.reflection, probe: .latent(output),
      expected: 0.375, reason: noiseReason, model: rowwise([2]) { meanAndDifference($0, 1) }),
    make(
      "features-times-10", "The unit of the features must not matter.",
      examples: noisy([0, 1, 2]), under: ImageAction.reflection, probe: .latent(output),
      expected: 0.375, reason: noiseReason + " Both are ten times as large here.",
      model: rowwise([2]) { meanAndDifference($0, 10) }),
    make(
      "known-angle", "Minus the cosine, with a scale of 1.",
      examples: (1...3).map { pair(Float($0), 0.75 * Float($0)) }, under: ImageAction.reflection,
      probe: .latentCosine(output), expected: -0.8,
      reason: """
        f(x) and f(gx) are a·(1, ±0.75), their mean is a·(1, 0), and the cosine 1/1.25. All examples \
        point in one direction, M = 1.
        """,
      model: rowwise([2]) { meanAndDifference($0, 1) }),
    make(
      "known-angle-and-scale", "Minus the cosine, divided by a scale that is not 1.",
      examples: (0..<12).map { pair(1, $0.isMultiple(of: 2) ? 0.75 : -0.75) },
      under: ImageAction.reflection, probe: .latentCosine(output), expected: -0.8 * 66 / 40.08,
      reason: """
        Cosine 0.8 as before. Six examples point one way and six the other: of 66 pairs 30 have \
        similarity 1 and 36 have 0.8² - 0.6² = 0.28, M = 40.08/66.
        """,
      model: rowwise([2]) { meanAndDifference($0, 1) }),
    make(
      "unequal-lengths", "The centroid is the mean of the features, not of their directions.",
      examples: (1...3).map { peak(Float($0), length: 2) }, under: ImageAction.reflection,
      probe: .latentCosine(output), expected: -2 / 10.0.squareRoot(),
      reason: """
        f(x) = (a, 0) and f(gx) = (0, 3a): their mean has the direction (1, 3), the cosines are \
        1/√10 and 3/√10. All examples point in one direction, M = 1.
        """,
      model: rowwise([2]) { [$0[0], 3 * $0[1]] }),
  ]

  /// Distributions with a known divergence from their mean.
  static let softmaxValues = [
    make(
      "known-divergence", "Two distributions that trade places.",
      examples: [peak(1, length: 2)], under: ImageAction.reflection,
      probe: .softmax(output, scores: .probabilities),
      expected: Double.log(2) + 0.9 * Double.log(0.9) + 0.1 * Double.log(0.1),
      reason: "(0.9, 0.1) and (0.1, 0.9): E is the entropy of the mean, ln 2, less that of each.",
      model: rowwise([2]) { [0.1 + 0.8 * $0[0], 0.1 + 0.8 * $0[1]] }),
    make(
      "maximal-orbit",
      "The largest softmax value there is: every element gives a class of its own.",
      examples: [peak(100, length: 4)], under: shifts(4), probe: .softmax(output),
      expected: Double.log(4),
      reason:
        "Four certain and different answers: their mean has entropy ln 4 = ln|G|, each has 0.",
      model: rowwise([4]) { $0 }),
  ]

  private static let noiseReason =
    "f(x) and f(gx) are (a, ±0.5), 0.5 from their mean; examples have a = 0, 1, 2, M = 4/3."

  /// Returns the input (a + b, a − b), which the reflection maps to (a − b, a + b).
  private static func pair(_ a: Float, _ b: Float) -> Tensor {
    Tensor(shape: [1, 2], scalars: [a + b, a - b])
  }

  private static func noisy(_ means: [Float]) -> [Tensor] {
    means.map { pair($0, 0.5) }
  }

  /// Returns (a, b) for the input (a + b, a − b), times a factor.
  @Sendable private static func meanAndDifference(_ x: [Float], _ factor: Float) -> [Float] {
    [factor * (x[0] + x[1]) / 2, factor * (x[0] - x[1]) / 2]
  }

  /// Scores other than one logit for each of several classes.
  static let scoreKinds = [
    make(
      "one-probability", "One column holds the probability of yes, and not a class score.",
      examples: [peak(1, length: 2)], under: ImageAction.reflection,
      probe: .softmax(output, scores: .bernoulli), expected: divergence(0.9),
      reason: "Yes has the probability 0.9, then 0.1: the distributions of known-divergence.",
      model: rowwise([1]) { [0.1 + 0.8 * $0[0]] }),
    make(
      "one-logit", "The same with the logit of a sigmoid; the softmax of one number is always 1.",
      examples: [peak(1, length: 2)], under: ImageAction.reflection,
      probe: .softmax(output, scores: .bernoulliLogit), expected: divergence(0.9),
      reason: "The logits ln 9 and -ln 9 stand for 0.9 and 0.1.",
      model: rowwise([1]) { [Float(Double.log(9)) * (2 * $0[0] - 1)] }),
    make(
      "independent-labels", "Labels that do not exclude each other: the mean of their divergences.",
      examples: [peak(1, length: 2)], under: ImageAction.reflection,
      probe: .softmax(output, scores: .bernoulli), expected: divergence(0.9) / 2,
      reason: "The first label is that of one-probability, the second one is always 0.7.",
      model: rowwise([2]) { [0.1 + 0.8 * $0[0], 0.7] }),
    make(
      "averaged-probabilities", "The mean of two classifiers' probabilities is a probability.",
      examples: [peak(1, length: 2)], under: ImageAction.reflection,
      probe: .softmax(output, scores: .probabilities), expected: divergence(0.7),
      reason: """
        (0.9, 0.1) and (0.1, 0.9) of the first classifier, (1/2, 1/2) of the second: the means are \
        (0.7, 0.3) and (0.3, 0.7).
        """,
      model: rowwise([2]) { [0.5 * (0.1 + 0.8 * $0[0]) + 0.25, 0.5 * (0.1 + 0.8 * $0[1]) + 0.25] }),
    make(
      "fixed-segmentation", "Classes of every pixel: the group moves them with the grid.",
      examples: arrays([1, 1, 2]), under: ImageAction.reflection,
      probe: .softmax(output, scores: .probabilities, isPerPixel: true),
      expected: 0.4 * Double.log(9),
      reason: """
        The left pixel is (0.9, 0.1) and the right one (0.1, 0.9), whatever the input. The reflection \
        swaps them, the output stays: 0.8 ln 9 at both pixels, and 0 for the identity.
        """,
      model: rowwise([2, 1, 2]) { _ in [0.9, 0.1, 0.1, 0.9] }),
  ]

  /// The mean divergence of (p, 1 − p) and (1 − p, p) from (1/2, 1/2).
  private static func divergence(_ p: Double) -> Double {
    Double.log(2) + p * Double.log(p) + (1 - p) * Double.log(1 - p)
  }
}
