// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct SubgroupRecorderTests {
  /// The same maps of the same elements, so the same digits; M is shared.
  @Test("Deviations equal those of a run under the subgroup alone")
  func separateRuns() throws {
    let whole = try measured(under: .rotationsAndReflections(4))
    for (name, label, elements) in [
      ("C4", "C4 ⟨r1⟩", ["r0", "r1", "r2", "r3"]), ("C2", "C2 ⟨r2⟩", ["r0", "r2"]),
      ("flip", "C2 ⟨r0s⟩", ["r0", "r0s"]),
    ] {
      let alone = try measured(under: try #require(ImageAction(named: name)))
      for (result, expected) in zip(whole, alone) {
        let subgroup = try #require(result.subgroups?.first { $0.group == label })
        #expect(subgroup.elements == elements)
        #expect(subgroup.value == expected.value)
        #expect(subgroup.unnormalized == expected.unnormalized)
        #expect(subgroup.confidenceInterval?.first == expected.confidenceInterval?.lowerBound)
      }
    }
  }

  @Test("All subgroups but the trivial one and the whole are there, and only if asked for")
  func completeness() throws {
    for result in try measured(under: .rotationsAndReflections(4)) {
      #expect(result.subgroups?.count == 8)  // D4 has 10.
    }
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.exampleCount = 3
    #expect(try measurement.run().results.allSatisfy { $0.subgroups == nil })
  }

  /// KL to the mean over G splits, for a normal N, into KL to the means over the cosets of N and KL
  /// of these to their mean. For C2 in C4 the first part is the mean of two orbits under C2: that of
  /// x, which is E(f, N), and that of r1 x, which is E(f, N) on turned pictures.
  @Test("The softmax deviation splits into that of the cosets and that of the quotient")
  func chainRule() throws {
    let upright = sampleMeasurement(under: ImageAction.rotations(4))
    var turned = upright
    let turn = try ImageAction.rotations(4).prepared(for: measuredShape)
    turned.dataset = ArrayDataset(try (0..<40).map { turn(1, try upright.dataset.example(at: $0)) })
    let halves = try [upright, turned].map { measurement in
      var measurement = measurement
      measurement.inputAction = ImageAction.rotations(2)
      return try #require(measurement.run().results.first?.value)
    }
    var whole = upright
    whole.measuresSubgroups = true
    let result = try #require(try whole.run().results.first)
    let half = try #require(result.subgroups?.first)
    let quotient = try #require(half.quotientValue)
    // Means over the cosets are kept as Float: 2^-24 of probabilities below 1, in a logarithm.
    expectClose(
      result.value, (halves[0] + halves[1]) / 2 + quotient, tolerance: 1e-6)
    #expect(quotient > 0.01)
  }

  @Test("Where outputs are moved there is no quotient")
  func noQuotient() throws {
    for result in try measured(under: .rotations(4)) {
      let hasQuotient = result.subgroups?.contains { $0.quotientValue != nil }
      #expect(hasQuotient == (result.metric != .channelwise))
    }
  }

  private func measured(under action: ImageAction) throws -> [ProbeResult] {
    var measurement = sampleMeasurement(under: action)
    measurement.exampleCount = 12
    measurement.measuresSubgroups = true
    return try measurement.run().results
  }
}
