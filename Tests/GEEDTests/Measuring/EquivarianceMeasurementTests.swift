// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing
import _GEEDTestSupport

/// Probes of outputs under named actions and distances.
@Suite struct EquivarianceMeasurementTests {
  private func measure(
    _ action: String, _ distance: DistanceName = .relative, scores: ScoreKind? = nil,
    group: String = "C4", reference: DeviationReference? = nil, isPerPixel: Bool = false,
    mask: ImageMask? = nil, size: Int = 5, interpolation: Interpolation = .bilinear,
    checksIndependence: Bool = true,
    _ output: @escaping @Sendable (Tensor) -> Tensor
  ) throws -> ProbeResult {
    var generator = SplitMix64(seed: 4)
    let examples = (0..<6).map { _ in Tensor.random([1, size, size], using: &generator) }
    var probe = PlannedProbe(
      equivarianceOf: "f", under: try #require(OutputActionName(action)), distance: distance,
      scores: scores)
    probe.reference = reference
    if isPerPixel { probe.isPerPixel = true }
    var plan = MeasurementPlan(group: try #require(GroupName(group)), probes: [probe])
    plan.exampleCount = nil
    plan.mask = mask
    plan.interpolation = interpolation
    return try plan.measurement(
      of: ClosureModel(output: "f") { output($0) }, on: ArrayDataset(examples, name: "random")
    ).run(checksIndependence: checksIndependence).results[0]
  }

  /// The sums of the four quarters of 6 × 6 images, counter-clockwise from the upper right.
  private static func quarters(_ batch: Tensor) -> Tensor {
    let corners = [(0, 3), (0, 0), (3, 0), (3, 3)]
    return Tensor(
      shape: [batch.rowCount, 4],
      scalars: (0..<batch.rowCount).flatMap { row in
        corners.map { top, left in
          (0..<9).reduce(Float(0)) {
            $0 + batch.scalars[row * 36 + (top + $1 / 3) * 6 + left + $1 % 3]
          }
        }
      })
  }

  @Test(
    "Exactly equivariant maps score the value of equal outputs", arguments: DistanceName.allCases)
  func exact(distance: DistanceName) throws {
    let scores: ScoreKind? = distance.comparesDistributions ? .logits : nil
    let equal = distance == .cosine ? -1.0 : 0
    // Sums of nine numbers in another order.
    let tolerance = distance == .mismatch ? 0 : 1e-5
    let result = try measure("permute:1,2,3,0", distance, scores: scores, size: 6) {
      Self.quarters($0)
    }
    #expect(abs(try #require(result.value) - equal) <= tolerance)
    // The other direction of rotation is not equivariant.
    let wrong = try measure("permute:3,0,1,2", distance, scores: scores, size: 6) {
      Self.quarters($0)
    }
    #expect(try #require(wrong.value) > equal + 0.01)
    #expect(result.metric == .equivariance && result.action == "permute:1,2,3,0")
    #expect(result.distance == distance.rawValue)
  }

  /// The outputs 1, 2, 5, 8 under r0 to r3 with the trivial action: f̂ is their mean 4, from which they
  /// are 3, 2, 1 and 4 away; from f(x) = 1 they are 0, 1, 4 and 7 away.
  @Test("The reference is f̂(x), or f(x) where that is requested")
  func references() throws {
    let output: @Sendable (Tensor) -> Tensor = { batch in
      Tensor(
        shape: [batch.rowCount, 1],
        scalars: (0..<batch.rowCount).map { [1, 2, 5, 8][$0 % 4] })
    }
    // The outputs are those of places in a batch, not of examples.
    func measure(
      _ distance: DistanceName, _ reference: DeviationReference? = nil
    ) throws -> ProbeResult {
      try self.measure(
        "trivial", distance, reference: reference, checksIndependence: false, output)
    }
    let mean = try measure(.euclidean)
    #expect(mean.value == 2.5 && mean.perElement.map(\.value) == [3, 2, 1, 4])
    let original = try measure(.euclidean, .original)
    #expect(original.value == 3 && original.perElement.map(\.value) == [0, 1, 4, 7])
    #expect(original.reference == .original && mean.reference == nil)
    // |f(gx) − 1|² and the same in units of |1|.
    #expect(try measure(.squared, .original).value == 16.5)
    #expect(try measure(.relative, .original).value == 3)
  }

  @Test(
    "An image map that rotates with its input is spatially equivariant, one that does not is not")
  func images() throws {
    for group in ["C4", "D4", "flip", "T5x5"] {
      let squares = try measure("spatial", group: group) { batch in
        Tensor(shape: batch.shape, scalars: batch.scalars.map { $0 * $0 })
      }
      #expect(squares.value == 0 && squares.floor == 0, "\(group)")
    }
    let weights = try measure("spatial") { batch in
      Tensor(
        shape: batch.shape,
        scalars: batch.scalars.indices.map { batch.scalars[$0] * Float($0 % 25) })
    }
    #expect(try #require(weights.value) > 0.3)
    // An odd map under the sign representation.
    let odd = try measure("sign&spatial", group: "flip") { batch in
      var result = batch
      for i in batch.scalars.indices { result.scalars[i] *= Float(i % 5 - 2) }
      return result
    }
    #expect(odd.value == 0)
  }

  /// 45° turns move the corners in from outside the grid; for the identity map the rest is equal, and
  /// with the corners the distance would be that of f(gx) − 0 if f added a constant.
  @Test("Positions outside the moved grid are left out, and said to be")
  func unknownPositions() throws {
    let shifted: @Sendable (Tensor) -> Tensor = { batch in
      Tensor(shape: batch.shape, scalars: batch.scalars.map { $0 + 10 })
    }
    let result = try measure("spatial", group: "C8", size: 9, shifted)
    #expect(try #require(result.value) < 1e-6)
    #expect(result.notes.contains { "\($0)".contains("% of the positions") })
    let exact = try measure("spatial", group: "C4", size: 9, shifted)
    #expect(!exact.notes.contains { "\($0)".contains("% of the positions") })
    // The disc reaches the border, of which some positions are unknown.
    let masked = try measure("spatial", group: "C8", mask: .disc, size: 9) { $0 }
    #expect(try #require(masked.value) < 1e-6)
  }

  /// Two classes with logits ±x at every pixel.
  @Test(
    "Distributions of pixels are compared pixel by pixel",
    arguments: [DistanceName.kullbackLeibler, .mismatch, .totalVariation])
  func pixels(distance: DistanceName) throws {
    let output: @Sendable (Tensor) -> Tensor = { batch in
      let size = batch.scalars.count / batch.rowCount
      return Tensor(
        shape: [batch.rowCount, 2, 5, 5],
        scalars: (0..<batch.rowCount).flatMap { row -> [Float] in
          let image = batch.scalars[row * size..<(row + 1) * size]
          return image.map { $0 } + image.map { -$0 }
        })
    }
    let moved = try measure("spatial", distance, scores: .logits, isPerPixel: true, output)
    #expect(abs(try #require(moved.value)) < 1e-12)
    // Classes that the rotation should exchange, and does not.
    let exchanged = try measure(
      "permute:1,0&spatial", distance, scores: .logits, isPerPixel: true, output)
    let expected = distance == .mismatch ? 0.5 : 0.05
    #expect(try #require(exchanged.value) >= expected)
  }

  /// Labels 0 or 1; half of the elements of flip, and all pixels of those, differ.
  @Test("Of label maps the share of pixels that differ is counted")
  func labels() throws {
    let moved = try measure("spatial", .mismatch, scores: .values, group: "flip") { batch in
      Tensor(shape: batch.shape, scalars: batch.scalars.map { $0 > 0.5 ? 1 : 0 })
    }
    #expect(moved.value == 0)
    let columns = try measure("spatial", .mismatch, scores: .values, group: "flip") { batch in
      Tensor(shape: batch.shape, scalars: batch.scalars.indices.map { Float($0 % 5) })
    }
    // Columns 0, 1, 3 and 4 change places, column 2 stays: 4/5 of the pixels under r0s.
    #expect(abs(try #require(columns.value) - 0.4) < 1e-15)
  }

  /// Every position has a label of its own, whatever the image. A turn by 45° brings another label to
  /// every position that it does not bring in from outside, except to the center.
  @Test("Labels that are moved in from outside do not count as equal")
  func unknownLabels() throws {
    let labels: @Sendable (Tensor) -> Tensor = { batch in
      Tensor(shape: batch.shape, scalars: batch.scalars.indices.map { Float($0 % 81) })
    }
    let result = try measure(
      "spatial", .mismatch, scores: .values, group: "C8", size: 9, interpolation: .nearest, labels)
    let turns = try ImageAction.rotations(8, interpolation: .nearest).prepared(for: [1, 9, 9])
    let ones = Tensor(shape: [1, 9, 9], scalars: [Float](repeating: 1, count: 81))
    let known = turns(1, ones).scalars.count { $0 == 1 }
    #expect(known < 81)
    #expect(result.perElement[1].value == Double(known - 1) / Double(known))
    #expect(result.floor == nil)
  }

  @Test("Labels that would be blended, averaged or masked are refused")
  func impossibleLabels() throws {
    let labels: @Sendable (Tensor) -> Tensor = { batch in
      Tensor(shape: batch.shape, scalars: batch.scalars.map { $0 > 0.5 ? 1 : 0 })
    }
    #expect(throws: MeasurementError.blendedLabels(tensor: "f", group: "C8")) {
      try measure("spatial", .mismatch, scores: .values, group: "C8", labels)
    }
    #expect(throws: MeasurementError.meanOfLabels(tensor: "f", count: 4)) {
      try measure("trivial", .mismatch, scores: .values, reference: .mean, labels)
    }
    #expect(throws: MaskError.maskedLabels(.disc, tensor: "f")) {
      try measure("spatial", .mismatch, scores: .values, mask: .disc, labels)
    }
    // Labels that nothing moves are compared with those of the original example.
    for reference in [DeviationReference.original, nil] {
      let original = try measure(
        "trivial", .mismatch, scores: .values, reference: reference, labels)
      #expect(try #require(original.value) > 0)
      #expect(original.reference == .original)
    }
    let error = #expect(throws: MeasurementError.self) {
      try measure("spatial", .mismatch, scores: .values) { $0 }
    }
    #expect(error?.description.contains("compared as labels, which are whole numbers") == true)
  }

  @Test("A grid of which nothing is known after a turn has no value")
  func unknownGrid() throws {
    let corners = try measure("spatial", group: "C8") { batch in
      Tensor(
        shape: [batch.rowCount, 1, 2, 2],
        scalars: (0..<batch.rowCount).flatMap { row in
          [0, 4, 20, 24].map { batch.scalars[row * 25 + $0] }
        })
    }
    #expect(corners.value == nil)
    #expect(corners.notes.contains { "\($0)".contains("no pixel of g·f(x) lies wholly inside") })
  }

  @Test("A distance relative to a zero vector has no value, and says so")
  func zeroReference() throws {
    let result = try measure(
      "trivial", .relative, reference: .original, checksIndependence: false
    ) { batch in
      Tensor(shape: [batch.rowCount, 1], scalars: (0..<batch.rowCount).map { Float($0 % 4) })
    }
    #expect(result.value == nil)
    #expect(result.notes.contains { "\($0)".contains("the distance 'l2' is finite") })
  }

  @Test("Signs, and distributions, do not go together")
  func noDistributions() throws {
    #expect(throws: ProbeError.self) {
      try measure("sign", .kullbackLeibler) { Self.quarters($0) }
    }
    #expect(throws: ProbeError.self) { try measure("points:unit", .mismatch) { $0 } }
  }

  @Test("A plan keeps action, distance and reference in JSON")
  func planning() throws {
    var probe = PlannedProbe(
      equivarianceOf: "f", under: try #require(OutputActionName("permute:1,2,3,0")),
      distance: .jensenShannon)
    probe.reference = .original
    let plan = MeasurementPlan(group: .cyclic(4), probes: [probe])
    let data = try JSONEncoder().encode(plan)
    let text = String(decoding: data, as: UTF8.self)
    #expect(text.contains(#""action":"permute:1,2,3,0""#) && text.contains(#""distance":"js""#))
    #expect(try JSONDecoder().decode(MeasurementPlan.self, from: data) == plan)
  }
}
