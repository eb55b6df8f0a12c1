// SPDX-License-Identifier: MIT

import Testing
import _GEEDTestSupport

@testable import GEED

@Suite struct PermutationSearchTests {
  private static let side = 6

  private static func images(_ count: Int, seed: UInt64 = 1) -> ArrayDataset {
    var generator = SplitMix64(seed: seed)
    return ArrayDataset(
      (0..<count).map { _ in Tensor.random([1, side, side], using: &generator) })
  }

  /// A layer of turned copies of filters, whose channels are in a given order: channel `order[c]` of
  /// the output is x + shift(x), with the shift turned by element `c % 4` of C4.
  private static func layer(_ order: [Int], noise: Double = 0) -> ClosureModel {
    ClosureModel(output: "layer") { batch in
      let rotation = try ImageAction.rotations(4).prepared(for: [1, side, side])
      var generator = SplitMix64(seed: 9)
      let size = side * side
      return Tensor(
        shape: [batch.rowCount, order.count, side, side],
        scalars: (0..<batch.rowCount).flatMap { row -> [Float] in
          let x = batch.row(row)
          var channels = [[Float]](repeating: [], count: order.count)
          for (c, place) in order.enumerated() {
            let back = rotation((4 - c % 4) % 4, x).scalars
            var y = [Float](repeating: 0, count: size)
            // The field c / 4 has a filter of its own.
            for i in 0..<size {
              let (r, q) = (i / side, i % side)
              y[i] = back[i] - (q > 0 ? back[i - 1] : 0) * Float(1 + c / 4)
              if r > c / 4 { y[i] += 0.5 * back[i - side * (1 + c / 4)] }
              y[i] = max(y[i], 0)
            }
            channels[place] = rotation(c % 4, Tensor(shape: [1, side, side], scalars: y)).scalars
              .map { $0 + Float(noise * generator.nextGaussian()) }
          }
          return channels.flatMap(\.self)
        })
    }
  }

  private func measurement(
    of model: any MeasurableModel,
    under action: any TransformationAction = ImageAction.rotations(4),
    on images: ArrayDataset = images(12), fields: ChannelFields? = nil
  ) -> DeviationMeasurement {
    var probe = Probe.channelwise(
      "layer", outputAction: fields.map { FieldAction(ImageAction.rotations(4), fields: $0) })
    probe.searchesPermutations = true
    var measurement = DeviationMeasurement(of: model, on: images, under: action, probes: [probe])
    measurement.exampleCount = nil
    return measurement
  }

  private func permutations(
    _ measurement: DeviationMeasurement
  ) throws -> ChannelPermutations {
    let result = try measurement.run(checksIndependence: false).results[0]
    return try #require(result.permutations, "\(result.notes)")
  }

