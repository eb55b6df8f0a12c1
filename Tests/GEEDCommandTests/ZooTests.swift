// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// Small models of several exporters, measured with their data alone.
///
/// Scripts/fixtures/export_zoo.py makes them, of which Scripts/check-zoo.sh measures many more, and
/// Scripts/fixtures/check_zoo.py the values, with NumPy and ONNX Runtime.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct ZooTests {
  private struct Golden: Decodable {
    let models: [String: Expected]
  }

  private struct Expected: Decodable {
    struct Value: Decodable {
      let metric: String
      let tensor: String
      let value: Double
      let unnormalized: Double
      let scale: Double?
    }

    let data: String
    let results: [Value]
  }

  private static func path(_ name: String) -> String {
    Fixtures.path("Tests/GEEDCommandTests/Zoo/\(name)")
  }

  private func command(_ model: String, _ data: String) -> [String] {
    [
      "measure", Self.path("\(model).onnx"), "--data", Self.path(data), "--samples", "4",
      "--scale-samples", "8", "--json",
    ]
  }

  @Test(
    "The probes that are chosen have the values of the reference",
    arguments: [
      "bytes", "dynamo", "half", "image-zip-map", "keras", "loop", "pyramid", "pyramid-torchscript",
      "quantized", "regression", "sequence", "unet", "with-embedding",
    ])
  func values(model: String) throws {
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: URL(fileURLWithPath: Self.path("golden.json"))))
    let expected = try #require(golden.models[model])
    let results = try Measured(json: Tool.output(of: command(model, expected.data))).results
    #expect(
      results.map { [$0.metric, $0.tensor] } == expected.results.map { [$0.metric, $0.tensor] })
    for (result, golden) in zip(results, expected.results) {
      // Sums of float32 outputs, which the runtime computes in batches of another size.
      func isNear(_ a: Double?, _ b: Double?) -> Bool {
        guard let a, let b else { return (a == nil) == (b == nil) }
        return abs(a - b) <= 1e-4 * max(abs(b), 1) && abs(a - b) <= 1e-2 * abs(b)
      }
      #expect(
        isNear(result.value, golden.value) && isNear(result.scale, golden.scale)
          && isNear(result.unnormalized, golden.unnormalized),
        "\(golden.metric) of \(golden.tensor)")
    }
  }

  @Test("A model of one image without an axis of examples is refused with the reason")
  func withoutExamples() throws {
    let outcome = try Tool.run(command("no-batch", "images-3x16x16.npy"))
    #expect(outcome.status == 65)
    #expect(
      outcome.error.contains(
        "takes [3, 16, 16], one example without an axis of examples in front"))
  }
}
