// SPDX-License-Identifier: MIT

import RealModule
import Testing
import _GEEDTestSupport

@testable import GEED

@Suite struct PrecisionRuleTests {
  @Test("The chances of error of all looks add up to what was allowed")
  func spending() {
    let spent = (1...100_000).reduce(0.0) {
      $0 + 1 - LookSchedule.level(ofLook: $1, overall: 0.9)
    }
    // What the looks after the last one may spend: 0.1·6/π²/100,000.
    expectClose(spent, 0.1, tolerance: 1e-6)
    #expect(LookSchedule.level(ofLook: 1, overall: 0.95) > 0.95)
  }

  @Test("Looks come at 20 examples, and then at half as many again")
  func schedule() {
    var looks = [LookSchedule.first]
    for _ in 0..<5 { looks.append(LookSchedule.look(after: looks[looks.count - 1])) }
    #expect(looks == [20, 30, 45, 68, 102, 153])
  }

  @Test("A run stops at the first look that finds all values precise enough")
  func stopping() throws {
    var run = try measurement().start()
    var rule = PrecisionRule(relativeHalfWidth: 0.2)
    while try run.advance(), !rule.isMet(by: run) {}
    let result = rule.result(of: run)
    #expect(rule.isMet)
    #expect([153, 230, 345, 518, 777].contains(run.completedExampleCount))
    for probe in result.results {
      let (value, interval) = (try #require(probe.value), try #require(probe.confidenceInterval))
      #expect(interval.upperBound - value <= 0.2 * value)
      #expect(value - interval.lowerBound <= 0.2 * value)
      #expect(probe.exampleCount == run.completedExampleCount)
      #expect(probe.notes.texts.contains { $0.hasPrefix("Within 20.0 % of the value after") })
      // Wider than the interval of so many examples that were fixed before.
      let plain = try #require(run.result.results.first { $0.metric == probe.metric })
      let fixed = try #require(plain.confidenceInterval)
      #expect(interval.upperBound - interval.lowerBound > fixed.upperBound - fixed.lowerBound)
    }
    // One look earlier it was not precise enough.
    var shorter = measurement()
    shorter.exampleCount = run.completedExampleCount * 2 / 3
    var before = try shorter.start()
    var sameRule = PrecisionRule(relativeHalfWidth: 0.2)
    while try before.advance(), !sameRule.isMet(by: before) {}
    #expect(!sameRule.isMet)
  }

  @Test("The longer side of an interval has to be short enough")
  func longerSide() throws {
    var measurement = measurement()
    measurement.probes = [.softmax("scores")]
    measurement.exampleCount = 20
    measurement.intervalMethod = .bootstrap
    let statistic = try #require(measurement.run().results[0].statistic)
    var rule = measurement.intervals
    rule.level = LookSchedule.level(ofLook: 1, overall: rule.level)
    let interval = try #require(rule.interval(of: statistic))
    let sides = [interval.upperBound - statistic.value, statistic.value - interval.lowerBound]
      .map { $0 / statistic.value }.sorted()
    #expect(sides[1] > 1.05 * sides[0])
    for (precision, isMet) in [(sides[1] * 1.001, true), ((sides[0] + sides[1]) / 2, false)] {
      var run = try measurement.start()
      var rule = PrecisionRule(relativeHalfWidth: precision)
      while try run.advance() {}
      #expect(rule.isMet(by: run) == isMet)
    }
  }

  @Test("Cosines are negative, and may be precise")
  func negativeValues() throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.exampleCount = nil
    measurement.probes = [.channelwise("maps")]
    measurement.intervalMethod = .studentT
    var run = try measurement.start()
    var rule = PrecisionRule(relativeHalfWidth: 0.5)
    while try run.advance(), !rule.isMet(by: run) {}
    #expect(try #require(rule.result(of: run).results[0].value) < 0)
    #expect(rule.isMet && rule.lookCount == 1)
  }

