// SPDX-License-Identifier: MIT

import Foundation
import Testing
import _GEEDTestSupport

@testable import GEED

@Suite struct ScoreKindTests {
  @Test(
    "Values and probabilities are read as they are",
    arguments: [ScoreKind.values, .probabilities])
  func asTheyAre(scores: ScoreKind) {
    #expect(read([0.25, -3, 0], scores) == [0.25, -3, 0])
  }

  /// e⁰ : e^ln 3 = 1 : 3.
  @Test("Class scores become probabilities by a softmax")
  func logits() {
    let result = read([0, Float(log(3.0))], .logits)
    // ln 3 is rounded to single precision.
    expectClose(result[0], 0.25, tolerance: 1e-7)
    expectClose(result[1], 0.75, tolerance: 1e-7)
  }

  @Test("A softmax does not mind large scores nor what is added to all of them")
  func largeLogits() {
    #expect(read([3e38, 3e38], .logits) == [0.5, 0.5])
    #expect(read([-3e38, 3e38], .logits) == [0, 1])
    #expect(read([1001, 1002, 1004], .logits) == read([1, 2, 4], .logits))
  }

  @Test("Logarithms of probabilities are raised")
  func logProbabilities() {
    let result = read([Float(log(0.25)), Float(log(0.75)), -200], .logProbabilities)
    // Logarithms are rounded to single precision.
    expectClose(result[0], 0.25, tolerance: 1e-7)
    expectClose(result[1], 0.75, tolerance: 1e-7)
    expectClose(result[2], exp(-200), relative: 1e-12)
  }

  /// σ(ln 3) = 3/4, σ(−z) = 1 − σ(z); σ(−800) is below all numbers, σ(−100) is not.
  @Test("Log-odds become probabilities by a sigmoid, whatever their size")
  func bernoulliLogits() {
    let result = read([0, Float(log(3.0)), -100, 100, -800, 800], .bernoulliLogit)
    #expect(result[0] == 0.5)
    // ln 3 is rounded to single precision.
    expectClose(result[1], 0.75, tolerance: 1e-7)
    expectClose(result[2], exp(-100), relative: 1e-12)
    #expect(Array(result[3...]) == [1, 0, 1])
  }

  @Test("A class whose score is minus infinity has probability 0")
  func maskedClass() {
    #expect(read([0, -.infinity, 0], .logits) == [0.5, 0, 0.5])
    #expect(read([-.infinity, 0], .logProbabilities) == [0, 1])
    #expect(read([-.infinity], .bernoulliLogit) == [0])
  }

  /// Two classes at three sites, class by class: (0, ln 3), (5, 5), (0, 0).
  @Test("Scores of several sites are softmaxed site by site")
  func sites() {
    let result = read([0, 5, 0, Float(log(3.0)), 5, 0], .logits, siteCount: 3)
    // ln 3 is rounded to single precision.
    expectClose(result[0], 0.25, tolerance: 1e-7)
    expectClose(result[3], 0.75, tolerance: 1e-7)
    #expect([result[1], result[2], result[4], result[5]] == [0.5, 0.5, 0.5, 0.5])
  }

  @Test("Nothing undefined becomes a probability")
  func undefined() {
    #expect(read([.nan, 1], .logits)[1].isNaN)
    #expect(read([1, .nan], .logits)[0].isNaN)
  }

  private func read(
    _ scalars: [Float], _ scores: ScoreKind, siteCount: Int = 1
  ) -> [Double] {
    [Double](unsafeUninitializedCapacity: scalars.count) { result, count in
      count = scalars.count
      scalars.withUnsafeBufferPointer { scores.read($0, into: result, siteCount: siteCount) }
    }
  }
}
