// SPDX-License-Identifier: MIT

import Testing
import _GEEDTestSupport

@testable import GEED

@Suite struct SampleSizePlanTests {
  /// Values 0.9 and 1.1 by turns: mean 1, standard deviation √(20/19)·0.1. t·0.1026/√n ≤ 0.02 holds
  /// from n = 104 on: t(103) = 1.98326, 1.98326·0.102598/√104 = 0.019953; for 103: 0.020052.
  @Test("A plan by hand")
  func workedByHand() {
    let plan = SampleSizePlan(pilot: pilot(), precision: 0.02, intervals: IntervalRule())
    #expect(plan.exampleCount == 104)
    // Pilot: t(19) = 2.09302, times 0.102598/√20.
    expectClose(plan.pilotPrecision, 0.048017, tolerance: 1e-5)
    // Looks at 20, 30, 45, 68, 102, 153, 230: the seventh, at level 0.99938, needs t = 3.47 or so.
    #expect(plan.stoppedExampleCount == 345)
  }

  @Test("Cosines are negative; a plan for them is that of their size")
  func negative() {
    let plan = SampleSizePlan(pilot: pilot(sign: -1), precision: 0.02, intervals: IntervalRule())
    #expect(plan.exampleCount == 104 && plan.stoppedExampleCount == 345)
    expectClose(plan.pilotPrecision, 0.048017, tolerance: 1e-5)
  }

  @Test("What M adds to the error stays, and may be too much")
  func scaleError() throws {
    let own = try #require(Estimate(pilot().perExample.map(\.value)).standardError)
    func plan(scaleError: Double) -> SampleSizePlan {
      var pilot = pilot()
      let total = (own * own + scaleError * scaleError).squareRoot()
      pilot.statistic = Estimate(
        value: 1, errorShares: Array(repeating: total / 20.0.squareRoot(), count: 20))
      return SampleSizePlan(pilot: pilot, precision: 0.02, intervals: IntervalRule())
    }
    let count = try #require(plan(scaleError: 0.007).exampleCount)
    #expect(count > 150)
    #expect(plan(scaleError: 0.011).exampleCount == nil)
  }

  @Test("There is no plan for 0, for nothing, or from one example")
  func noPlan() {
    var zero = pilot()
    zero.value = 0
    var nothing = pilot()
    nothing.value = nil
    var one = pilot()
    one.perExample = Array(one.perExample.prefix(1))
    one.statistic = Estimate([1])
    for pilot in [zero, nothing, one] {
      let plan = SampleSizePlan(pilot: pilot, precision: 0.05, intervals: IntervalRule())
      #expect(plan.exampleCount == nil && plan.pilotPrecision == nil)
    }
  }

  /// Zeros and one 0.2: about as many examples as betting needs on a sample that looks like this one.
  @Test("A plan for betting holds on more of the same numbers")
  func betting() throws {
    var pilot = pilot()
    let values = (0..<20).map { $0 == 7 ? 0.2 : 0.0 }
    pilot.value = 0.01
    pilot.statistic = Estimate(values)
    pilot.perExample = values.enumerated().map {
      ExampleDeviation(index: $0, name: nil, value: $1)
    }
    pilot.exampleRange = 0...1
    pilot.intervalMethod = .betting
    let plan = SampleSizePlan(pilot: pilot, precision: 0.5, intervals: IntervalRule())
    let count = try #require(plan.exampleCount)
    let stopped = try #require(plan.stoppedExampleCount)
    #expect(stopped > count)
    for (n, isEnough) in [(count, true), (count / 2, false)] {
      let sample = (0..<n).map { values[$0 % 20] }
      let interval = BoundedMean(in: 0...1, level: 0.95).interval(of: sample)
      let mean = Estimate(sample).value
      #expect((interval.upperBound - mean <= 0.005) == isEnough)
    }
    // By Student's t it would be far fewer, for 0.04472·1.96/0.005 squared is 307.
    #expect(count > 600)
    pilot.perExample = values.indices.map { ExampleDeviation(index: $0, name: nil, value: -1) }
    pilot.value = -1
    pilot.statistic = Estimate(Array(repeating: -1, count: 20))
    pilot.exampleRange = -1...1
    let equivariant = SampleSizePlan(pilot: pilot, precision: 0.05, intervals: IntervalRule())
    // ln(2/0.05)·2/0.05 = 148.
    #expect((148...160).contains(try #require(equivariant.exampleCount)))
  }

  private func pilot(sign: Double = 1) -> ProbeResult {
    var result = ProbeResult(.softmax("scores"))
    let values = (0..<20).map { sign * ($0.isMultiple(of: 2) ? 0.9 : 1.1) }
    result.value = sign
    result.statistic = Estimate(values)
    result.perExample = values.enumerated().map {
      ExampleDeviation(index: $0, name: nil, value: $1)
    }
    return result
  }
}
