// SPDX-License-Identifier: MIT

import Testing

/// Models with operators that neither ONNX nor ONNX Runtime defines.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct ForeignOperatorTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test(
    "An operator of another domain is not the one that its name recalls",
    arguments: [("Relu", "my"), ("Relu", "com.microsoft"), ("Softmax", "my")])
  func nameOfAnother(operation: String, domain: String) throws {
    let path = try scratch.write(
      LayoutModels.foreign(operation, domain: domain), to: "foreign.onnx")
    let data = try scratch.write(numPyFile([9, 1, 6, 6]), to: "grey.npy")
    func error(_ probe: [String]) throws -> String {
      let outcome = try Tool.run(["measure", path, "--data", data, "--group", "C4"] + probe)
      #expect(outcome.status == 64)
      return outcome.error
    }
    #expect(try error(["--channelwise", "y"]).contains("the operator \(domain).\(operation), 'y'"))
    let layers = try Tool.output(of: ["layers", path, "--all", "--linear-check", "C4"])
    #expect(
      layers.contains(
        "undecided at y: the operator \(domain).\(operation) is not known to keep symmetries"),
      "\(layers)")
    if domain == "my" {
      #expect(try error(["--softmax", "z"]).contains("from the operator my.\(operation)"))
    }
  }
}
