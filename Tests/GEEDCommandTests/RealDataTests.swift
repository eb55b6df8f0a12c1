// SPDX-License-Identifier: MIT

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
    ])
    #expect(outcome.status == 65)
    #expect(outcome.error.contains(".JPEG': expected the shape"))
    #expect(outcome.error.contains("--resize and --crop"))
    #expect(outcome.output == "")
  }

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
