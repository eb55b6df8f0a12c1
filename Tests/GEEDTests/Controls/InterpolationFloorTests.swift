// SPDX-License-Identifier: MIT

import Testing
import _GEEDTestSupport

@testable import GEED

@Suite struct InterpolationFloorTests {
  /// Pictures with a slope and some noise, so that rotating them is not the end of them.
  private static let images: ArrayDataset = {
    var generator = SplitMix64(seed: 3)
    return ArrayDataset(
      (0..<6).map { _ in
        let offset = Float(generator.nextUnit())
        return Tensor(
          shape: [2, 12, 12],
          scalars: (0..<288).map { Float($0 % 12) * 0.1 + offset + Float(generator.nextUnit()) })
      })
  }()

  /// A model whose outputs are the pictures on grids of some sizes.
  private static func measurement(
    under action: any GroupAction, sides: [Int] = [12, 6, 4, 1],
    outputAction: (any GroupAction)? = nil
  ) -> DeviationMeasurement {
    let model = ClosureModel { batch in
      Dictionary(
        uniqueKeysWithValues: Set(sides).map {
          ("\($0)", AreaAverage(from: (12, 12), to: ($0, $0))(batch))
        })
    }
    var measurement = DeviationMeasurement(
      of: model, on: images, under: action,
      probes: sides.map { .channelwise("\($0)", outputAction: outputAction) })
    measurement.exampleCount = 5
    return measurement
  }

  @Test("A model that only averages sits on its floor", arguments: [3, 16, 64])
  func averagingModel(batchSize: Int) throws {
    var measurement = Self.measurement(under: ImageAction.rotations(8))
    measurement.batchSize = batchSize
    let results = try measurement.run().results
    #expect(results[0].floor == -1)
    for result in results[1..<3] {
      let floor = try #require(result.floor)
      #expect(floor > -1 && floor < -0.8)
      #expect(result.value == floor)
    }
  }

  @Test("The floor does not depend on the model")
  func anotherModel() throws {
    let measurement = Self.measurement(under: ImageAction.rotations(8), sides: [6])
    var other = measurement
    other.model = ClosureModel(output: "6") { batch in
      Tensor(
        shape: [batch.rowCount, 5, 6, 6],
        scalars: (0..<batch.rowCount * 180).map { Float($0 % 180 % 7) })
    }
    let (a, b) = (try measurement.run().results[0], try other.run().results[0])
    #expect(a.floor != nil && a.floor == b.floor && a.value != b.value)
  }

  /// A multiple of the cosine distance, which two probes may have with other factors.
  private struct Scaled: Distance, Hashable {
    let factor: Double

    func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
      Comparison(
        factor * ChannelMean(of: .negativeCosine).compare(a, b, shape: shape).distance)
    }
  }

  @Test("Two probes with one kind of distance have each the floor of its own")
  func parametersOfDistances() throws {
    var measurement = Self.measurement(under: ImageAction.rotations(8), sides: [6, 6, 6])
    for (index, factor) in [1.0, 2, 2].enumerated() {
      measurement.probes[index].distance = Scaled(factor: factor)
    }
    let floors = try measurement.run().results.map(\.floor)
    let first = try #require(floors[0])
    #expect(first < -0.5)
    #expect(floors == [first, 2 * first, 2 * first])
  }

  @Test("Exact actions have floor -1 on grids that they fit")
  func exact() throws {
    for action in [ImageAction.rotations(4), .reflection] {
      for result in try Self.measurement(under: action, sides: [12, 6, 4]).run().results {
        // Averages are single precision, and its square is lost in a cosine.
        expectClose(result.floor, -1, tolerance: 1e-7)
      }
    }
  }

  @Test("A single pixel cannot be moved: no floor, and a note that says so")
  func singlePixel() throws {
    let result = try Self.measurement(under: ImageAction.rotations(8), sides: [1]).run().results[0]
    #expect(result.floor == nil)
    #expect(
      result.notes.texts.contains("No floor: 8 elements move nothing on a grid of 1 x 1."),
      "\(result.notes.texts)")
  }

  @Test("Fields have the floor of their grid")
  func fields() throws {
    let action = ImageAction.rotations(2)
    let plain = try Self.measurement(under: action, sides: [6]).run().results[0]
    let field = try Self.measurement(
      under: action, sides: [6], outputAction: FieldAction(action, fieldType: .regular)
    ).run().results[0]
    #expect(plain.floor != nil && plain.floor == field.floor && plain.value != field.value)
  }

  @Test("An output that is not moved like the picture has no floor")
  func otherAction() throws {
    let action = ImageAction.rotations(2)
    let channels = FieldAction(permutingChannelsBy: action.group, fieldType: .regular)
    for other in [channels, TrivialAction(action.group)] as [any GroupAction] {
      let result = try Self.measurement(under: action, sides: [6], outputAction: other).run()
        .results[0]
      #expect(result.floor == nil)
      #expect(result.notes.texts.contains { $0.hasPrefix("No floor: the group does not act") })
    }
  }

  @Test("Latent and softmax probes have no floor")
  func otherMetrics() throws {
    let results = try sampleMeasurement(under: ImageAction.rotations(8)).run().results
    #expect(results.map { $0.floor != nil } == [false, false, false, true])
  }

  @Test("Inside the disc the floor is measured inside the disc")
  func masked() throws {
    let measurement = Self.measurement(under: ImageAction.rotations(8), sides: [12, 6])
    let (open, masked) = (try measurement.run(), try measurement.masked(by: .disc).run())
    #expect(masked.results[0].floor == -1)
    #expect(masked.results[1].floor == masked.results[1].value)
    #expect(masked.results[1].floor != open.results[1].floor)
  }
}
