// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing
import _GEEDTestSupport

@Suite struct DeviationMeasurementTests {
  // MARK: Laws

  @Test("Values are those of the estimators", arguments: ["C8", "D4", "flip", "T2x3"])
  func directUse(name: String) throws {
    let action = try #require(GroupName(name)?.action())
    var measurement = sampleMeasurement(under: action)
    measurement.exampleCount = 10
    measurement.scaleExampleCount = 25
    let result = try measurement.run()
    #expect(result.group == name)
    #expect(result.seed == 0)

    let prepared = try action.prepared(for: Self.shape)
    let chosen = randomExamples(25, of: 40, seed: 0)
    let group = action.group
    var estimators = [
      DeviationEstimator(
        outputAction: try TrivialAction(group).prepared(for: [4]), distance: .kullbackLeibler,
        scores: .logits),
      DeviationEstimator(
        outputAction: try TrivialAction(group).prepared(for: [4]), distance: .euclidean),
      DeviationEstimator(
        outputAction: try TrivialAction(group).prepared(for: [4]), distance: .negativeCosine),
      DeviationEstimator(
        outputAction: try action.prepared(for: [3, 6, 6]),
        distance: ChannelMean(of: .negativeCosine)),
    ]
    var scales = [LatentScale(.distance), LatentScale(.similarity)]
    for (position, index) in chosen.enumerated() {
      let example = try measurement.dataset.example(at: index)
      let outputs = try measurement.model.outputs(for: prepared.orbit(of: example))
      let (features, maps) = try (#require(outputs["features"]), #require(outputs["maps"]))
      for i in scales.indices { scales[i].add(features, row: 0) }
      guard position < 10 else { continue }
      for i in 0..<3 { estimators[i].add(orbitOutputs: features) }
      estimators[3].add(orbitOutputs: maps)
    }
    let estimates = try estimators.map { try #require($0.estimate) }
    let ms = try [
      1, scales.map { try #require($0.estimate).value }[0],
      scales.map { try #require($0.estimate).value }[1], 1,
    ]
    for (i, probe) in result.results.enumerated() {
      #expect(probe.unnormalized == estimates[i].value)
      #expect(probe.value == estimates[i].value / ms[i])
      #expect(probe.scale == (i == 1 || i == 2 ? ms[i] : nil))
      #expect(probe.exampleCount == 10)
      #expect(probe.perElement.map(\.element) == group.elementNames)
      #expect(probe.perElement.map(\.value) == estimates[i].perElement.map { $0 / ms[i] })
      #expect(probe.perExample.map(\.index) == Array(chosen.prefix(10)))
      #expect(probe.perExample.map(\.value) == estimates[i].perExample.map { $0 / ms[i] })
      let interval = try #require(probe.confidenceInterval)
      #expect(interval.contains(try #require(probe.value)))
      #expect(interval.lowerBound < interval.upperBound)
    }
    let positions = (0..<10).map(Optional.init)
    let ratio = try estimates[1].mean.divided(
      by: #require(scales[0].estimate), positions: positions)
    #expect(result.results[1].confidenceInterval == measurement.intervals.interval(of: ratio))
    #expect(
      result.results[0].confidenceInterval
        == measurement.intervals.interval(of: estimates[0].mean, in: estimates[0].range))
    #expect(result.results.map(\.intervalMethod) == [.betting, .bootstrap, .betting, .betting])
  }

  @Test("The batch size does not change a digit", arguments: [1, 2, 3, 5, 7, 8, 16, 100, 1000])
  func batchSizes(batchSize: Int) throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(8))
    measurement.exampleCount = 9
    measurement.scaleExampleCount = 30
    let expected = try measurement.run()
    measurement.batchSize = batchSize
    #expect(try measurement.run() == expected)
  }

  @Test("The same seed gives the same result, another seed other examples")
  func seeds() throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.exampleCount = 5
    let result = try measurement.run()
    #expect(try measurement.run() == result)
    measurement.seed = 1
    let other = try measurement.run()
    #expect(other.seed == 1)
    #expect(other.results[0].perExample.map(\.index) == randomExamples(5, of: 40, seed: 1))
    #expect(other.results[0].value != result.results[0].value)
  }

  @Test("Fewer examples are the first of more")
  func prefixes() throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.exampleCount = 20
    let many = try measurement.run().results[0].perExample
    measurement.exampleCount = 7
    #expect(try measurement.run().results[0].perExample == Array(many.prefix(7)))
  }

