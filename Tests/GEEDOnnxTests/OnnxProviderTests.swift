// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDOnnx

/// Execution providers and their arithmetic, without the libraries that have them.
struct OnnxProviderTests {
  private func entries(
    _ provider: OnnxProvider, _ arithmetic: OnnxArithmetic, threads: Int? = nil
  ) -> [String: String] {
    var options = OnnxOptions()
    (options.provider, options.arithmetic, options.threadCount) = (provider, arithmetic, threads)
    return Dictionary(uniqueKeysWithValues: provider.entries(options).map { ($0.key, $0.value) })
  }

  @Test("OpenVINO is told the device, the arithmetic and the number of threads")
  func openVINO() {
    #expect(
      entries(.openvino, .float32) == [
        "device_type": "CPU",
        "load_config":
          #"{"CPU":{"INFERENCE_PRECISION_HINT":"f32","DYNAMIC_QUANTIZATION_GROUP_SIZE":"0"}}"#,
      ])
    let text = entries(.openvino, .bfloat16, threads: 3)["load_config"] ?? ""
    #expect(text.contains(#""INFERENCE_PRECISION_HINT":"bf16""#))
    #expect(text.contains(#""INFERENCE_NUM_THREADS":"3""#))
  }

  @Test("CUDA computes in TF32 only if it is asked to")
  func cuda() {
    #expect(entries(.cuda, .float32) == ["use_tf32": "0"])
    #expect(entries(.cuda, .tf32) == ["use_tf32": "1"])
    #expect(entries(.cpu, .float32).isEmpty)
  }

  @Test(
    "An arithmetic that a provider lacks is an error that lists those that it has",
    arguments: [
      (OnnxProvider.cpu, OnnxArithmetic.bfloat16, "it has only 'float32'."),
      (.openvino, .tf32, "it has only 'float32', 'bfloat16'."),
      (.coreml, .tf32, "it chooses the arithmetic by itself."),
    ])
  func missing(provider: OnnxProvider, arithmetic: OnnxArithmetic, reason: String) throws {
    let error = #expect(throws: OnnxModelError.self) {
      try Fixtures.model("dynamic-batch") {
        ($0.provider, $0.arithmetic) = (provider, arithmetic)
      }
    }
    #expect(try #require(error).description.hasSuffix(reason))
  }

  @Test("Shapes and layouts are those of the CPU, whatever the provider")
  func layouts() throws {
    let graph = try Fixtures.graph("dynamic-batch")
    var options = OnnxOptions()
    (options.provider, options.arithmetic) = (.cuda, .tf32)
    let found = try graph.layouts(exampleShape: [3, 8, 8], options: options)
    #expect(found.note == nil)
    #expect(try found.layouts == graph.layouts(exampleShape: [3, 8, 8]).layouts)
  }

  @Test("Operators of another provider are counted, the most frequent first")
  func assignments() {
    var assignments = OnnxAssignments()
    for _ in 0..<5 { assignments.add("Conv", to: "OpenVINOExecutionProvider") }
    #expect(assignments.note(on: .openvino) == nil)
    #expect(assignments.count(of: .cuda) == 0)
    for operation in ["Shape", "NonZero", "Shape"] {
      assignments.add(operation, to: "CPUExecutionProvider")
    }
    #expect(assignments.count(of: .openvino) == 5)
    #expect(
      assignments.note(on: .openvino)
        == "3 of 8 operators are not computed by openvino but by ONNX Runtime's own provider for the "
        + "CPU, in float32: 2 Shape, 1 NonZero.")
  }

  @Test("The second number of a version is read")
  func versions() {
    #expect(OnnxRuntimeLibrary.minorVersion("1.24.1") == 24)
    #expect(OnnxRuntimeLibrary.minorVersion("1.9") == 9)
    #expect(OnnxRuntimeLibrary.minorVersion("2.0.0") == nil)
    #expect(OnnxRuntimeLibrary.minorVersion("1") == nil)
  }
}
