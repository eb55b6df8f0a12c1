// SPDX-License-Identifier: MIT

import Testing
import _GEEDTestSupport

@testable import GEED

@Suite struct SubgroupRecorderTests {
  /// The same maps of the same elements, so the same digits; M is shared.
  @Test("Deviations equal those of a run under the subgroup alone")
  func separateRuns() throws {
    let whole = try measured(under: .rotationsAndReflections(4))
    for (name, label, elements) in [
      ("C4", "C4 ⟨r1⟩", ["r0", "r1", "r2", "r3"]), ("C2", "C2 ⟨r2⟩", ["r0", "r2"]),
      ("flip", "C2 ⟨r0s⟩", ["r0", "r0s"]),
    ] {
      let alone = try measured(under: try #require(GroupName(name)?.action()))
      for (result, expected) in zip(whole, alone) {
        let subgroup = try #require(result.subgroups?.first { $0.group == label })
        #expect(subgroup.elements == elements)
        #expect(subgroup.value == expected.value)
        #expect(subgroup.unnormalized == expected.unnormalized)
        #expect(subgroup.confidenceInterval?.first == expected.confidenceInterval?.lowerBound)
      }
    }
  }

  /// C8, both kinds of D4, C4, C2, four kinds of D2 and eight reflections: each as a group of its own
  /// that acts on pictures and outputs as it does inside D8.
  @Test("Every subgroup of D8 has the digits of a run of its own")
  func everySubgroup() throws {
    let d8 = ImageAction.rotationsAndReflections(8)
    let whole = try measured(under: d8)
    let subgroups = d8.group.subgroups().filter { (2..<16).contains($0.order) }
    #expect(subgroups.count == 17)
    for (index, subgroup) in subgroups.enumerated() {
      var alone = sampleMeasurement(under: d8)
      alone.exampleCount = 12
      alone.inputAction = try restriction(of: d8, to: subgroup)
      for (result, expected) in zip(whole, try alone.run().results) {
        let part = try #require(result.subgroups?[index])
        #expect(part.elements == expected.perElement.map(\.element))
        #expect(part.value == expected.value, "\(part.group) of \(result.metric)")
        #expect(part.unnormalized == expected.unnormalized)
        let interval = try #require(expected.confidenceInterval)
        #expect(part.confidenceInterval == [interval.lowerBound, interval.upperBound])
      }
    }
  }

  /// D4 permutes the channels of "features" through its two cosets of C4: turns move nothing. Some
  /// subgroups have the kernel of the whole group, C4 and D2 have others.
  @Test("So it is where the kernel is a subgroup of its own")
  func kernelBetween() throws {
    let d4 = ImageAction.rotationsAndReflections(4)
    let turns = Subgroup(of: d4.group, generatedBy: [1])
    let channels = FieldAction(permutingChannelsBy: d4.group, fieldType: .quotient(turns))
    func measurement(under action: any GroupAction, outputs: any GroupAction)
      -> DeviationMeasurement
    {
      var measurement = sampleMeasurement(under: d4)
      measurement.exampleCount = 7
      measurement.inputAction = action
      measurement.probes = [Probe(.latent, tensor: "features", outputAction: outputs)]
      return measurement
    }
    var whole = measurement(under: d4, outputs: channels)
    whole.measuresSubgroups = true
    let parts = try #require(try whole.run().results[0].subgroups)
    for (part, subgroup) in zip(
      parts, d4.group.subgroups().filter { (2..<8).contains($0.order) })
    {
      let alone = measurement(
        under: try restriction(of: d4, to: subgroup),
        outputs: try restriction(of: channels, to: subgroup))
      #expect(part.value == (try alone.run().results[0].value), "\(part.group)")
    }
  }

  /// The action of a subgroup, as a group of its own.
  private func restriction(
    of action: any GroupAction, to subgroup: Subgroup
  ) throws -> PulledBackAction {
    PulledBackAction(
      action,
      along: try GroupHomomorphism(
        from: subgroup.group, to: action.group, images: subgroup.elements))
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
    let interval = try #require(half.quotientConfidenceInterval)
    #expect(interval[0] < quotient && quotient < interval[1])
  }

  @Test("The unit of the features does not matter to subgroups and quotients")
  func scaled() throws {
    func parts(_ factor: Float) throws -> [SubgroupDeviation] {
      var measurement = sampleMeasurement(under: ImageAction.rotations(4))
      let model = measurement.model
      measurement.measuresSubgroups = true
      measurement.probes = [.latent("features")]
      measurement.model = ClosureModel(output: "features") { batch in
        let features = try #require(model.outputs(for: batch)["features"])
        return Tensor(shape: features.shape, scalars: features.scalars.map { factor * $0 })
      }
      return try #require(try measurement.run().results[0].subgroups)
    }
    // A power of 2 rounds nothing.
    for (one, eight) in zip(try parts(1), try parts(8)) {
      #expect(one.value == eight.value && one.unnormalized == eight.unnormalized / 8)
      #expect(one.quotientValue != nil && one.quotientValue == eight.quotientValue)
      #expect(one.quotientConfidenceInterval == eight.quotientConfidenceInterval)
    }
  }

  @Test("Where outputs are moved there is no quotient")
  func noQuotient() throws {
    for result in try measured(under: .rotations(4)) {
      let hasQuotient = result.subgroups?.contains { $0.quotientValue != nil }
      #expect(hasQuotient == (result.metric != .channelwise))
    }
  }

  /// The outputs 1, 2, 5, 8 of r0, …, r3: means 3 and 5 over the cosets {r0, r2} and {r1, r3} of C2, 1
  /// from their mean 4. Without the average distances are 3, 2, 1, 4.
  @Test("The quotient of a subgroup by hand")
  func quotientByHand() throws {
    var recorder = SubgroupRecorder(
      .cyclic(4), action: try TrivialAction(.cyclic(4)).prepared(for: [1]), of: .latent("f"))
    let outputs = Tensor(shape: [4, 1], scalars: [1, 2, 5, 8])
    recorder.add(recorder.records(ofOrbitOutputs: outputs, firstRow: 0), comparisons: [])
    let half = try #require(
      recorder.results {
        ScaledDeviation(statistic: $0.mean, range: $0.range, interval: nil, method: .auto)
      }.first)
    #expect(half.quotientValue == 1)
    // Of C2 alone: 1 and 5 are 2 from their mean.
    #expect(half.value == 2 && half.group == "C2 ⟨r2⟩")
    #expect(half.confidenceInterval == nil && half.quotientConfidenceInterval == nil)
  }

  private func measured(under action: ImageAction) throws -> [ProbeResult] {
    var measurement = sampleMeasurement(under: action)
    measurement.exampleCount = 12
    measurement.measuresSubgroups = true
    return try measurement.run().results
  }
}
