// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDOnnx

/// The measurement of an ONNX file by a plan, as a program asks for it.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct MeasurementPlanTests {
  private static let images = ArrayDataset(
    (0..<6).map { image in
      Tensor(shape: [1, 4, 4], scalars: (0..<16).map { Float((image + 3 * $0 * $0) % 7) / 7 })
    })

  /// Three maps of an image, as scores of its pixels in several orders of axes, as integers, and as
  /// one logit.
  private static func heads() -> OnnxGraphBuilder {
    var builder = OnnxGraphBuilder(name: "heads")
    func shape(_ axes: [Int]) -> [OnnxAxis] { [.symbol("batch")] + axes.map(OnnxAxis.fixed) }
    builder.addInput("x", shape: shape([1, 4, 4]))
    builder.addConstant("kernel", shape: [3, 1, 1, 1], [1, -1, 2] as [Float])
    builder.addConstant("scale", shape: [], [0.1] as [Float])
    builder.addNode("Conv", inputs: ["x", "kernel"], outputs: ["maps"])
    builder.addNode("Softmax", inputs: ["maps"], outputs: ["p"], attributes: ["axis": .integer(1)])
    for (name, source, order) in [("last", "p", [0, 2, 3, 1]), ("turned", "maps", [0, 1, 3, 2])] {
      builder.addNode(
        "Transpose", inputs: [source], outputs: [name], attributes: ["perm": .integers(order)])
    }
    builder.addNode("QuantizeLinear", inputs: ["maps", "scale"], outputs: ["integers"])
    builder.addNode("DequantizeLinear", inputs: ["integers", "scale"], outputs: ["restored"])
    builder.addNode("GlobalAveragePool", inputs: ["x"], outputs: ["mean"])
    builder.addNode("Flatten", inputs: ["mean"], outputs: ["logit"])
    for name in ["maps", "p", "turned", "restored"] {
      builder.addOutput(name, shape: shape([3, 4, 4]))
    }
    builder.addOutput("last", shape: shape([4, 4, 3]))
    builder.addOutput("logit", shape: shape([1]))
    return builder
  }

  private func measurement(
    of probe: PlannedProbe, in builder: OnnxGraphBuilder = heads(),
    on images: ArrayDataset = images
  ) throws -> DeviationMeasurement {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("geed-plan-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("model.onnx").path
    try builder.write(to: path)
    return try MeasurementPlan(group: .cyclic(4), probes: [probe])
      .measurement(ofModelAt: path, on: images)
  }

  @Test("Scores of pixels are compared pixel by pixel, in the order of the graph")
  func pixels() throws {
    let first = try measurement(of: PlannedProbe(.softmax, tensor: "p"))
    #expect(first.probes[0].scores == .probabilities && first.probes[0].isPerPixel)
    let last = try measurement(of: PlannedProbe(.softmax, tensor: "last"))
    #expect(last.probes[0].isPerPixel && last.probes[0].layout == .nhwc)
    let values = try [first, last].map { try $0.run().results[0].value ?? .nan }
    // The network acts on each pixel alone; only the order of sums may differ.
    #expect(abs(values[0]) < 1e-9 && abs(values[1]) < 1e-9)
    // Without a known kind the scores are one distribution.
    #expect(try !measurement(of: PlannedProbe(.softmax, tensor: "maps")).probes[0].isPerPixel)
    let error = try #require(throws: OnnxModelError.self) {
      try measurement(of: PlannedProbe(.softmax, tensor: "turned", scores: .logits))
    }
    #expect("\(error)".contains("it has columns before rows"), "\(error)")
  }

  @Test("Class numbers are compared by mismatch, and not as quantities")
  func classNumbers() throws {
    var builder = Self.heads()
    builder.addNode(
      "ArgMax", inputs: ["maps"], outputs: ["classes"], attributes: ["axis": .integer(1)])
    builder.addNode("Cast", inputs: ["classes"], outputs: ["y"], attributes: ["to": .integer(1)])
    builder.addOutput("y", shape: [.symbol("batch"), .fixed(1), .fixed(4), .fixed(4)])
    for probe in [
      PlannedProbe(.latent, tensor: "y"), PlannedProbe(.latentCosine, tensor: "y"),
      PlannedProbe(.channelwise, tensor: "y"), PlannedProbe(equivarianceOf: "y", under: .spatial),
      PlannedProbe(equivarianceOf: "y", under: .spatial, distance: .totalVariation),
    ] {
      let error = #expect(throws: OnnxModelError.self) {
        try measurement(of: probe, in: builder)
      }
      #expect(error?.description.contains("class numbers (ArgMax)") == true)
      #expect(error?.description.contains("--distance mismatch") == true)
    }
    let labels = PlannedProbe(equivarianceOf: "y", under: .spatial, distance: .mismatch)
    #expect(try measurement(of: labels, in: builder).run().results[0].value == 0)
  }

  @Test("A single score is the logit of one label")
  func singleScore() throws {
    let assumed = try measurement(of: PlannedProbe(.softmax, tensor: "logit"))
    #expect(assumed.probes[0].scores == .bernoulliLogit)
    let given = try measurement(of: PlannedProbe(.softmax, tensor: "logit", scores: .bernoulli))
    #expect(given.probes[0].scores == .bernoulli)
  }

  @Test(
    "Quantized integers are refused, and what they stand for is measured",
    arguments: [Metric.channelwise, .latent, .latentCosine])
  func quantized(metric: Metric) throws {
    let error = try #require(throws: OnnxModelError.self) {
      try measurement(of: PlannedProbe(metric, tensor: "integers"))
    }
    #expect("\(error)".contains("holds quantized integers (QuantizeLinear)"), "\(error)")
    #expect(try measurement(of: PlannedProbe(metric, tensor: "restored")).probes.count == 1)
  }

  @Test("Examples of a model that takes whole numbers are whole and in range")
  func wholeNumbers() throws {
    var builder = OnnxGraphBuilder(name: "whole")
    let shape = [OnnxAxis.symbol("batch"), .fixed(1), .fixed(4), .fixed(4)]
    builder.addInput("x", shape: shape, elementType: .uint8)
    builder.addNode("Cast", inputs: ["x"], outputs: ["y"], attributes: ["to": .integer(1)])
    builder.addOutput("y", shape: shape)
    func measure(scaled factor: Float) throws {
      let images = try (0..<3).map { try Self.images.example(at: $0) }
      let data = ArrayDataset(
        images.map { Tensor(shape: $0.shape, scalars: $0.scalars.map { $0 * factor }) })
      _ = try measurement(of: PlannedProbe(.latent, tensor: "y"), in: builder, on: data)
    }
    try measure(scaled: 7)
    for factor: Float in [1, 700, -7] {
      let error = try #require(throws: OnnxModelError.self) { try measure(scaled: factor) }
      #expect("\(error)".contains("takes whole numbers"), "\(error)")
    }
  }
}