  @Test(
    "All examples are those that there are, however many are asked for",
    arguments: [nil, 40, 1000])
  func allExamples(count: Int?) throws {
    var measurement = sampleMeasurement(under: ImageAction.reflection)
    measurement.exampleCount = count
    measurement.scaleExampleCount = count
    let result = try measurement.run().results[1]
    #expect(result.exampleCount == 40)
    #expect(result.perExample.map(\.index).sorted() == Array(0..<40))
    #expect(result.scale == (try scaleOfAllExamples()))
  }

  @Test("M may need more, fewer, or as many examples as E", arguments: [3, 10, 39, 40])
  func scaleExamples(scaleCount: Int) throws {
    var measurement = sampleMeasurement(under: ImageAction.reflection)
    measurement.exampleCount = 10
    measurement.scaleExampleCount = scaleCount
    var scale = LatentScale(.distance)
    for index in randomExamples(scaleCount, of: 40, seed: 0) {
      let batch = Tensor.stacking([try measurement.dataset.example(at: index)])
      scale.add(try #require(measurement.model.outputs(for: batch)["features"]), row: 0)
    }
    let result = try measurement.run().results[1]
    #expect(result.scale == scale.estimate?.value)
    #expect(
      result.scaleConfidenceInterval
        == scale.estimate.flatMap {
          measurement.intervals.interval(of: $0)?.clamped(to: 0...(.infinity))
        })
    #expect(result.exampleCount == 10)
  }

  @Test("M may come from a data set of its own", arguments: [1, 4, 16])
  func scaleDataset(batchSize: Int) throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.exampleCount = 6
    measurement.batchSize = batchSize
    let own = try measurement.run().results[1]
    measurement.scaleDataset = pictures(12, seed: 99)
    var scale = LatentScale(.distance)
    for index in randomExamples(12, of: 12, seed: 0) {
      let batch = Tensor.stacking([try pictures(12, seed: 99).example(at: index)])
      scale.add(try #require(measurement.model.outputs(for: batch)["features"]), row: 0)
    }
    let other = try measurement.run().results[1]
    #expect(other.unnormalized == own.unnormalized)
    #expect(other.scale == scale.estimate?.value)
    #expect(other.scale != own.scale)
  }

  // MARK: Maps whose deviation is known

