// SPDX-License-Identifier: MIT

#if Torch
import GEEDExperiments
import GEEDReport
import Testing

@Suite struct ClaimTests {
  /// The mean of 1, 2, 3 is 2 and its standard error 1/√3; with t = 4.302653 for two degrees of freedom
  /// the interval is 2 ± 2.484138.
  @Test func intervalByHand() throws {
    let part = ClaimPart("", [1, 2, 3], .above, 0)
    #expect(part.mean == 2)
    let interval = try #require(part.interval)
    #expect(abs(interval[0] + 0.484138) < 1e-6 && abs(interval[1] - 4.484138) < 1e-6)
    #expect(part.verdict == .notResolved)
    #expect(part.note == nil)
  }

  @Test(
    "An interval on one side decides, one on both sides does not",
    arguments: [
      (ClaimPart.Direction.above, -0.5, ClaimVerdict.holds), (.above, -0.4, .notResolved),
      (.above, 4.4, .notResolved), (.above, 4.5, .doesNotHold), (.below, -0.5, .doesNotHold),
      (.below, 0, .notResolved), (.below, 4.5, .holds),
    ])
  func verdict(direction: ClaimPart.Direction, bound: Double, expected: ClaimVerdict) {
    #expect(ClaimPart("", [1, 2, 3], direction, bound).verdict == expected)
  }

  @Test("Models that agree on the bound itself decide nothing", arguments: [0, 1.5])
  func ties(bound: Double) {
    for direction in [ClaimPart.Direction.above, .below] {
      let part = ClaimPart("", [bound, bound], direction, bound)
      #expect(part.interval == [bound, bound])
      #expect(part.verdict == .notResolved)
    }
  }

  @Test(
    "A value that does not exist decides nothing, and is counted",
    arguments: [nil, Double.nan, -.infinity])
  func missing(value: Double?) {
    let part = ClaimPart("", [1, value, 1.1], .above, 0)
    #expect(part.verdict == .notResolved)
    #expect(part.mean == nil && part.interval == nil)
    #expect(part.values == [1, nil, 1.1])
    #expect(part.note == "1 of 3 models have no value")
  }

  @Test func oneModelDecidesNothing() {
    let part = ClaimPart("", [1], .above, 0)
    #expect(part.verdict == .notResolved && part.mean == 1)
    #expect(part.note == "one model has no interval")
    #expect(ClaimPart("", [], .above).verdict == .notResolved)
  }

  @Test("A claim needs all of its parts")
  func all() {
    #expect(ClaimVerdict.all([]) == .notResolved)
    #expect(ClaimVerdict.all([.holds, .holds]) == .holds)
    #expect(ClaimVerdict.all([.holds, .notResolved]) == .notResolved)
    #expect(ClaimVerdict.all([.notResolved, .doesNotHold]) == .doesNotHold)
    #expect(ClaimVerdict.all([.doesNotHold, .holds, .notResolved]) == .doesNotHold)
  }

  @Test func aClaimCombinesItsParts() {
    let high = ClaimPart("", [1, 1.1], .above, 0)
    let low = ClaimPart("", [1, 1.1], .below, 0)
    #expect(Claim("", [high, high]).verdict == .holds)
    #expect(Claim("", [high, low]).verdict == .doesNotHold)
  }
}
#endif
