// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

/// Channelwise probes of outputs that are not `[N, C, H, W]`.
@Suite struct LayoutMeasurementTests {
  private static let c4 = ImageAction.rotations(4)

  /// A layer without symmetries: 3 channels that a 5 × 5 picture is multiplied by different
  /// numbers for.
  private static func layer(_ batch: Tensor) -> Tensor {
    var scalars: [Float] = []
    for row in 0..<batch.rowCount {
      for place in 0..<75 {
        let factor = Float(place * place % 7)
        scalars.append(batch.scalars[row * 25 + place % 25] * factor + Float(place % 3))
      }
    }
    return Tensor(shape: [batch.rowCount, 3, 5, 5], scalars: scalars)
  }

  private func measure(_ probe: Probe, _ output: @escaping @Sendable (Tensor) -> Tensor) throws
    -> ProbeResult
  {
    var generator = SplitMix64(seed: 4)
    let examples = (0..<7).map { _ in Tensor.random([1, 5, 5], using: &generator) }
    var measurement = DeviationMeasurement(
      of: ClosureModel(output: probe.tensor) { output($0) },
      on: ArrayDataset(examples, name: "random"), under: Self.c4, probes: [probe])
    measurement.exampleCount = nil
    return try measurement.run().results[0]
  }

  /// Brings `[N, 3, 5, 5]` to `[N, 5, 5, 3]`.
  private static func channelsLast(_ x: Tensor) -> Tensor {
    Tensor(
      shape: [x.rowCount, 5, 5, 3],
      scalars: x.scalars.indices.map { (i: Int) -> Float in
        let (row, channel, pixel) = (i / 75, i % 3, i % 75 / 3)
        return x.scalars[row * 75 + channel * 25 + pixel]
      })
  }

  /// `[N, 2 + 25, 3]`: two tokens that the example decides, and the grid.
  private static func sequence(_ x: Tensor) -> Tensor {
    let last = channelsLast(x)
    var scalars: [Float] = []
    for row in 0..<x.rowCount {
      scalars += x.scalars[row * 75..<row * 75 + 6]
      scalars += last.scalars[row * 75..<(row + 1) * 75]
    }
    return Tensor(shape: [x.rowCount, 27, 3], scalars: scalars)
  }

  @Test("A layout gives the digits of the same tensor channels first, floor and all")
  func sameDigits() throws {
    let first = try measure(.channelwise("f")) { Self.layer($0) }
    let nchw = try measure(.channelwise("f", layout: .nchw)) { Self.layer($0) }
    let nhwc = try measure(.channelwise("f", layout: .nhwc)) {
      Self.channelsLast(Self.layer($0))
    }
    let tokens = try measure(
      .channelwise("f", layout: .tokens(rows: 5, columns: 5, others: 2))
    ) { Self.sequence(Self.layer($0)) }
    let value = try #require(first.value)
    #expect(value > -0.99 && value < -0.1)
    for other in [nchw, nhwc, tokens] {
      #expect(other.value == value && other.perElement == first.perElement)
      #expect(other.floor == first.floor)
    }
    #expect(first.layout == nil && nhwc.layout == .nhwc)
  }

  @Test("A layout that does not fit is an error that says the shape")
  func misfit() throws {
    let tokens = OutputLayout.tokens(rows: 5, columns: 5, others: 1)
    #expect(
      throws: MeasurementError.layout(tensor: "f", layout: tokens, shape: [27, 3])
    ) {
      try measure(.channelwise("f", layout: tokens)) { Self.sequence(Self.layer($0)) }
    }
    #expect(throws: MeasurementError.layout(tensor: "f", layout: .vector, shape: [3, 5, 5])) {
      try measure(.channelwise("f", layout: .vector)) { Self.layer($0) }
    }
  }

  /// Lifting to C4, channel h of field f being h·(w_f · h⁻¹x): exactly equivariant.
  @Test("Fields with an axis of their own are read in either order")
  func fieldsOfFiveAxes() throws {
    let picture = try Self.c4.prepared(for: [5, 5])
    @Sendable func channel(_ x: Tensor, _ field: Int, _ h: Int) -> [Float] {
      let back = picture((4 - h) % 4, x).scalars.enumerated().map { Float($0 * $0 + field) * $1 }
      return picture(h, Tensor(shape: [5, 5], scalars: back)).scalars
    }
    @Sendable func lift(_ batch: Tensor, groupMajor: Bool) -> [Float] {
      (0..<batch.rowCount).flatMap { row in
        let x = batch.row(row).reshaped(to: [5, 5])
        return (0..<12).flatMap {
          groupMajor ? channel(x, $0 % 3, $0 / 3) : channel(x, $0 / 4, $0 % 4)
        }
      }
    }
    for groupMajor in [false, true] {
      let action = FieldAction(
        Self.c4,
        fields: ChannelFields(.regular, order: groupMajor ? .groupMajor : .fieldMajor))
      let shape = groupMajor ? [4, 3, 5, 5] : [3, 4, 5, 5]
      for layout in [OutputLayout.nchw, nil] {
        let five = try measure(.channelwise("f", layout: layout, outputAction: action)) {
          Tensor(shape: [$0.rowCount] + shape, scalars: lift($0, groupMajor: groupMajor))
        }
        // The cosine of equal vectors, rounded.
        #expect(abs(try #require(five.value) + 1) < 1e-12)
      }
      let four = try measure(.channelwise("f", outputAction: action)) {
        Tensor(shape: [$0.rowCount, 12, 5, 5], scalars: lift($0, groupMajor: groupMajor))
      }
      #expect(abs(try #require(four.value) + 1) < 1e-12)
      #expect(four.fields == (groupMajor ? "regular:group-major" : "regular"))
      // The other order is told by the lengths of the axes.
      #expect(throws: MeasurementError.self) {
        try measure(.channelwise("f", layout: .nchw, outputAction: action)) {
          Tensor(
            shape: [$0.rowCount] + (groupMajor ? [3, 4, 5, 5] : [4, 3, 5, 5]),
            scalars: lift($0, groupMajor: groupMajor))
        }
      }
    }
    let error = #expect(throws: MeasurementError.self) {
      try measure(.channelwise("f", layout: .nchw)) {
        Tensor(shape: [$0.rowCount, 3, 4, 5, 5], scalars: lift($0, groupMajor: false))
      }
    }
    #expect(error?.description.contains("--fields 'f=regular'") == true)
  }

  @Test("A rectangular map of square pictures is no matter of cropping")
  func rectangularMap() throws {
    let error = #expect(throws: MeasurementError.self) {
      try measure(.channelwise("f")) {
        Tensor(repeating: 1, shape: [$0.rowCount, 3, 5, 4])
      }
    }
    #expect(
      error?.description
        == "Tensor 'f' cannot be measured: C4 holds a quarter turn, which needs a square grid, but "
        + "the tensor has rows of shape [3, 5, 4].")
  }
}
