// SPDX-License-Identifier: MIT

import Testing

@testable import GEEDReport

/// What a comparison with float32 on the CPU says.
struct ArithmeticComparisonTests {
  private func note(_ arithmetic: String?, _ differences: [Double?]) -> String {
    ArithmeticComparison(
      provider: "openvino", arithmetic: arithmetic, inputCount: 4,
      outputs: differences.enumerated().map {
        ArithmeticComparison.Output(tensor: "t\($0)", relativeDifference: $1)
      }
    ).note
  }

  @Test("The tensor with the largest difference is named")
  func largest() {
    #expect(
      note("float32", [2e-7, 6e-7, nil])
        == "float32 of openvino: outputs differ from those of float32 on the CPU by at most 6e-07 of "
        + "their root mean square (t1, 4 inputs).")
    #expect(
      note("float32", [nil]).hasSuffix(
        "was not compared with float32 on the CPU: all outputs are 0 or not finite."))
  }

  @Test("An arithmetic other than the one asked for is told")
  func other() {
    #expect(note("float32", [1e-3]).contains("more than rounding in float32 explains"))
    #expect(note("bfloat16", [1e-7]).contains("does not use bfloat16"))
    #expect(!note("bfloat16", [1e-2]).contains("That is"))
    #expect(!note(nil, [1e-3]).contains("That is"))
  }

  @Test("A difference needs both values")
  func difference() {
    func value(_ value: Double?, _ float32: Double?) -> Double? {
      ArithmeticComparison.Value(
        metric: .latent, tensor: "t", value: value, float32: float32
      ).difference
    }
    #expect(value(0.5, 0.25) == 0.25)
    #expect(value(nil, 0.25) == nil && value(0.5, nil) == nil)
  }
}
