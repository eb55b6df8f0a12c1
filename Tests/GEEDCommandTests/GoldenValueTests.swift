// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// ResNet-20 on real pictures, against Scripts/fixtures/reference.py, another implementation.
///
/// Scripts/check-golden.sh compares what is too slow here: all examples under the larger groups.
@Suite(
  .enabled(if: Available.runtime, Available.noRuntime),
  .enabled(if: Available.data != nil, Available.noData))
struct GoldenValueTests {
  @Test(
    "The tool measures what the reference implementation measures",
    arguments: [("C4", "50"), ("C8", "50"), ("D8", "50"), ("flip", "50"), ("flip", "all")])
  func resnet20(group: String, samples: String) throws {
    let json = try Tool.output(
      of: [
        "measure", Available.real("models/cifar10-resnet20.onnx"),
        "--data", Available.real("cifar10-test"), "--group", group, "--samples", samples,
        "--scale-samples", samples == "all" ? "all" : "200",
        "--mean", ".485,.456,.406", "--std", ".229,.224,.225", "--softmax", "logits",
        "--latent", "/m/ReduceMean_output_0", "--latent-cosine", "/m/ReduceMean_output_0",
        "--channelwise", "/m/layer?/layer?.2/Relu_1_output_0", "--json",
      ], limit: 300)
    let measured = try Measured(json: json)
    let golden = try Measured(
      json: String(
        contentsOfFile: Fixtures.path(
          "Scripts/fixtures/golden/resnet20-\(group)-\(samples).json"), encoding: .utf8))
    // Both run the network in Float, in batches of other sizes and with resamplers of their own.
    try measured.expectEqual(golden, relative: 1e-4)
    for result in measured.results where result.metric == "channelwise" {
      #expect(result.perElement?.first?.element == "r0")
      #expect(result.perElement?.first?.value == -1)
    }
  }
}
