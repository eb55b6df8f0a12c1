// SPDX-License-Identifier: MIT

import GEED
import RealModule

extension ConformanceSuite {
  /// Maps with a known spread on the orbit: outputs (a, ±b).
  static let latentValues = [
    make(
      "known-noise", "ℓ₂ with a deviation and a scale that are known.",
      examples: noisy([0, 1, 2]), under: ImageAction.reflection, probe: .latent(output),
      expected: 0.375, reason: noiseReason, outputShape: [2], map: { meanAndDifference($0, 1) }),
    make(
      "features-times-10", "The unit of the features must not matter.",
      examples: noisy([0, 1, 2]), under: ImageAction.reflection, probe: .latent(output),
      expected: 0.375, reason: noiseReason + " Both are ten times as large here.",
      outputShape: [2], map: { meanAndDifference($0, 10) }),
    make(
      "known-angle", "Minus the cosine, with a scale of 1.",
      examples: (1...3).map { pair(Float($0), 0.75 * Float($0)) }, under: ImageAction.reflection,
      probe: .latentCosine(output), expected: -0.8,
      reason: """
        f(x) and f(gx) are a·(1, ±0.75), their mean is a·(1, 0), and the cosine 1/1.25. All examples \
        point in one direction, M = 1.
        """,
      outputShape: [2], map: { meanAndDifference($0, 1) }),
    make(
      "known-angle-and-scale", "Minus the cosine, divided by a scale that is not 1.",
      examples: (0..<12).map { pair(1, $0.isMultiple(of: 2) ? 0.75 : -0.75) },
      under: ImageAction.reflection, probe: .latentCosine(output), expected: -0.8 * 66 / 40.08,
      reason: """
        Cosine 0.8 as before. Six examples point one way and six the other: of 66 pairs 30 have \
        similarity 1 and 36 have 0.8² - 0.6² = 0.28, M = 40.08/66.
        """,
      outputShape: [2], map: { meanAndDifference($0, 1) }),
    make(
      "unequal-lengths", "The centroid is the mean of the features, not of their directions.",
      examples: (1...3).map { peak(Float($0), length: 2) }, under: ImageAction.reflection,
      probe: .latentCosine(output), expected: -2 / 10.0.squareRoot(),
      reason: """
        f(x) = (a, 0) and f(gx) = (0, 3a): their mean has the direction (1, 3), the cosines are \
        1/√10 and 3/√10. All examples point in one direction, M = 1.
        """,
      outputShape: [2], map: { [$0[0], 3 * $0[1]] }),
  ]

  /// Distributions with a known divergence from their mean.
  static let softmaxValues = [
    make(
      "known-divergence", "Two distributions that trade places.",
      examples: [peak(1, length: 2)], under: ImageAction.reflection,
      probe: .softmax(output, scores: .probabilities),
      expected: Double.log(2) + 0.9 * Double.log(0.9) + 0.1 * Double.log(0.1),
      reason: "(0.9, 0.1) and (0.1, 0.9): E is the entropy of the mean, ln 2, less that of each.",
      outputShape: [2], map: { [0.1 + 0.8 * $0[0], 0.1 + 0.8 * $0[1]] }),
    make(
      "maximal-orbit",
      "The largest softmax value there is: every element gives a class of its own.",
      examples: [peak(100, length: 4)], under: shifts(4), probe: .softmax(output),
      expected: Double.log(4),
      reason:
        "Four certain and different answers: their mean has entropy ln 4 = ln|G|, each has 0.",
      outputShape: [4], map: { $0 }),
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
}
