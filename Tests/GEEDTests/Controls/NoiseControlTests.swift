// SPDX-License-Identifier: MIT

import Testing
import _GEEDTestSupport

@testable import GEED

@Suite struct NoiseControlTests {
  private func responses(_ measurement: DeviationMeasurement, seed: UInt64 = 0) throws -> [Double?]
  {
    var control = try NoiseControl(measurement, seed: seed)
    while try control.advance() {}
    return control.responses
  }

  /// For the identity map f(x + n) − f(x) = n, whose length is that of the orbit's displacement.
  @Test("The identity map answers with the noise, which has the orbit's energy")
  func identity() throws {
    let measurement = DeviationMeasurement(
      of: ClosureModel(output: "x") { $0 }, on: pictures(1), under: ImageAction.rotations(8),
      probes: [.latent("x")])
    let x = try measurement.dataset.example(at: 0)
    let orbit = try ImageAction.rotations(8).prepared(for: x.shape).orbit(of: x)
    let squares = (0..<8).map { g in
      let distance = EuclideanDistance()(orbit.row(g), x)
      return distance * distance
    }
    let displacement = (squares.reduce(0, +) / 8).squareRoot()
    // The sum x + n is rounded to single precision.
    expectClose(try responses(measurement)[0], displacement, relative: 1e-5)
  }

  @Test("A constant model does not answer")
  func constant() throws {
    let model = ClosureModel(output: "x") { batch in
      Tensor(repeating: 2, shape: [batch.rowCount, 3, 6, 6])
    }
    let measurement = DeviationMeasurement(
      of: model, on: pictures(4), under: ImageAction.rotations(8),
      probes: [.latent("x"), .channelwise("x"), .latentCosine("x")])
    #expect(try responses(measurement) == [0, -1, -1])
  }

  @Test("One seed, one answer, whatever the batch size", arguments: [1, 2, 5, 100])
  func repeatable(batchSize: Int) throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(8))
    measurement.exampleCount = 7
    let expected = try responses(measurement)
    #expect(expected.allSatisfy { $0 != nil })
    #expect(try responses(measurement, seed: 1) != expected)
    measurement.batchSize = batchSize
    #expect(try responses(measurement) == expected)
  }

  @Test("Certain and opposite predictions have a finite answer")
  func certain() throws {
    let model = ClosureModel(output: "p") { batch in
      .stacking(
        (0..<batch.rowCount).map { row in
          Tensor(shape: [2], scalars: row.isMultiple(of: 2) ? [1, 0] : [0, 1])
        })
    }
    let measurement = DeviationMeasurement(
      of: model, on: pictures(2), under: ImageAction.rotations(4),
      probes: [.softmax("p", scores: .probabilities)])
    expectClose(try responses(measurement)[0], 0.6931471805599453, tolerance: 1e-12)
  }

  @Test("Each example has noise of its own, also where pictures are equal")
  func ownNoise() throws {
    let picture = try pictures(1).example(at: 0)
    var measurement = DeviationMeasurement(
      of: ClosureModel(output: "corner") { batch in
        .stacking(
          (0..<batch.rowCount).map { Tensor(shape: [1], scalars: [batch.row($0).scalars[0]]) })
      }, on: ArrayDataset([picture, picture]), under: ImageAction.rotations(8),
      probes: [.latent("corner")])
    let both = try responses(measurement)[0]
    measurement.exampleCount = 1
    #expect(try responses(measurement)[0] != both)
  }

  @Test("Noise stays inside the mask")
  func masked() throws {
    let corner = ClosureModel(output: "corner") { batch in
      .stacking(
        (0..<batch.rowCount).map { Tensor(shape: [1], scalars: [batch.row($0).scalars[0]]) })
    }
    let measurement = DeviationMeasurement(
      of: corner, on: pictures(3), under: ImageAction.rotations(8), probes: [.latent("corner")])
    #expect(try responses(measurement)[0] ?? 0 > 0)
    #expect(try responses(measurement.masked(by: .disc))[0] == 0)
  }

  @Test("Answers are divided by M where values are")
  func normalized() throws {
    let measurement = sampleMeasurement(under: ImageAction.rotations(8))
    let responses = try responses(measurement)
    let result = try measurement.run().adding(noiseResponses: responses)
    for (response, result) in zip(responses, result.results) {
      expectClose(
        result.noiseResponse, try #require(response) / (result.scale ?? 1), relative: 1e-12)
    }
  }
}
