// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDOnnx

/// Every kind of model gives what Python's onnxruntime 1.32.0 gives.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct GoldenOutputTests {
  static let names = [
    "dynamic-batch", "fixed-batch-1", "fixed-batch-3", "nhwc", "flat", "quantized-qdq",
    "quantized-qlinear", "half", "double", "uint8", "int64-output", "softmax", "softmax-identity",
    "log-softmax", "several-outputs", "three-inputs", "initializers-as-inputs", "external-data",
    "nan", "constant",
  ]

  @Test("Outputs equal those of Python's onnxruntime", arguments: names)
  func golden(name: String) throws {
    let expected = try #require(Fixtures.golden.get().models[name])
    let model = try Fixtures.model(name, expected.outputs.keys.sorted()) {
      if name == "three-inputs" { $0.constants = ["temperature": 2, "shift": -0.5] }
    }
    let outputs = try model.outputs(for: Fixtures.input(expected.input))
    #expect(Set(outputs.keys) == Set(expected.outputs.keys))
    for (tensor, recorded) in expected.outputs {
      let output = try #require(outputs[tensor])
      #expect(output.shape == recorded.shape, "\(tensor)")
      let places = stride(from: 0, to: output.scalars.count, by: recorded.every)
      let found = places.map { output.scalars[$0] }
      try #require(found.count == recorded.scalars.count)
      for (value, wanted) in zip(found, recorded.scalars) {
        guard let wanted else {
          #expect(value.isNaN, "\(tensor)")
          continue
        }
        // The same library computes both; which operators it fuses and how many threads it uses
        // may change the order of sums. Half precision has 11 bits.
        let tolerance: Float = name == "half" ? 2e-3 : 1e-5
        #expect((value - wanted).magnitude <= tolerance * max(1, wanted.magnitude), "\(tensor)")
      }
    }
  }

  @Test("All fixtures with expected outputs are tested")
  func allNames() throws {
    #expect(try Set(Fixtures.golden.get().models.keys) == Set(Self.names))
  }

  @Test("bfloat16 outputs are the logits with 8 bits")
  func brainFloats() throws {
    let batch = try Fixtures.pictures()
    let outputs = try Fixtures.model("bfloat16-output", ["rounded", "logits"]).outputs(for: batch)
    let rounded = try #require(outputs["rounded"])
    let logits = try #require(outputs["logits"])
    for (coarse, fine) in zip(rounded.scalars, logits.scalars) {
      #expect((coarse - fine).magnitude <= fine.magnitude * 0x1p-8)
      #expect(coarse.bitPattern & 0xFFFF == 0)
    }
  }
}
