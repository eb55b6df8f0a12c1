// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import Testing

/// TorchScript files in place of ONNX.
struct ScriptedModelTests {
  private let scratch: Scratch
  private let data: String
  private let model = Fixtures.path("Tests/GEEDTorchTests/Fixtures/scripted.pt")

  init() throws {
    scratch = try Scratch()
    data = try scratch.write(numPyFile([12, 1, 8, 8]), to: "x.npy")
  }

  @Test("A TorchScript model is measured by its outputs")
  func measured() throws {
    let json = try Tool.output(of: [
      "measure", model, "--data", data, "--group", "C4", "--latent", "0.sums", "--softmax", "1",
      "--channelwise", "0.field", "--json",
    ])
    let results = try Measured(json: json)
    // Sums of Float in another order.
    #expect(try #require(results.result("latent", "0.sums").value) < 1e-6)
    #expect(try abs(#require(results.result("channelwise", "0.field").value) + 1) < 1e-6)
    #expect(try #require(results.result("softmax", "1").value) > 1e-4)
    #expect(json.contains("set to evaluation mode"))
    let listed = try Tool.output(of: ["layers", model, "--input-shape", "1x8x8"])
    #expect(listed.contains("0.field  N x 2 x 8 x 8"), "\(listed)")
  }

  @Test("What cannot be run is a sentence")
  func refused() throws {
    let wide = try scratch.write(numPyFile([3, 3, 8, 8]), to: "wide.npy")
    let weights = Fixtures.path("Tests/GEEDTorchTests/Fixtures/weights.pt")
    let cases: [([String], Int32, String)] = [
      ([weights, "--data", data], 65, "a TorchScript model"),
      ([model, "--data", wide], 65, "3 x 8 x 8"),
      ([model, "--data", data, "--layout", "nhwc"], 64, "'--layout' is for ONNX models"),
      ([model, "--data", data, "--control", "untrained"], 64, "with other weights"),
      (["missing.pt", "--data", data], 66, "missing.pt"),
    ]
    for (words, status, sentence) in cases {
      let outcome = try Tool.run(["measure"] + words + ["--latent", "0.sums"])
      #expect(outcome.status == status, "\(outcome.error)")
      #expect(outcome.error.contains(sentence), "\(outcome.error)")
      // Usage follows what the parser refuses.
      let lineCount = outcome.error.count(where: \.isNewline)
      #expect(status == 64 || lineCount == 1, "\(outcome.error)")
    }
  }
}
#endif
