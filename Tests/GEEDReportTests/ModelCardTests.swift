// SPDX-License-Identifier: MIT

import GEED
import GEEDReport
import Testing

@Suite struct ModelCardTests {
  private func card(_ results: [ProbeResult], quantity: MeasuredQuantity? = nil) -> [String] {
    var document = MeasurementDocument(
      model: .init(path: "models/a \"b\".onnx"),
      data: .init(path: "data/images", exampleCount: 9, shape: [1, 2, 2]), group: "C2", seed: 0,
      confidenceLevel: 0.9, results: results)
    document.quantity = quantity
    return ModelCard(document).lines
  }

  private let softmax = result(
    .softmax, "logits", perElement: [0, 1], perExample: [0.25, 0.75], elementNames: ["r0", "r1"])

  /// A result without a value is left out.
  @Test func lines() {
    #expect(
      card([softmax, ProbeResult(.latent, tensor: "none")]) == [
        "model-index:", "- name: \"a \\\"b\\\"\"", "  results:", "  - task:",
        "      type: image-classification", "    dataset:", "      type: \"images\"",
        "      name: \"data/images\"", "    metrics:", "    - type: \"geed-softmax\"",
        "      name: \"C2-EED, softmax of logits (90 % interval 0.4000 to 0.6000, 2 examples)\"",
        "      value: 0.5",
      ])
  }

  @Test func withoutValues() {
    #expect(card([ProbeResult(.latent, tensor: "none")]).isEmpty)
    #expect(card([]).isEmpty)
  }

  /// A mean over transformations that are no group is not called an equivariance deviation.
  @Test func transformationsThatAreNoGroup() {
    let lines = card([softmax], quantity: .transformationDeviation)
    #expect(lines.contains { $0.contains("\"transformation deviation under C2, softmax") })
    #expect(!lines.contains { $0.contains("EED") })
  }
}
