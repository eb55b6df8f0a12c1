// SPDX-License-Identifier: MIT

import GEED
import Testing

/// One test for each rule of the article Verdicts.
@Suite struct VerdictTests {
  /// A result under eight elements, with an interval and no other information.
  private func result(
    _ metric: Metric, _ low: Double, _ high: Double, examples: Int = 50,
    with change: (inout ProbeResult) -> Void = { _ in }
  ) -> ProbeResult {
    var result = ProbeResult(metric, tensor: "t")
    result.value = (low + high) / 2
    result.confidenceInterval = low...high
    result.exampleCount = examples
    result.perElement = (0..<8).map { ElementDeviation(element: "r\($0)", value: 0) }
    if metric == .softmax { result.range = 0...2 }
    change(&result)
    return result
  }

  private func verdict(_ result: ProbeResult) -> Verdict { Verdict(result, group: "C8") }

  @Test(
    "The degree is that of both ends",
    arguments: [
      (0.02, 0.08, Verdict.Degree.close, Verdict.Degree.close),
      (0.02, 0.12, .close, .partial), (0.12, 0.48, .partial, .partial),
      (0.3, 0.9, .partial, .far), (0.6, 1.5, .far, .far), (1.2, 1.7, .far, .absent),
      (1.7, 2, .absent, .absent), (0, 0.1, .exact, .close),
    ])
  func degrees(low: Double, high: Double, best: Verdict.Degree, worst: Verdict.Degree) {
    let verdict = verdict(result(.softmax, low, high))
    #expect(verdict.best == best)
    #expect(verdict.worst == worst)
  }

  @Test("Vectors that are all zero give no verdict")
  func zeroVectors() {
    let verdict = verdict(result(.channelwise, -1, -1) { $0.zeroVectorShare = 1 })
    #expect(verdict.best == nil && verdict.worst == nil)
    #expect(verdict.sentence == "No verdict: every vector that was compared is zero.")
  }

