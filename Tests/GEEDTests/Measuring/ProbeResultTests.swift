// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing
import _GEEDTestSupport

@Suite struct ProbeResultTests {
  @Test("Equal features have no M, and so no value, with the reason")
  func noDistances() throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.model = ClosureModel(output: "features") {
      Tensor(repeating: 2, shape: [$0.rowCount, 3])
    }
    measurement.probes = [.latent("features"), .latentCosine("features")]
    let results = try measurement.run().results
    #expect(results[0].value == nil && results[0].confidenceInterval == nil)
    #expect(results[0].unnormalized == 0)
    #expect(
      results[0].notes.texts == ["M = 0: all examples have the same features; no normalized value."]
    )
    #expect(results[1].value == -1)
    #expect(results[1].scale == 1)
  }

  @Test("A mean cosine that may as well be 0 gives no value")
  func noSimilarity() throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    // Random pixels without an offset have directions all around.
    measurement.model = ClosureModel(output: "features") {
      $0.reshaped(to: [$0.rowCount, 108])
    }
    measurement.probes = [.latentCosine("features")]
    let result = try measurement.run().results[0]
    #expect(result.value == nil && result.scale == nil)
    #expect(try #require(result.unnormalized) < 0)
    #expect(result.notes.texts.count == 1)
    #expect(result.notes.texts[0].hasPrefix("M = "))
    #expect(result.notes.texts[0].contains("is not separated from 0 (interval "))
    #expect(result.notes.texts[0].hasSuffix("): no normalized value."))
  }

  @Test("M of one pair has a value, but nothing that it takes part in has an error")
  func onePairForScale() throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.scaleExampleCount = 2
    measurement.probes = [.latent("features"), .latentCosine("features")]
    let results = try measurement.run().results
    #expect(try #require(results[0].scale) > 0 && #require(results[0].value) > 0)
    #expect(results[0].confidenceInterval == nil && results[0].scaleConfidenceInterval == nil)
    #expect(
      results[0].notes.texts == [
        "M is of one pair of examples, whose error is not known: no interval."
      ])
    // Nothing says that a cosine of one pair is not 0 in the mean.
    #expect(results[1].value == nil)
    #expect(
      results[1].notes.texts[0].hasSuffix(
        "is not separated from 0 (interval unknown): "
          + "no normalized value."))
    _ = try JSONEncoder().encode(results[0])
  }

  @Test("An own distance on a latent probe is what M averages as well")
  func ownDistance() throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.probes = [.latent("features"), .latent("features"), .latent("features")]
    measurement.probes[1].distance = Doubled()
    measurement.probes[2].distance = Doubled()
    measurement.probes[2].scale = EuclideanDistance()
    let results = try measurement.run().results
    let (scale, value) = (try #require(results[0].scale), try #require(results[0].value))
    #expect(results[1].scale == 2 * scale && results[1].value == value)
    #expect(results[2].scale == scale && results[2].value == 2 * value)
  }

  /// Twice ℓ₂.
  private struct Doubled: Distance {
    func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
      Comparison(2 * EuclideanDistance().compare(a, b, shape: shape).distance)
    }
  }

  @Test("An M of fewer than two examples is none", arguments: 0...1)
  func tooFewForScale(count: Int) throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.scaleExampleCount = count
    measurement.probes = [.latent("features")]
    let result = try measurement.run().results[0]
    #expect(result.value == nil)
    #expect(
      result.notes.texts == ["M needs at least 2 examples, but has \(count): no normalized value."])
  }

  @Test("One example has values but no intervals")
  func oneExample() throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.exampleCount = 1
    for result in try measurement.run().results {
      #expect(result.value != nil)
      #expect(result.exampleCount == 1)
      #expect(result.confidenceInterval == nil)
    }
  }

  /// Under an action that trades the classes f̂ = f, which may call impossible what happens.
  @Test("An infinite deviation is no number, with a note")
  func infiniteDeviation() throws {
    var measurement = sampleMeasurement(under: ImageAction.reflection)
    measurement.model = ClosureModel(output: "logits") { batch in
      Tensor(
        shape: [batch.rowCount, 2],
        scalars: (0..<batch.rowCount).flatMap { _ in [0, -2000] as [Float] })
    }
    let trade = FieldAction(permutingChannelsBy: .reflection, fieldType: .regular)
    measurement.probes = [
      Probe(.softmax, tensor: "logits", outputAction: trade, scores: .logits)
    ]
    let result = try measurement.run().results[0]
    #expect(result.value == nil && result.unnormalized == nil)
    #expect(result.confidenceInterval == nil)
    #expect(result.notes.texts == ["E is inf, which is no number to report."])
    _ = try JSONEncoder().encode(result)
  }

  @Test("A grid that is too small for the group is noted")
  func smallGrid() throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.model = ClosureModel(output: "pooled") { batch in
      Tensor(
        shape: [batch.rowCount, 2, 1, 1],
        scalars: (0..<batch.rowCount).flatMap { row in [batch.row(row).scalars[0], 0] })
    }
    measurement.probes = [.channelwise("pooled")]
    let result = try measurement.run().results[0]
    #expect(result.notes.texts.count == 4)
    #expect(
      result.notes.texts[0] == "160 comparisons met a zero vector, which has no direction.")
    #expect(result.zeroVectorShare == 0.5)
    let channels = try #require(result.channels)
    #expect((channels.count, channels.zero, channels.constant) == (2, 1, 0))
    #expect(
      result.notes.texts[1] == "1 of 2 channels are dead: zero for every example and element.")
    #expect(
      result.notes.texts[2]
        == "4 of 4 elements move nothing on a grid of shape [2, 1, 1]; outputs are compared with "
        + "their mean over these.")
    #expect(result.notes.texts[3] == "No floor: 4 elements move nothing on a grid of 1 x 1.")
  }

  @Test("JSON has every field, null where there is no value")
  func json() throws {
    var measurement = sampleMeasurement(under: ImageAction.reflection)
    measurement.exampleCount = 2
    measurement.scaleExampleCount = 1
    measurement.probes = [.latent("features"), .channelwise("maps")]
    let data = try JSONEncoder().encode(measurement.run())
    let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(object["group"] as? String == "flip")
    #expect(object["confidenceLevel"] as? Double == 0.95)
    let results = try #require(object["results"] as? [[String: Any]])
    let keys: Set = [
      "metric", "tensor", "scores", "value", "confidenceInterval", "unnormalized", "scale",
      "scaleConfidenceInterval", "floor", "exampleCount", "perElement", "perExample", "notes",
      "intervalMethod", "fRatio", "noiseResponse", "remark", "errorShares", "degreesOfFreedom",
      "layout", "fields", "range", "zeroVectorShare", "channels",
    ]
    for result in results { #expect(Set(result.keys) == keys) }
    for key in ["value", "confidenceInterval", "scale", "floor", "perElement", "perExample"] {
      #expect(results[0][key] is NSNull)
    }
    #expect(results[0]["unnormalized"] as? Double != nil)
    #expect(results[1]["metric"] as? String == "channelwise")
    #expect((results[1]["confidenceInterval"] as? [Double])?.count == 2)
    let perElement = try #require(results[1]["perElement"] as? [[String: Any]])
    #expect(perElement.map { $0["element"] as? String } == ["r0", "r0s"])
    #expect(perElement[0]["value"] as? Double == -1)
    let perExample = try #require(results[1]["perExample"] as? [[String: Any]])
    #expect(perExample.map { $0["index"] as? Int } == randomExamples(2, of: 40, seed: 0))
  }
}
