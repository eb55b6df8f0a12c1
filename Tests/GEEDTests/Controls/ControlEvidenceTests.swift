// SPDX-License-Identifier: MIT

import Testing

@testable import GEED

@Suite struct ControlEvidenceTests {
  private func caveat(
    _ metric: Metric, _ deviation: Double, interval: ClosedRange<Double>? = nil,
    untrained: Double? = nil, untrainedInterval: ClosedRange<Double>? = nil, noise: Double? = nil,
    fRatio: Double? = nil
  ) -> String? {
    var evidence = ControlEvidence(metric, deviation: deviation, interval: interval)
    evidence.untrained = untrained
    evidence.untrainedInterval = untrainedInterval
    evidence.noiseResponse = noise
    evidence.fRatio = fRatio
    return evidence.caveat
  }

  @Test("A twin that is just as invariant")
  func twin() {
    #expect(
      caveat(.latent, 0.02, untrained: 0.03)
        == "Small, but an untrained twin is just as invariant (0.02 against 0.03): the model may "
        + "simply be insensitive.")
    #expect(caveat(.channelwise, 0.02, untrained: 0.03)?.contains("as equivariant") == true)
  }

  @Test("Twice the deviation is the limit", arguments: [(0.04, true), (0.041, false)])
  func factor(untrained: Double, isInDoubt: Bool) {
    #expect((caveat(.latent, 0.02, untrained: untrained) != nil) == isInDoubt)
    #expect((caveat(.latent, 0.02, noise: untrained) != nil) == isInDoubt)
  }

  @Test("Overlapping intervals mean just as invariant")
  func intervals() {
    #expect(
      caveat(.latent, 0.02, interval: 0...0.06, untrained: 0.07, untrainedInterval: 0.05...0.09)
        != nil)
    #expect(
      caveat(.latent, 0.02, interval: 0.01...0.03, untrained: 0.07, untrainedInterval: 0.05...0.09)
        == nil)
  }

  @Test("Noise that does just as little")
  func noise() {
    #expect(
      caveat(.softmax, 0.012, noise: 0.0123)
        == "Small, but noise of the same energy changes the output just as little (0.012 against "
        + "0.012): the model may simply be insensitive.")
  }

  @Test("Examples as close as orbits are wide")
  func fRatio() {
    #expect(
      caveat(.latentCosine, 0.01, fRatio: 1.26)
        == "Small, but different examples are hardly further apart than one and its moved copies "
        + "(F = 1.3): the features may simply say little.")
    #expect(caveat(.latentCosine, 0.01, fRatio: 2.1) == nil)
  }

  @Test("A twin's word against noise that does move the output")
  func sensitive() {
    #expect(
      caveat(.latent, 0.19, untrained: 0.00002, noise: 1.05)
        == "Small, but an untrained twin is just as invariant (0.19 against below 0.0001): the "
        + "architecture may be the reason, and not training.")
    #expect(caveat(.latent, 0.19, untrained: 0.1, noise: 0.2)?.hasSuffix("insensitive.") == true)
  }

  @Test("One sentence, the strongest")
  func strongest() {
    #expect(
      caveat(.latent, 0.02, untrained: 0.02, noise: 0.02, fRatio: 1)?.contains("twin") == true)
    #expect(
      caveat(.latent, 0.02, untrained: 0.5, noise: 0.02, fRatio: 1)?.contains("noise") == true)
    #expect(
      caveat(.latent, 0.02, untrained: 0.5, noise: 0.5, fRatio: 1)?.contains("F = 1)") == true)
  }

  @Test(
    "Deviations that are not small are not in doubt",
    arguments: zip(
      [Metric.latent, .softmax, .channelwise, .latentCosine], [0.25, 0.1, 0.1, 0.05]))
  func large(metric: Metric, limit: Double) {
    #expect(caveat(metric, limit, untrained: 0, noise: 0, fRatio: 0.1) != nil)
    #expect(caveat(metric, limit + 0.001, untrained: 0, noise: 0, fRatio: 0.1) == nil)
  }

  @Test("Without controls there is no doubt, and with those that speak for the model")
  func none() {
    #expect(caveat(.latent, 0.02) == nil)
    #expect(caveat(.latent, 0.02, untrained: 0.5, noise: 0.4, fRatio: 50) == nil)
  }

  @Test("Cosines are taken from -1, before they are divided by M")
  func cosines() throws {
    var channelwise = ProbeResult(.channelwise("a"))
    channelwise.value = -0.95
    channelwise.statistic = Estimate([-0.96, -0.94])
    let first = try #require(ControlEvidence(channelwise))
    #expect(abs(first.deviation - 0.05) < 1e-12)
    // t(1) is 12.7062, the error 0.01.
    #expect(abs((first.interval?.upperBound ?? 0) - 0.05 - 0.127062) < 1e-6)
    var cosine = ProbeResult(.latentCosine("a"))
    cosine.value = -1.5
    cosine.unnormalized = -0.75
    cosine.scale = 0.5
    cosine.noiseResponse = -1.6
    let second = try #require(ControlEvidence(cosine))
    #expect(abs(second.deviation - 0.25) < 1e-12)
    #expect(abs((second.noiseResponse ?? 0) - 0.2) < 1e-12)
  }

  @Test("An insensitive model is told by its twin")
  func measurement() throws {
    let result = try sampleMeasurement(under: ImageAction.rotations(4)).run()
    #expect(result.addingCaveats().results[1].caveat == nil)
    var small = result.results
    small[1].fRatio = nil  // or it would raise a doubt of its own
    small[1].statistic = Estimate((0..<20).map { 0.001 * Double($0) })
    small[1].value = 0.01
    small[1].fRatio = nil
    let twin = result.changingResults { $1 = small[$0] }
    #expect(twin.addingCaveats(untrained: twin).results[1].caveat?.contains("0.01") == true)
    #expect(twin.addingCaveats(untrained: result).results[1].caveat == nil)
  }
}
