// SPDX-License-Identifier: MIT

import Testing

/// Models of every kind, measured without special flags.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct ModelKindTests {
  private let scratch: Scratch
  private let pictures: String

  init() throws {
    scratch = try Scratch()
    pictures = try scratch.write(numPyFile([20, 3, 8, 8]), to: "pictures.npy")
  }

  /// These compute the same function as dynamic-batch.onnx, in their own precision.
  @Test(
    "Fixed batches, NHWC, external weights, 16 bits and 8 bits measure what the plain network does",
    arguments: [
      ("fixed-batch-1", 1e-5), ("fixed-batch-3", 1e-5), ("nhwc", 1e-5), ("external-data", 1e-5),
      ("initializers-as-inputs", 1e-5), ("several-outputs", 1e-5),
      // Half has 11 bits: 5e-4 a number, and a divergence is a small difference of such.
      ("half", 0.05), ("quantized-qdq", 0.2), ("quantized-qlinear", 0.2),
    ])
  func sameNetwork(name: String, relative: Double) throws {
    let expected = try measure("dynamic-batch", ["--latent", "features", "--softmax", "logits"])
    let other = try measure(name, ["--latent", "features", "--softmax", "logits"])
    for metric in [("latent", "features"), ("softmax", "logits")] {
      let a = try #require(expected.result(metric.0, metric.1).value)
      let b = try #require(other.result(metric.0, metric.1).value)
      #expect(abs(a - b) <= relative * a, "\(a), \(b)")
    }
  }

  @Test("Layers of an NHWC model are compared channel by channel as those of an NCHW model")
  func channelsLast() throws {
    let expected = try measure("dynamic-batch", ["--channelwise", "relu"])
    for tensor in ["relu", "relu_nhwc"] {
      let other = try measure("nhwc", ["--channelwise", tensor])
      let (a, b) = try (expected.results[0].value, other.result("channelwise", tensor).value)
      #expect(abs(try #require(a) - #require(b)) < 1e-5)
    }
  }

  @Test(
    "Probabilities and their logarithms are read as what the graph says",
    arguments: [
      ("softmax", "auto"), ("log-softmax", "auto"), ("softmax-identity", "auto"),
      ("softmax", "probabilities"), ("log-softmax", "log-probabilities"),
    ])
  func scores(name: String, reading: String) throws {
    let expected = try measure("dynamic-batch", ["--softmax", "logits"]).results[0].value
    let other = try measure(name, ["--softmax", "probabilities", "--scores", reading])
      .results[0].value
    // Probabilities are rounded to Float before their divergences, which are about 1e-4, are taken.
    #expect(abs(try #require(expected) - #require(other)) < 1e-6)
  }

  @Test("Double inputs, integer outputs and 16-bit outputs are numbers like others")
  func otherTypes() throws {
    let squared = try measure("double", ["--channelwise", "squared"])
    #expect(try #require(squared.results[0].value) == -1)
    // Class numbers are whole numbers without a distance.
    _ = try measure(
      "int64-output", ["--equivariance", "label=trivial", "--distance", "mismatch"])
    _ = try measure("bfloat16-output", ["--latent", "rounded"])
  }

  @Test("A second input gets the same examples, moved alike, where that is asked for")
  func secondInput() throws {
    let grey = try scratch.write(numPyFile([6, 1, 8, 8]), to: "grey.npy")
    let arguments = [
      "measure", Fixtures.model("hostile/pair"), "--data", grey, "--group", "C4", "--channelwise",
      "y", "--json",
    ]
    let refused = try Tool.run(arguments)
    #expect(refused.status == 64 && refused.error.contains("(--input name=same)"))
    #expect(try Tool.run(arguments + ["--input", "other=equal"]).status == 64)
    // The product of two equal pictures is equivariant only if both are moved by the same element.
    let same = try Measured(json: Tool.output(of: arguments + ["--input", "other=same"]))
    #expect(same.results[0].value == -1)
  }

  private func measure(
    _ model: String, _ probes: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Measured {
    try Measured(
      json: Tool.output(
        of: [
          "measure", Fixtures.model(model), "--data", pictures, "--group", "C4", "--json",
        ] + probes, sourceLocation: sourceLocation))
  }
}
