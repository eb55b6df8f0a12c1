// SPDX-License-Identifier: MIT

import GEED
import RealModule

extension ConformanceSuite {
  /// Scores other than one logit for each of several classes.
  static let scoreKinds = [
    make(
      "one-probability", "One column holds the probability of yes, and not a class score.",
      examples: [peak(1, length: 2)], under: ImageAction.reflection,
      probe: .softmax(output, scores: .bernoulli), expected: divergence(0.9),
      reason: "Yes has the probability 0.9, then 0.1: the distributions of known-divergence.",
      outputShape: [1], map: { [0.1 + 0.8 * $0[0]] }),
    make(
      "one-logit", "The same with the logit of a sigmoid; the softmax of one number is always 1.",
      examples: [peak(1, length: 2)], under: ImageAction.reflection,
      probe: .softmax(output, scores: .bernoulliLogit), expected: divergence(0.9),
      reason: "The logits ln 9 and -ln 9 stand for 0.9 and 0.1.",
      outputShape: [1], map: { [Float(Double.log(9)) * (2 * $0[0] - 1)] }),
    make(
      "independent-labels", "Labels that do not exclude each other: the mean of their divergences.",
      examples: [peak(1, length: 2)], under: ImageAction.reflection,
      probe: .softmax(output, scores: .bernoulli), expected: divergence(0.9) / 2,
      reason: "The first label is that of one-probability, the second one is always 0.7.",
      outputShape: [2], map: { [0.1 + 0.8 * $0[0], 0.7] }),
    make(
      "averaged-probabilities", "The mean of two classifiers' probabilities is a probability.",
      examples: [peak(1, length: 2)], under: ImageAction.reflection,
      probe: .softmax(output, scores: .probabilities), expected: divergence(0.7),
      reason: """
        (0.9, 0.1) and (0.1, 0.9) of the first classifier, (1/2, 1/2) of the second: the means are \
        (0.7, 0.3) and (0.3, 0.7).
        """,
      outputShape: [2],
      map: { [0.5 * (0.1 + 0.8 * $0[0]) + 0.25, 0.5 * (0.1 + 0.8 * $0[1]) + 0.25] }),
    make(
      "fixed-segmentation", "Classes of every pixel: the group moves them with the grid.",
      examples: arrays([1, 1, 2]), under: ImageAction.reflection,
      probe: .softmax(output, scores: .probabilities, isPerPixel: true),
      expected: 0.4 * Double.log(9),
      reason: """
        The left pixel is (0.9, 0.1) and the right one (0.1, 0.9), whatever the input. The reflection \
        swaps them, the output stays: 0.8 ln 9 at both pixels, and 0 for the identity.
        """,
      outputShape: [2, 1, 2], map: { _ in [0.9, 0.1, 0.1, 0.9] }),
  ]

  /// The mean divergence of (p, 1 − p) and (1 − p, p) from (1/2, 1/2).
  private static func divergence(_ p: Double) -> Double {
    Double.log(2) + p * Double.log(p) + (1 - p) * Double.log(1 - p)
  }
}
