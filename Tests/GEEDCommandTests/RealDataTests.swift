// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// Networks and pictures by others, with no more flags than the models ask for.
@Suite(
  .enabled(if: Available.runtime, Available.noRuntime),
  .enabled(if: Available.data != nil, Available.noData))
struct RealDataTests {
  /// No rotated digit looks like itself to a network that has seen upright ones, but it looks more
  /// like itself than like other digits; signs it has never seen are all alike to it.
  @Test("A network of digits, bound to batches of one", arguments: ["mnist", "kmnist"])
  func digits(data: String) throws {
    let measured = try measure(
      "mnist-8", data, group: "C8",
      [
        "--pixel-max", "255", "--latent", "Plus214_Output_0", "--softmax", "Plus214_Output_0",
        "--channelwise", "ReLU32_Output_0",
      ])
    let latent = try #require(measured.result("latent", "Plus214_Output_0").value)
    #expect((0.3...1.5).contains(latent), "\(latent)")
    let softmax = try #require(measured.result("softmax", "Plus214_Output_0").value)
    #expect((0.3...2.0794).contains(softmax), "\(softmax), at most log 8")
    let channelwise = try measured.result("channelwise", "ReLU32_Output_0")
    #expect(channelwise.perElement?.first?.value == -1)
    #expect((-1...0).contains(try #require(channelwise.value)))
  }

  @Test("A network of ImageNet is less troubled by a reflection than by a turn")
  func imageNet() throws {
    let probes = ["--preset", "imagenet", "--latent", "logits", "--samples", "8"]
    let flip = try measure("imagenet-squeezenet1.1", "imagenet-sample", group: "flip", probes)
    let turn = try measure("imagenet-squeezenet1.1", "imagenet-sample", group: "C2", probes)
    let (flipped, turned) = try (
      #require(flip.results[0].value), #require(turn.results[0].value)
    )
    #expect((0.01...0.5).contains(flipped), "\(flipped)")
    #expect(flipped < turned)
    #expect(turned < 1.5)
  }

  @Test("Pictures of many sizes need one: the error names the picture and the options")
  func severalSizes() throws {
    let outcome = try Tool.run([
      "measure", Available.real("models/imagenet-squeezenet1.1.onnx"), "--data",
      Available.real("imagenet-sample"), "--group", "flip", "--softmax", "logits",
      // A stated part of the preprocessing, so that none is guessed.
      "--pixel-max", "1",
    ])
    #expect(outcome.status == 65)
    #expect(outcome.error.contains(".JPEG': expected the shape"))
    #expect(outcome.error.contains("--resize and --crop"))
    #expect(outcome.output == "")
  }

  #if Torch
  /// In the exported network as it was on the way: the same examples of the same part.
  @Test("A network of ImageNet learns of one part of the scenes and is measured on the other")
  func scenes() throws {
    let scratch = try Scratch()
    let (weights, scenes) = (
      Available.real("models/imagenet-mobilenetv1-0.25.safetensors"), Available.real("rsscn7")
    )
    let path = scratch.path("scenes.yaml")
    try """
    network: {name: mobilenetv1, width: 0.25, classes: 7, weights: \(weights), head: new, freeze: features}
    data: {source: \(scenes), resize: 64, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], count: 64}
    iterations: 2
    batch: 8
    optimizer: {rate: 0.001, head-rate: 0.01}
    evaluation: {every: 2, count: 16}
    measure: {every: 2, group: C4, samples: 4, scale-samples: 6, latent: [features]}
    """.write(toFile: path, atomically: true, encoding: .utf8)
    _ = try Tool.output(of: ["train", path, "--threads", "1"])
    let last = try #require(
      try String(contentsOfFile: scratch.path("scenes/trajectory.jsonl"), encoding: .utf8)
        .split(separator: "\n").last)
    let line = try JSONDecoder().decode(Line.self, from: Data(last.utf8))
    func value(_ part: String) throws -> Double {
      let measured = try Measured(
        json: Tool.output(of: [
          "measure", scratch.path("scenes/model.onnx"), "--data", scenes, "--split", part,
          "--group",
          "C4", "--resize", "64x64", "--mean", ".5,.5,.5", "--std", ".5,.5,.5", "--samples", "4",
          "--scale-samples", "6", "--latent", "features", "--json",
        ]))
      return try #require(measured.result("latent", "features").value)
    }
    let (found, expected) = (try value("test"), try #require(line.deviations.first?.value))
    #expect(abs(found / expected - 1) < 1e-4)
    #expect(abs(try value("train") / expected - 1) > 1e-2)
  }

  private struct Line: Decodable {
    struct Deviation: Decodable {
      let value: Double
    }

    let deviations: [Deviation]
  }
  #endif

  private func measure(
    _ model: String, _ data: String, group: String, _ options: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Measured {
    try Measured(
      json: Tool.output(
        of: [
          "measure", Available.real("models/\(model).onnx"), "--data", Available.real(data),
          "--group", group, "--scale-samples", "50", "--json",
        ] + options, limit: 300, sourceLocation: sourceLocation))
  }
}
