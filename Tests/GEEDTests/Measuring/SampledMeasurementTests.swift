// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing
import _GEEDTestSupport

@Suite struct SampledMeasurementTests {
  private static func digits(_ count: Int, side: Int = 28) -> ArrayDataset {
    var generator = SplitMix64(seed: 50)
    return ArrayDataset((0..<count).map { _ in .random([1, side, side], using: &generator) })
  }

  /// Sends every picture through `body`.
  private static func model(
    _ body: @escaping @Sendable (Tensor) -> Tensor
  ) -> ClosureModel {
    ClosureModel(output: "y") { batch in
      .stacking((0..<batch.rowCount).map { body(batch.row($0)) })
    }
  }

  private func measure(
    _ model: ClosureModel, under family: any TransformationAction, _ probes: [Probe],
    on data: ArrayDataset = digits(6)
  ) throws -> MeasurementResult {
    var measurement = DeviationMeasurement(of: model, on: data, under: family, probes: probes)
    measurement.exampleCount = 5
    return try measurement.run()
  }

  @Test("An invariant map has deviation 0 under 100 of 784 shifts")
  func invariantUnderShifts() throws {
    let sorted = Self.model { Tensor(shape: [784], scalars: $0.scalars.sorted()) }
    let shifts = SampledImageAction.translations(100, on: [1, 28, 28], seed: 1)
    let results = try measure(sorted, under: shifts, [.latent("y"), .softmax("y")]).results
    // Sums of 100 equal numbers, divided by 100, lose a last digit.
    for result in results { expectClose(result.value, 0, tolerance: 1e-12) }
  }

  @Test("A map of sets is invariant under a sample of S50")
  func invariantUnderPermutations() throws {
    var generator = SplitMix64(seed: 51)
    let sets = ArrayDataset((0..<4).map { _ in .random([50, 3], using: &generator) })
    let largest = Self.model { set in
      Tensor(
        shape: [3],
        scalars: (0..<3).map { k in (0..<50).map { set.scalars[3 * $0 + k] }.max() ?? 0 })
    }
    let permutations = AxisPermutations.sample(
      30, ofSymmetric: 50, axis: ArrayAxis(position: 0), seed: 2)
    let result = try measure(largest, under: permutations, [.latent("y")], on: sets).results[0]
    expectClose(result.value, 0, tolerance: 1e-14)
  }

  @Test("The same g moves inputs and outputs: the identity map is equivariant")
  func identityMap() throws {
    let identity = Self.model { $0 }
    let data = Self.digits(6)
    let shifts = try measure(
      identity, under: SampledImageAction.translations(20, on: [1, 28, 28], seed: 3),
      [.channelwise("y")], on: data
    ).results[0]
    #expect(shifts.value == -1)
    // Inputs are rounded to Float, moved references are not.
    let turns = try measure(
      identity, under: SampledImageAction.rotations(20, seed: 3), [.channelwise("y")], on: data
    ).results[0]
    expectClose(turns.value, -1, tolerance: 1e-12)
  }

  @Test(
    "Cosines to the mean of few random elements are noted as biased, others are not",
    arguments: [2, 7, 8])
  func fewElements(count: Int) throws {
    // Bright pictures: their mean cosine, M, is far from 0.
    let brighter = Self.model { Tensor(shape: $0.shape, scalars: $0.scalars.map { $0 + 2 }) }
    let turns = SampledImageAction.rotations(count, seed: 3)
    for (probe, isBiased) in [
      (Probe.latentCosine("y"), count < 8), (.latent("y"), false), (.channelwise("y"), false),
    ] {
      let notes = try measure(brighter, under: turns, [probe]).results[0].notes.texts
      #expect(
        notes.contains { $0.hasPrefix("Cosines to the mean of only \(count) random") } == isBiased)
    }
    let whole = try measure(brighter, under: ImageAction.rotations(2), [.latentCosine("y")])
    #expect(!whole.results[0].notes.texts.contains { $0.hasPrefix("Cosines") })
  }

  @Test("A map that does not turn with its input is found out")
  func notEquivariant() throws {
    // White noise that stays where it is: hardly related to its own turned copy.
    var generator = SplitMix64(seed: 52)
    let noise = Tensor.random([1, 28, 28], using: &generator)
    let fixed = Self.model { _ in noise }
    let result = try measure(
      fixed, under: SampledImageAction.rotations(20, seed: 3), [.channelwise("y")]
    ).results[0]
    #expect(try #require(result.value) > -0.3)
  }

  @Test("Equal seeds give equal results; results say what was drawn")
  func determinism() throws {
    let corner = Self.model { Tensor(shape: [2], scalars: [$0.scalars[0], $0.scalars[300]]) }
    func result(seed: UInt64) throws -> MeasurementResult {
      try measure(corner, under: SampledImageAction.rotations(8, seed: seed), [.latent("y")])
    }
    let first = try result(seed: 4)
    #expect(first == (try result(seed: 4)))
    #expect(first.results[0].value != (try result(seed: 5)).results[0].value)
    #expect(first.group == "SO2:8:haar")
    #expect(first.quantity == .equivarianceDeviation)
    #expect(
      first.transformations == "8 rotations, drawn uniformly from all angles with seed 4")
    #expect(
      first.results[0].perElement.map(\.element)
        == Array(SampledImageAction.rotations(8, seed: 4).transformations.elementNames.dropFirst()))
    let values = first.results[0].perElement.map(\.value)
    expectClose(first.results[0].value, values.reduce(0, +) / 8, relative: 1e-12)
    #expect(
      first.results[0].notes.texts.contains { $0.contains("other draws of 8 transformations") })
  }

  @Test("Changes that are no group have a transformation deviation, for invariance alone")
  func transformations() throws {
    // Two brightnesses, 0 and 1, shift the mean by 1 in all: each is 0.5 from theirs.
    let mean = Self.model { Tensor(shape: [1], scalars: [$0.scalars.reduce(0, +) / 784]) }
    let brightness = ImageTransformations(.brightness, from: 0, to: 1, count: 2)
    let result = try measure(mean, under: brightness, [.latent("y")])
    #expect(result.quantity == .transformationDeviation)
    #expect(result.transformations?.contains("no group") == true)
    expectClose(result.results[0].unnormalized, 0.5, tolerance: 1e-6)  // sums of 784 Floats
    #expect(result.results[0].perElement.map(\.element) == ["brightness 0", "brightness 1"])
    // Scores (mean, 0): the identity, which does not count, is no third transformation.
    let scores = Self.model {
      Tensor(shape: [2], scalars: [$0.scalars.reduce(0, +) / 784, 0])
    }
    let softmax = try measure(scores, under: brightness, [.softmax("y")]).results[0]
    expectClose(
      softmax.predictions?.relativeDeviation, try #require(softmax.value) / log(2),
      relative: 1e-12)
  }

  @Test(
    "Equivariance under them is refused, with the way out",
    arguments: ImageTransformations.Kind.allCases)
  func refused(kind: ImageTransformations.Kind) throws {
    let family = ImageTransformations(kind, from: 0.5, to: 2)
    let probes: [Probe] = [
      .channelwise("y"), Probe(.latent, tensor: "y", outputAction: TrivialAction(.cyclic(9))),
    ]
    for probe in probes {
      let measurement = DeviationMeasurement(
        of: Self.model { $0 }, on: Self.digits(3), under: family, probes: [probe])
      let error = #expect(throws: MeasurementError.self) { _ = try measurement.start() }
      #expect(error == .noGroup(tensor: "y", family: family.transformations.name))
      #expect(error?.description.contains("latent or softmax probe") == true)
    }
  }
}