  @Test("What is never precise enough takes all examples, and says so")
  func exhaustion() throws {
    var measurement = measurement()
    measurement.exampleCount = 50
    var run = try measurement.start()
    var rule = PrecisionRule(relativeHalfWidth: 1e-6)
    while try run.advance(), !rule.isMet(by: run) {}
    #expect(!rule.isMet)
    #expect(run.completedExampleCount == 50)
    // Looks at 20, 30 and 45; the result is a fourth.
    #expect(rule.lookCount == 3)
    let result = rule.result(of: run)
    #expect(result.results[0].notes.texts.contains { $0.hasPrefix("Not within") })
    #expect(result.results[0].notes.texts.contains { $0.contains("at look 4") })
  }

  @Test("A value of 0 is never precise, and its interval says what may not have come up")
  func invariance() throws {
    var measurement = measurement()
    measurement.model = ClosureModel(output: "scores") {
      Tensor(shape: [$0.rowCount, 2], scalars: Array(repeating: 0, count: 2 * $0.rowCount))
    }
    measurement.probes = [.softmax("scores")]
    var run = try measurement.start()
    var rule = PrecisionRule(relativeHalfWidth: 0.05)
    while try run.advance(), !rule.isMet(by: run) {}
    #expect(run.completedExampleCount == 2_000 && !rule.isMet)
    let result = rule.result(of: run).results[0]
    let interval = try #require(result.confidenceInterval)
    // ln(2/0.05)/2000 of ln 2, and what a sequence costs.
    #expect(interval.lowerBound == 0 && interval.upperBound > 0.00128)
    #expect(interval.upperBound < 0.00165)
    #expect(result.notes.texts.contains("The value is 0, of which no part can be reached."))
  }

  /// One example in fifty is 0.22 from its mean, and the first of these is the 40th or so.
  @Test("A run does not stop because nothing rare has come up")
  func rareFailures() throws {
    var measurement = measurement()
    var generator = SplitMix64(seed: 93)
    measurement.dataset = ArrayDataset(
      (0..<2_000).map { _ in
        Tensor(shape: [1, 1, 2], scalars: [generator.nextUnit() < 0.02 ? 1.5 : 0, 0])
      })
    measurement.probes = [.softmax("scores")]
    for method in [IntervalMethod.auto, .bootstrap, .studentT] {
      for seed in 0..<4 as Range<UInt64> {
        measurement.seed = seed
        measurement.intervalMethod = method
        measurement.batchSize = 64
        var run = try measurement.start()
        var rule = PrecisionRule(relativeHalfWidth: 0.05)
        while try run.advance(), !rule.isMet(by: run) {}
        #expect(!rule.isMet && run.completedExampleCount == 2_000)
        let result = rule.result(of: run).results[0]
        #expect(try #require(result.value) > 0)
      }
    }
  }

  @Test("M first or last, the values are the same", arguments: [1, 7, 64], [true, false])
  func order(batchSize: Int, hasScaleDataset: Bool) throws {
    var last = sampleMeasurement(under: ImageAction.rotations(4))
    last.exampleCount = 10
    last.scaleExampleCount = 25
    last.batchSize = batchSize
    if hasScaleDataset { last.scaleDataset = pictures(30, seed: 91) }
    var first = last
    first.measuresScaleFirst = true
    #expect(try first.run() == last.run())
    var run = try first.start()
    #expect(run.progress.totalInputs == 10 * 4 + 25)
    while try run.advance(), run.completedExampleCount == 0 {}
    #expect(run.result.results[1].scale != nil)
  }

  /// Scores (x, 0) swap under flip, features are (x, y) for fixed y; x is exponential.
  private func measurement() -> DeviationMeasurement {
    var generator = SplitMix64(seed: 90)
    let examples = (0..<2_000).map { _ in
      Tensor(
        shape: [1, 1, 2], scalars: [Float(-Double.log(1 - generator.nextUnit())) + 0.5, 0])
    }
    var measurement = DeviationMeasurement(
      of: ClosureModel(output: "scores") {
        Tensor(shape: [$0.rowCount, 2], scalars: $0.scalars)
      },
      on: ArrayDataset(examples), under: ImageAction.reflection,
      probes: [.softmax("scores"), .latent("scores")])
    measurement.exampleCount = nil
    measurement.scaleExampleCount = 500
    measurement.measuresScaleFirst = true
    measurement.batchSize = 2
    measurement.intervalMethod = .studentT
    return measurement
  }
}
