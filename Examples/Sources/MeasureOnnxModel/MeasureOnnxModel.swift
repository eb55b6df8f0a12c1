// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDOnnx

/// Measures an ONNX model on data, by default the network of `Examples/Glyphs` on the embedded
/// glyphs.
///
/// Each tensor is named once: the probes say which tensors the model returns, and the graph says
/// what they hold.
@main
struct MeasureOnnxModel {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    let model = arguments.first ?? "Examples/Glyphs/glyphs-cnn.onnx"
    let images = try DatasetLocation.open(arguments.dropFirst().first ?? "glyphs")
    let plan = MeasurementPlan(
      group: .cyclic(8),
      probes: [
        PlannedProbe(.channelwise, tensor: "block1"),
        PlannedProbe(.latent, tensor: "features"),
        PlannedProbe(.softmax, tensor: "logits"),
      ])
    for result in try plan.measurement(ofModelAt: model, on: images).run().results {
      guard let value = result.value, let interval = result.confidenceInterval else {
        print(result.tensor, result.notes)
        continue
      }
      print(result.metric.rawValue, result.tensor, value, interval)
    }
  }
}