  @Test("The identity element of channelwise is exactly −1", arguments: ["C8", "D8", "C5"])
  func identityElement(name: String) throws {
    let measurement = sampleMeasurement(under: try #require(GroupName(name)?.action()))
    let result = try measurement.run().results[3]
    #expect(result.perElement[0].value == -1)
    #expect(result.perElement.dropFirst().allSatisfy { $0.value > -1 && $0.value <= 1 })
  }

  @Test(
    "Exactly equivariant models reach the floor exactly under D4",
    arguments: [1, 16])
  func equivariantModel(batchSize: Int) throws {
    let model = ClosureModel { batch in
      let values = batch.scalars.map { max(0, sin($0)) }
      let maps = Tensor(shape: batch.shape, scalars: values)
      // Sorting makes the features independent of the order of the pixels, to the bit.
      let features = (0..<batch.rowCount).map {
        Tensor(shape: [3], scalars: Array(maps.row($0).scalars.sorted(by: >).prefix(3)))
      }
      return [
        "maps": maps, "features": .stacking(features),
      ]
    }
    var measurement = DeviationMeasurement(
      of: model, on: pictures(20), under: ImageAction.rotationsAndReflections(4),
      probes: [
        .softmax("features"), .latent("features"), .latentCosine("features"),
        .channelwise("maps"),
      ])
    measurement.batchSize = batchSize
    let results = try measurement.run().results
    // Means of eight equal probabilities are exact: sums of 2, 4 and 8 equal numbers are, and the
    // others round by 1e-16 of themselves.
    expectClose(results[0].value, 0, tolerance: 1e-15)
    #expect(results[1].value == 0)
    // Nothing bounds ℓ₂, so nothing bounds what a rare example may do.
    #expect(results[1].confidenceInterval == nil)
    #expect(results[2].unnormalized == -1)
    #expect(results[3].value == -1)
    let interval = try #require(results[3].confidenceInterval)
    // ln(2/0.05)/20 of the range, which ends at 1 − 2/8, −1 being that of the identity.
    #expect(results[3].range == -1...0.75)
    #expect(interval.lowerBound == -1 && interval.upperBound > -1 + 0.16 * 1.75)
    #expect(interval.upperBound < -1 + 0.2 * 1.75)
    let orbitsArePoints = ["No F ratio: every orbit is a single point."]
    let noInterval = [
      "All 20 examples have the same deviation, which has no largest possible value: the size "
        + "of a rarer one is unknown, so there is no interval."
    ]
    #expect(
      results.dropFirst().map(\.notes.texts) == [noInterval + orbitsArePoints, orbitsArePoints, []])
    // The mean of pixels from 0 to 1 is as little a class score as it looks.
    #expect(results[0].notes.texts.map { $0.contains("All scores are from 0 to 1") } == [true])
  }

  @Test("A probe may bring its own action: lifted maps are equivariant to the regular field")
  func outputAction() throws {
    let c4 = ImageAction.rotations(4)
    let picture = try c4.prepared(for: [1, 6, 6])
    var generator = SplitMix64(seed: 50)
    let weights = Tensor.random([1, 6, 6], using: &generator)
    let model = ClosureModel(output: "lifted") { batch in
      let rows = (0..<batch.rowCount).map { row in
        Tensor.stacking(
          (0..<4).map { h in
            let moved = picture((4 - h) % 4, batch.row(row))
            return picture(
              h,
              Tensor(
                shape: [1, 6, 6], scalars: zip(moved.scalars, weights.scalars).map { $0 * $1 }))
          }
        ).reshaped(to: [4, 6, 6])
      }
      return .stacking(rows)
    }
    var measurement = DeviationMeasurement(
      of: model, on: pictures(5, channels: 1), under: c4,
      probes: [
        .channelwise("lifted", outputAction: FieldAction(c4, fieldType: .regular)),
        .channelwise("lifted"),
      ])
    measurement.exampleCount = nil
    let results = try measurement.run().results
    #expect(results[0].value == -1)
    #expect(try #require(results[1].value) > -0.9)
  }

  @Test("M reads the features as E does")
  func readingOfScale() throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    let model = measurement.model
    measurement.probes = [Probe(.latent, tensor: "features", scores: .logProbabilities)]
    let read = try measurement.run().results[0]
    measurement.model = ClosureModel(output: "features") { batch in
      let features = try #require(model.outputs(for: batch)["features"])
      return Tensor(shape: features.shape, scalars: features.scalars.map { exp($0) })
    }
    measurement.probes = [.latent("features")]
    let direct = try measurement.run().results[0]
    // The model rounds exponentials to single precision.
    expectClose(read.scale, direct.scale ?? .nan, relative: 1e-5)
    expectClose(read.value, direct.value ?? .nan, relative: 1e-5)
  }

  private func scaleOfAllExamples() throws -> Double? {
    let measurement = sampleMeasurement(under: ImageAction.reflection)
    var scale = LatentScale(.distance)
    for index in randomExamples(40, of: 40, seed: 0) {
      let batch = Tensor.stacking([try measurement.dataset.example(at: index)])
      scale.add(try #require(measurement.model.outputs(for: batch)["features"]), row: 0)
    }
    return scale.estimate?.value
  }

  static let shape = measuredShape
}
