// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct ClassDeviationTests {
  /// Clears the upper row of 5 × 5 images, which changes only images with values at their border.
  private static func clearUpperRow(_ batch: Tensor) -> Tensor {
    Tensor(
      shape: batch.shape,
      scalars: batch.scalars.enumerated().map { $0 % 25 < 5 ? 0 : $1 })
  }

  /// Twelve images of class 3, with values in the middle alone, and 18 of class 5.
  private func measure(_ probe: Probe, labels: [Int]? = nil) throws -> ProbeResult {
    var generator = SplitMix64(seed: 9)
    let examples = (0..<30).map { index in
      let noise = Tensor.random([1, 5, 5], using: &generator)
      guard index < 12 else { return noise }
      return Tensor(
        shape: [1, 5, 5], scalars: noise.scalars.enumerated().map { $0 == 12 ? 1 + $1 : 0 })
    }
    let labels = labels ?? (0..<30).map { $0 < 12 ? 3 : 5 }
    var measurement = DeviationMeasurement(
      of: ClosureModel(output: "f") { Self.clearUpperRow($0) },
      on: ArrayDataset(examples, labels: labels), under: ImageAction.rotations(4),
      probes: [probe])
    measurement.exampleCount = nil
    measurement.scaleExampleCount = nil
    return try measurement.run().results[0]
  }

  @Test("Each class has the mean of its examples, with an interval that is never of zero width")
  func classes() throws {
    let result = try measure(.channelwise("f"))
    let classes = try #require(result.perClass)
    #expect(classes.map(\.label) == [3, 5])
    #expect(classes.map(\.exampleCount) == [12, 18])
    // Cosines of equal vectors, rounded.
    #expect(abs(classes[0].value + 1) < 1e-12)
    #expect(classes[1].value > -0.95)
    let mean = classes.reduce(0) { $0 + $1.value * Double($1.exampleCount) } / 30
    #expect(try abs(mean - #require(result.value)) < 1e-12)
    for deviation in classes {
      let interval = try #require(deviation.confidenceInterval)
      #expect(interval.contains(deviation.value))
      #expect(interval.upperBound > interval.lowerBound + 0.05)
      #expect(interval.lowerBound >= -1 - 1e-12)
    }
  }

  @Test("A latent class is divided by the M of all examples")
  func latent() throws {
    let result = try measure(.latent("f"))
    let classes = try #require(result.perClass)
    let values = [0..<12, 12..<30].map { range in
      let members = result.perExample.filter { range.contains($0.index) }
      return members.reduce(0) { $0 + $1.value } / Double(members.count)
    }
    for (deviation, value) in zip(classes, values) {
      #expect(abs(deviation.value - value) < 1e-12)
    }
  }

  @Test("Classes of one example have no interval")
  func single() throws {
    let result = try measure(.channelwise("f"), labels: (0..<30).map { $0 == 20 ? 1 : 0 })
    let classes = try #require(result.perClass)
    #expect(classes.map(\.exampleCount) == [29, 1])
    #expect(classes[1].confidenceInterval == nil)
  }

  @Test("Results of older versions have means without intervals")
  func older() throws {
    var result = try measure(.channelwise("f"))
    let classes = result.classDeviations
    result.perClass = nil
    for (old, new) in zip(result.classDeviations, classes) {
      #expect(old.label == new.label && old.exampleCount == new.exampleCount)
      #expect(abs(old.value - new.value) < 1e-12)
      #expect(old.confidenceInterval == nil)
    }
  }
}
