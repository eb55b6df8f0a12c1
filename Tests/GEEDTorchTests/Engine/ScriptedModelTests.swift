// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDTorch
import Testing
import _GEEDTestSupport

/// TorchScript models, compared with PyTorch (Scripts/fixtures/scripted_model.py).
struct ScriptedModelTests {
  private struct Golden: Decodable {
    struct Output: Decodable {
      let shape: [Int]
      let scalars: [Float]
    }

    let outputs: [String: Output]
  }

  private func path(_ name: String) throws -> String {
    let name = name.split(separator: ".").map(String.init)
    return try #require(
      Bundle.module.path(forResource: name[0], ofType: name[1], inDirectory: "Fixtures"))
  }

  @Test("Outputs are those of PyTorch in evaluation mode, by positions and keys")
  func outputs() throws {
    let model = try ScriptedModel(contentsOf: path("scripted.pt"))
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: URL(fileURLWithPath: path("scripted.json"))))
    let batch = Tensor(
      shape: [2, 1, 8, 8], scalars: (0..<128).map { Float($0 * 37 % 29) / 29 })
    let outputs = try model.outputs(for: batch)
    #expect(outputs.keys.sorted() == ["0.field", "0.sums", "1"])
    for (name, expected) in golden.outputs {
      let output = try #require(outputs[name])
      #expect(output.shape == expected.shape)
      // Sums of Float in another order.
      #expect(
        areEqual(
          output, Tensor(shape: expected.shape, scalars: expected.scalars), tolerance: 1e-5))
    }
    // Dropout is off, so equal inputs have equal outputs.
    #expect(try model.outputs(for: batch) == outputs)
  }

  @Test("Files without a model, and inputs that do not fit, are errors")
  func errors() throws {
    let weights = try path("weights.pt")
    #expect(throws: TorchError.self) { try ScriptedModel(contentsOf: weights) }
    #expect(throws: TorchError.self) { try ScriptedModel(contentsOf: "/nowhere/model.pt") }
    let model = try ScriptedModel(contentsOf: path("scripted.pt"))
    #expect(throws: TorchError.self) {
      try model.outputs(for: Tensor(repeating: 0, shape: [1, 3, 8, 8]))
    }
  }
}
