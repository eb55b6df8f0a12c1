// SPDX-License-Identifier: MIT

import Testing
import _GEEDTestSupport

@testable import GEED

@Suite struct SignedPermutationSearchTests {
  private static let side = 6
  private static let size = side * side

  /// Images, of which each third and fourth is black.
  private static func images(_ count: Int, seed: UInt64 = 1) -> ArrayDataset {
    var generator = SplitMix64(seed: seed)
    return ArrayDataset(
      (0..<count).map { index in
        index % 6 < 4
          ? Tensor.random([1, side, side], using: &generator)
          : Tensor(shape: [1, side, side], scalars: Array(repeating: 0, count: size))
      })
  }

  /// A place of a channel in the output, with a factor.
  private typealias Place = (channel: Int, factor: Float)

  /// Derivatives of x and of x³ along columns and rows, at places and with factors of their own. Under
  /// rotations the two of each exchange places, one of them with the opposite sign.
  private static func gradients(_ places: [Place]) -> ClosureModel {
    ClosureModel(output: "layer") { batch in
      Tensor(
        shape: [batch.rowCount, places.count, side, side],
        scalars: (0..<batch.rowCount).flatMap { row -> [Float] in
          let x = batch.row(row).scalars
          var channels = [[Float]](repeating: [], count: places.count)
          for (number, place) in places.enumerated() {
            let y = number < 2 ? x : x.map { $0 * $0 * $0 }
            func pixel(_ r: Int, _ q: Int) -> Float {
              (0..<side).contains(r) && (0..<side).contains(q) ? y[r * side + q] : 0
            }
            channels[place.channel] = (0..<size).map { i in
              let (r, q) = (i / side, i % side)
              return place.factor
                * (number % 2 == 0
                  ? pixel(r, q + 1) - pixel(r, q - 1) : pixel(r + 1, q) - pixel(r - 1, q))
            }
          }
          return channels.flatMap(\.self)
        })
    }
  }

  private func permutations(
    of model: any MeasurableModel,
    under action: any TransformationAction = ImageAction.rotations(4),
    on images: ArrayDataset = images(24), signed: Bool = true
  ) throws -> ChannelPermutations {
    var probe = Probe.channelwise("layer")
    probe.searchesPermutations = true
    probe.searchesSigns = signed
    var measurement = DeviationMeasurement(of: model, on: images, under: action, probes: [probe])
    measurement.exampleCount = nil
    let result = try measurement.run(checksIndependence: false).results[0]
    return try #require(result.permutations, "\(result.notes)")
  }

  @Test(
    "The components of gradients are found, and recovered after channels change places and signs")
  func gradients() throws {
    let plain = try permutations(of: Self.gradients([(0, 1), (1, 1), (2, 1), (3, 1)]))
    // Quarter turns of pixels are exact; unit vectors in single precision. Two black outputs are equal
    // whatever the sign.
    #expect(abs(plain.representation.value + 1) < 1e-6)
    #expect(abs(plain.representation.fitValue + 1) < 1e-6)
    #expect(plain.own == plain.representation)
    #expect(plain.relations.map(\.share) == [0])
    let turn = plain.generators[0]
    #expect(turn.representation == [1, 0, 3, 2])
    let negated = try #require(turn.negated)
    #expect(negated == [0, 2] || negated == [1, 3])
    let places: [Place] = [(2, -1), (0, 1), (1, 3), (3, -2)]
    let moved = try permutations(of: Self.gradients(places)).generators[0]
    for (number, place) in places.enumerated() {
      let image = places[turn.representation[number]]
      #expect(moved.representation[place.channel] == image.channel)
      #expect(
        try #require(moved.negated).contains(place.channel)
          == (negated.contains(number) != (place.factor * image.factor < 0)))
    }
    // Without signs, no permutation explains both components.
    let unsigned = try permutations(
      of: Self.gradients([(0, 1), (1, 1), (2, 1), (3, 1)]), signed: false)
    #expect(unsigned.representation.value > -0.9)
    #expect(unsigned.generators[0].negated == nil)
    #expect(plain.chance.value > plain.representation.value + 0.2)
  }

  @Test("Under reflection, the derivative across the axis changes its sign and stays in place")
  func reflection() throws {
    let found = try permutations(
      of: Self.gradients([(0, 1), (1, 1), (2, 1), (3, 1)]), under: ImageAction.reflection)
    #expect(found.generators[0].representation == [0, 1, 2, 3])
    #expect(found.generators[0].negated == [0, 2])
    #expect(abs(found.representation.value + 1) < 1e-6)
    #expect(found.signSummary?.contains("2 under r0s (2 with its best permutation)") ?? false)
  }

  /// Every output is noise of its own, which no signed permutation explains.
  @Test("Of noise, no signed representation is better than chance or than none", arguments: 0..<4)
  func noise(seed: UInt64) throws {
    let model = ClosureModel.noise("layer", of: [6, 4, 4], seed: seed)
    var generator = SplitMix64(seed: seed)
    let images = ArrayDataset(
      (0..<24).map { _ in Tensor.random([1, Self.side, Self.side], using: &generator) })
    let found = try permutations(of: model, on: images)
    let chance = try #require(found.chance.confidenceInterval)
    #expect(found.representation.value >= chance.lowerBound)
    #expect(found.own.value >= (try #require(found.ownChance.confidenceInterval)).lowerBound)
    // With signs the fitted examples look better than they are, even more than without.
    #expect(found.own.fitValue < found.own.value - 0.04)
    #expect(try #require(found.gain.confidenceInterval).lowerBound <= 0)
  }

  @Test("A plan can ask for signs, and says so")
  func plan() throws {
    var plan = MeasurementPlan(
      group: .cyclic(4), probes: [PlannedProbe(.channelwise, tensor: "layer")])
    plan.probes[0].searchesSigns = true
    let places: [Place] = [(0, 1), (1, 1), (2, 1), (3, 1)]
    let probe = try plan.measurement(of: Self.gradients(places), on: Self.images(4)).probes[0]
    #expect(probe.searchesPermutations && probe.searchesSigns)
  }
}