  @Test("An interval over three degrees gives no verdict")
  func undecided() {
    let verdict = verdict(result(.softmax, 0.02, 0.9, examples: 12))
    #expect(verdict.best == nil && verdict.worst == nil)
    #expect(
      verdict.sentence
        == "Cannot be told at 12 examples: the interval reaches from close to invariant under C8 to "
        + "far from invariant under C8.")
  }

  @Test("Sentences state degree, interval and reference")
  func sentences() {
    #expect(
      verdict(result(.softmax, 0.024, 0.08)).sentence
        == "Close to invariant under C8: 1.2 to 4 % of the largest possible divergence.")
    #expect(
      verdict(result(.softmax, 0.08, 0.2)).sentence
        == "Between close to invariant and partly invariant under C8: 4 to 10 % of the largest "
        + "possible divergence.")
    #expect(
      verdict(result(.channelwise, -0.9, -0.8)).sentence
        == "Partly equivariant under C8: 10 to 20 % of the way from perfect to unrelated channels.")
  }

  @Test("Latent features are compared with eight different examples")
  func latentReference() {
    // √(7/16) = 0.6614 is the deviation of eight different examples.
    let reference = (7.0 / 16).squareRoot()
    let same = verdict(result(.latent, 0.95 * reference, 1.05 * reference))
    #expect(same.best == .absent && same.worst == .absent)
    #expect(
      same.sentence
        == "As far apart in its features under C8 as different examples are: 95 to 105 % of the "
        + "deviation of different examples.")
    // For M = 0.25, the cosine of one of eight examples to their mean is √((1 + 7/4)/8) = 0.5863.
    let cosine = (2.75 / 8).squareRoot()
    let unrelated = result(.latentCosine, -1.02 * cosine / 0.25, -0.98 * cosine / 0.25) {
      $0.scale = 0.25
    }
    #expect(verdict(unrelated).worst == .absent)
    let perfect = result(.latentCosine, -4, -3.99) { $0.scale = 0.25 }
    #expect(verdict(perfect).best == .exact && verdict(perfect).worst == .close)
  }

  @Test("A channelwise deviation is measured from its floor")
  func floor() {
    let atFloor = result(.channelwise, -0.91, -0.88) { $0.floor = -0.9 }
    #expect(
      verdict(atFloor).sentence
        == "As equivariant under C8 as interpolation on its grid allows: 0 to 2.2 % of the way from "
        + "the interpolation floor to unrelated channels.")
    let above = result(.channelwise, -0.6, -0.5) { $0.floor = -0.9 }
    #expect(verdict(above).best == .far)
    #expect(verdict(result(.channelwise, -0.6, -0.5) { $0.floor = 0 }).best == nil)
  }

  @Test("The identity, which compares an output with itself, lowers the reference")
  func identity() {
    func channels(_ value: Double, count: Int) -> Verdict {
      verdict(
        result(.channelwise, value - 0.01, value + 0.01) { result in
          result.perElement = (0..<count).map {
            ElementDeviation(element: "g\($0)", value: $0 == 0 ? -1 : 0)
          }
        })
    }
    // Unrelated channels have −1/2 under a reflection and −1/8 under C8.
    #expect(
      channels(-0.5, count: 2).sentence
        == "Not equivariant under C8: 98 to 102 % of the way from perfect to unrelated channels.")
    #expect(channels(-0.125, count: 8).best == .absent)
    #expect(channels(-0.5, count: 8).worst == .far)
    let vectors = result(.equivariance, 0.70, 0.72) { result in
      result.distance = "relative-l2"
      result.perElement = [
        ElementDeviation(element: "1", value: 0), ElementDeviation(element: "s", value: 1.42),
      ]
    }
    // √2 under the reflection, 0 under the identity.
    #expect(verdict(vectors).best == .absent)
    #expect(verdict(vectors).sentence.contains(": 99 to 102 % of the way"))
  }

  @Test("Examples that are all exact say so, whatever the width of the interval")
  func exact() {
    let exact = result(.channelwise, -1, -0.85) { result in
      result.perExample = (0..<50).map {
        ExampleDeviation(index: $0, name: nil, value: -1 + 1e-8)
      }
    }
    #expect(verdict(exact).best == .exact && verdict(exact).worst == .partial)
    #expect(
      verdict(exact).sentence
        == "Equivariant under C8 to rounding on each of 50 examples. The mean of all examples is, by "
        + "the interval, at most 15 % of the way from perfect to unrelated channels.")
    var noInterval = exact
    noInterval.confidenceInterval = nil
    #expect(verdict(noInterval).best == .exact && verdict(noInterval).worst == nil)
    var rare = exact
    rare.perExample[7] = ExampleDeviation(index: 7, name: nil, value: -0.99)
    #expect(verdict(rare).best == nil)
  }

  @Test("A small deviation that is in doubt says so; a large one does not")
  func doubt() {
    let twin = "Small, but an untrained twin is just as invariant."
    let small = verdict(result(.latent, 0.01, 0.02) { $0.caveat = twin })
    #expect(small.isDoubtful)
    #expect(small.sentence.hasSuffix("of the deviation of different examples. \(twin)"))
    let large = verdict(result(.latent, 0.3, 0.4) { $0.caveat = twin })
    #expect(!large.isDoubtful && !large.sentence.contains(twin))
  }

  @Test("Without a value, an interval or a reference there is no verdict")
  func none() {
    var result = result(.latent, 0.1, 0.2)
    result.confidenceInterval = nil
    #expect(verdict(result).sentence == "Cannot be told at 50 examples: there is no interval.")
    result.value = nil
    result.notes = [.zeroScale]
    #expect(
      verdict(result).sentence
        == "No verdict, because there is no value. M = 0: all examples have the same features; no "
        + "normalized value.")
    var boundless = self.result(.softmax, 0.1, 0.2)
    boundless.range = 0...(.infinity)
    #expect(verdict(boundless).best == nil)
    let own = self.result(.latent, 0.1, 0.2) { $0.distance = "Manhattan" }
    #expect(verdict(own).sentence.hasPrefix("No verdict: there is no reference"))
  }
}
