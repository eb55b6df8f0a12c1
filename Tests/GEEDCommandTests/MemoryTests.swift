// SPDX-License-Identifier: MIT

import Testing

/// Memory does not grow with the number of examples.
@Suite(
  .enabled(if: Available.runtime, Available.noRuntime),
  .enabled(if: Available.data != nil, Available.noData), .serialized)
struct MemoryTests {
  /// An example leaves a few numbers and a name behind, some hundred bytes, and JSON of as much:
  /// less than 2 MiB for 2000. Kept pictures would be 6 MiB (500 of 3 x 32 x 32), kept outputs of
  /// the first layer 31 MiB. The rest of the bound is what the allocator does from run to run.
  private let bound = 5 << 20

  @Test("Six times the pictures take no more memory")
  func pictures() throws {
    let probes = [
      "--channelwise", "/m/layer1/layer1.2/Relu_1_output_0", "--latent", "/m/ReduceMean_output_0",
      "--scale-samples", "100", "--softmax", "logits",
    ]
    try expectConstantMemory(
      "cifar10-resnet20", "cifar10-test", group: "C2", samples: (100, 600), options: probes)
  }

  @Test("Ten times the digits take no more memory")
  func digits() throws {
    let probes = ["--pixel-max", "255", "--channelwise", "ReLU32_Output_0", "--softmax", "*214*"]
    try expectConstantMemory("mnist-8", "mnist", group: "C2", samples: (200, 2000), options: probes)
  }

  private func expectConstantMemory(
    _ model: String, _ data: String, group: String, samples: (Int, Int), options: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let peaks = try [samples.0, samples.1].map { count in
      let outcome = try Tool.run(
        [
          "measure", Available.real("models/\(model).onnx"), "--data", Available.real(data),
          "--group", group, "--samples", "\(count)",
        ] + options, limit: 300, sourceLocation: sourceLocation)
      #expect(outcome.status == 0, "\(outcome.error)", sourceLocation: sourceLocation)
      return outcome.peakMemory
    }
    #expect(
      peaks[1] - peaks[0] < bound, "\(peaks.map { "\($0 >> 10) KiB" })",
      sourceLocation: sourceLocation)
  }
}