  @Test("Regular fields are found, and recovered after the channels are shuffled")
  func fields() throws {
    let plain = try permutations(
      measurement(of: Self.layer(Array(0..<8)), fields: ChannelFields(.regular)))
    let declared = try #require(plain.declared)
    #expect(declared.agreement == 1)
    // Quarter turns of pixels are exact; cosines are those of unit vectors in single precision.
    #expect(abs(plain.representation.value + 1) < 1e-6)
    #expect(plain.declared?.deviation == plain.representation)
    #expect(plain.own == plain.representation)
    #expect(plain.relations.map(\.share) == [0])
    let order = [3, 6, 0, 7, 1, 4, 2, 5]
    let shuffled = try permutations(measurement(of: Self.layer(order)))
    #expect(abs(shuffled.representation.value - plain.representation.value) < 1e-6)
    #expect(abs(shuffled.identity.value - plain.identity.value) < 1e-6)
    for (channel, place) in order.enumerated() {
      #expect(
        shuffled.generators[0].representation[place]
          == order[plain.generators[0].representation[channel]])
    }
    #expect(shuffled.gain.value > 0.2)
    #expect(try #require(shuffled.gain.pValue) < 0.05)
    #expect(shuffled.chance.value > shuffled.representation.value + 0.2)
  }

  @Test("In place, the deviation is that of a plain probe on the same examples")
  func identity() throws {
    var measurement = measurement(of: Self.layer(Array(0..<8)))
    let result = try measurement.run(checksIndependence: false).results[0]
    let found = try #require(result.permutations)
    #expect(found.fitExampleCount == 6)
    #expect(
      found.identity.perExample.map(\.index)
        == [1, 3, 5, 7, 9, 11].map {
          result.perExample[$0].index
        })
    for example in found.identity.perExample {
      let plain = try #require(result.perExample.first { $0.index == example.index })
      // Unit vectors in single precision, against sums in double precision.
      #expect(abs(plain.value - example.value) < 1e-6)
    }
    measurement.probes[0].searchesPermutations = false
    let plain = try measurement.run(checksIndependence: false).results[0]
    #expect(plain.permutations == nil)
    #expect(plain.value == result.value)
  }

  /// −(1 + Σ over g ≠ e of the mean cosine of [f(gx)]_c and g[f(y)]_c) / |G|, where y is the measured
  /// example before x.
  @Test("In place, chance is the deviation of pairs of different examples")
  func identityChance() throws {
    let images = Self.images(12)
    let layer = Self.layer(Array(0..<4))
    let found = try permutations(measurement(of: layer, on: images))
    let rotation = try ImageAction.rotations(4).prepared(for: [1, Self.side, Self.side])
    func outputs(_ image: Tensor) throws -> [[Double]] {
      let scalars = try layer.outputs(
        for: Tensor(shape: [1, 1, Self.side, Self.side], scalars: image.scalars)
      ).output("layer").scalars
      return (0..<4).map { scalars[$0 * 36..<$0 * 36 + 36].map(Double.init) }
    }
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let measured = try found.identity.perExample.map { try images.example(at: $0.index) }
    let chance = try #require(found.identityChance)
    for (position, example) in chance.perExample.enumerated() {
      let x = measured[position]
      let y = measured[(position + measured.count - 1) % measured.count]
      var sum = 1.0
      for g in 1..<4 {
        let first = try outputs(rotation(g, x))
        let second = try outputs(y).map { channel in
          rotation(g, Tensor(shape: [1, Self.side, Self.side], scalars: channel.map(Float.init)))
            .scalars.map(Double.init)
        }
        sum += (0..<4).reduce(0) { total, c in
          let scale = (dot(first[c], first[c]) * dot(second[c], second[c])).squareRoot()
          return total + dot(first[c], second[c]) / scale / 4
        }
      }
      // Unit vectors in single precision.
      #expect(abs(example.value + sum / 4) < 1e-6)
    }
    #expect(found.rows(group: "C4").map(\.name).contains("chance, in place"))
  }

  @Test("An example stays in its half when there are more examples")
  func growth() throws {
    var few = measurement(of: Self.layer(Array(0..<4)))
    few.exampleCount = 5
    let measured = try permutations(few).identity.perExample.map(\.index)
    few.exampleCount = 12
    #expect(try permutations(few).identity.perExample.map(\.index).prefix(2) == measured[...])
  }

  @Test("Batches do not change the result", arguments: [1, 3, 7, 64])
  func batches(size: Int) throws {
    var measurement = measurement(of: Self.layer(Array(0..<8)))
    let known = try permutations(measurement)
    measurement.batchSize = size
    #expect(try permutations(measurement) == known)
  }

  /// Every output is noise of its own, which no permutation explains.
  @Test("Of noise, no representation is better than chance or than none", arguments: 0..<4)
  func noise(seed: UInt64) throws {
    let model = ClosureModel.noise("layer", of: [6, 4, 4], seed: seed)
    let found = try permutations(measurement(of: model, on: Self.images(24, seed: seed)))
    let chance = try #require(found.chance.confidenceInterval)
    #expect(found.representation.value >= chance.lowerBound)
    #expect(found.own.value >= (try #require(found.ownChance.confidenceInterval)).lowerBound)
    // On the fitted examples it looks better than it is.
    #expect(found.own.fitValue < found.own.value - 0.02)
    #expect(try #require(found.gain.confidenceInterval).lowerBound <= 0)
  }

  @Test("Dead channels are left out, and keep their places")
  func deadChannels() throws {
    let layer = Self.layer([3, 6, 0, 7, 1, 4, 2, 5])
    let model = ClosureModel(output: "layer") { batch in
      let outputs = try layer.outputs(for: batch).output("layer")
      var scalars: [Float] = []
      for row in 0..<batch.rowCount {
        scalars += Array(repeating: 0, count: 36)
        scalars += outputs.row(row).scalars
        scalars += Array(repeating: 2, count: 36)
      }
      return Tensor(shape: [batch.rowCount, 10, Self.side, Self.side], scalars: scalars)
    }
    let found = try permutations(measurement(of: model))
    #expect(found.channels == ChannelSummary(count: 10, zero: 1, constant: 1))
    #expect(found.generators[0].representation[0] == 0)
    #expect(found.generators[0].representation[9] == 9)
    #expect(abs(found.representation.value + 1) < 1e-6)
  }

  @Test("The mask is that of the metric")
  func mask() throws {
    let measurement = measurement(of: Self.layer([3, 1, 0, 2], noise: 0)).masked(by: .disc)
    let result = try measurement.run(checksIndependence: false).results[0]
    let found = try #require(result.permutations)
    for example in found.identity.perExample {
      let plain = try #require(result.perExample.first { $0.index == example.index })
      #expect(abs(plain.value - example.value) < 1e-6)
    }
  }

  @Test("Other layouts are rearranged first")
  func layout() throws {
    let layer = Self.layer(Array(0..<4))
    let last = ClosureModel(output: "layer") { batch in
      let outputs = try layer.outputs(for: batch).output("layer")
      var scalars: [Float] = []
      for row in 0..<batch.rowCount {
        for pixel in 0..<36 {
          for channel in 0..<4 { scalars.append(outputs.scalars[(row * 4 + channel) * 36 + pixel]) }
        }
      }
      return Tensor(shape: [batch.rowCount, 6, 6, 4], scalars: scalars)
    }
    var measurement = measurement(of: last)
    measurement.probes[0].layout = .nhwc
    #expect(try permutations(measurement) == permutations(self.measurement(of: layer)))
  }

  @Test("What says nothing is not reported, with the reason")
  func obstacles() throws {
    func note(_ measurement: DeviationMeasurement) throws -> String {
      let result = try measurement.run(checksIndependence: false).results[0]
      #expect(result.permutations == nil)
      #expect(result.value != nil)
      return try #require(result.notes.last).description
    }
    var few = measurement(of: Self.layer(Array(0..<4)))
    few.exampleCount = 3
    #expect(try note(few).contains("at least 4 examples"))
    let pixel = ClosureModel(output: "layer") { batch in
      Tensor(
        shape: [batch.rowCount, 2, 1, 1],
        scalars: (0..<batch.rowCount).flatMap { batch.row($0).scalars.prefix(2) })
    }
    #expect(try note(measurement(of: pixel)).contains("on a grid of 1 x 1"))
    #expect(
      try note(measurement(of: Self.layer([0]))).contains("1 of 1 channels vary"))
  }

  @Test("Groups without such generators, and other metrics, are refused")
  func refused() throws {
    for group in ["T4x4", "SO2:8:haar", "C1"] {
      var plan = MeasurementPlan(
        group: try #require(GroupName(group)), probes: [PlannedProbe(.channelwise, tensor: "layer")]
      )
      plan.probes[0].searchesPermutations = true
      #expect(throws: ProbeError.self) {
        try plan.measurement(of: Self.layer([0, 1]), on: Self.images(4))
      }
    }
    var plan = MeasurementPlan(
      group: .cyclic(4), probes: [PlannedProbe(.latent, tensor: "layer")])
    plan.probes[0].searchesPermutations = true
    #expect(throws: ProbeError.self) {
      try plan.measurement(of: Self.layer([0, 1]), on: Self.images(4))
    }
  }
}
