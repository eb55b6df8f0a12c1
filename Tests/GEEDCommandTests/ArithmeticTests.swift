// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// `--provider`, `--arithmetic` and the batch that `--memory` leaves.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct ArithmeticTests {
  private let scratch: Scratch
  private let arguments: [String]

  init() throws {
    scratch = try Scratch()
    arguments = [
      "measure", Fixtures.model("dynamic-batch"), "--data",
      try scratch.write(numPyFile([40, 3, 8, 8]), to: "pictures.npy"), "--group", "C4",
      "--samples", "20", "--channelwise", "relu", "--softmax", "logits",
    ]
  }

  private func refusal(_ options: [String]) throws -> String {
    let outcome = try Tool.run(arguments + options)
    #expect(outcome.status == 64)
    return outcome.error.split(separator: "\n").first.map(String.init) ?? ""
  }

  @Test("An arithmetic that the provider lacks is refused with those that have it")
  func refused() throws {
    #expect(
      try refusal(["--arithmetic", "bfloat16"])
        == "Error: '--arithmetic bfloat16' is not for '--provider cpu', which has only float32; it is "
        + "for '--provider openvino'.")
    #expect(
      try refusal(["--arithmetic", "float32", "--provider", "coreml"])
        .hasSuffix("which chooses the arithmetic by itself; leave it out."))
    #expect(try refusal(["--arithmetic", "int8-dynamic"]).contains("quantize_dynamic"))
    #expect(
      try refusal(["--arithmetic", "fp8"]).hasSuffix("expected one of float32, bfloat16, tf32"))
  }

  @Test("Provider and arithmetic are stated; on the CPU there is nothing to compare")
  func stated() throws {
    let document = try Document(Tool.output(of: arguments + ["--json"]))
    #expect(document.model.provider == "cpu" && document.model.arithmetic == "float32")
    #expect(document.arithmetic == nil)
    let plain = try Tool.output(of: arguments)
    #expect(try Tool.output(of: arguments + ["--arithmetic", "float32"]) == plain)
  }

  @Test("Where memory does not suffice, batches are smaller, which is said")
  func memory() throws {
    let tooLittle = try Tool.run(arguments + ["--memory", "8K", "--batch", "4"])
    let match = try #require(tooLittle.error.firstMatch(of: /needs about (\d+) kB/))
    let limit = ["--memory", "\(try #require(Int(match.1)) + 1)K"]
    let text = try Tool.output(of: arguments + limit)
    #expect(text.contains("Batches have 4 inputs instead of 16"), "\(text)")
    let refused = try Tool.run(arguments + limit + ["--batch", "16"])
    #expect(refused.status != 0 && refused.error.contains("of memory, but at most"))
    let measured = try Measured(json: Tool.output(of: arguments + limit + ["--json"]))
    let chosen = try Measured(json: Tool.output(of: arguments + ["--batch", "4", "--json"]))
    try measured.expectEqual(chosen, relative: 0)
  }

  // MARK: OpenVINO

  @Test("float32 of OpenVINO has the values of the CPU", .enabled(if: OpenVINO.is, OpenVINO.isNot))
  func float32() throws {
    let own = try Tool.output(
      of: arguments + ["--provider", "openvino", "--json"], environment: OpenVINO.variables)
    let document = try Document(own)
    #expect(document.model.provider == "openvino" && document.model.arithmetic == "float32")
    // Rounding to 24 bits, in other orders of sums.
    let differences = try #require(document.arithmetic).outputs.compactMap(\.relativeDifference)
    #expect(differences.count == 2 && differences.allSatisfy { $0 < 1e-5 })
    try Measured(json: own).expectEqual(
      try Measured(json: Tool.output(of: arguments + ["--json"])), relative: 1e-4, absolute: 1e-6)
  }

  @Test(
    "bfloat16 of OpenVINO is compared with float32", .enabled(if: OpenVINO.is, OpenVINO.isNot))
  func bfloat16() throws {
    let options = ["--provider", "openvino", "--arithmetic", "bfloat16"]
    let document = try Document(
      Tool.output(of: arguments + options + ["--json"], environment: OpenVINO.variables))
    #expect(document.model.arithmetic == "bfloat16")
    let comparison = try #require(document.arithmetic)
    // 8 significant bits: 2⁻⁹ for each rounding.
    let largest = comparison.outputs.compactMap(\.relativeDifference).max() ?? 0
    #expect(largest > 1e-4 && largest < 0.05)
    #expect(comparison.exampleCount == 8)
    let values = try #require(comparison.values)
    #expect(values.map(\.tensor) == ["relu", "logits"])
    #expect(
      values.allSatisfy { abs(($0.value ?? .nan) - ($0.float32 ?? .nan)) < 0.05 })
    let text = try Tool.output(of: arguments + options, environment: OpenVINO.variables)
    #expect(text.contains("vs float32") && text.contains("note: model: bfloat16 of openvino"))
  }

  @Test(
    "A run in another arithmetic is not continued", .enabled(if: OpenVINO.is, OpenVINO.isNot))
  func resumed() throws {
    let options = ["--provider", "openvino", "--store", scratch.path("a.sqlite"), "--resume"]
    _ = try Tool.run(arguments + options, environment: OpenVINO.variables)
    let other = try Tool.run(
      arguments + options + ["--arithmetic", "bfloat16"], environment: OpenVINO.variables)
    #expect(other.status == 0)
    #expect(other.error.contains("has no run of these settings"))
    let same = try Tool.run(arguments + options, environment: OpenVINO.variables)
    #expect(same.error.hasPrefix("Continuing run 1"))
  }
}

/// ONNX Runtime with OpenVINO, which the variable `GEED_OPENVINO` names as `GEED_ONNXRUNTIME` does.
private enum OpenVINO {
  static let library = ProcessInfo.processInfo.environment["GEED_OPENVINO"]
  static let `is` = library != nil
  static let isNot: Comment = "GEED_OPENVINO does not name an ONNX Runtime with OpenVINO."
  static var variables: [String: String] { ["GEED_ONNXRUNTIME": library ?? ""] }
}

/// What a document says about the engine.
private struct Document: Decodable {
  struct Model: Decodable {
    let provider: String?
    let arithmetic: String?
  }

  struct Comparison: Decodable {
    struct Output: Decodable {
      let relativeDifference: Double?
    }

    struct Value: Decodable {
      let tensor: String
      let value: Double?
      let float32: Double?
    }

    let outputs: [Output]
    let exampleCount: Int?
    let values: [Value]?
  }

  let model: Model
  let arithmetic: Comparison?

  init(_ json: String) throws {
    self = try JSONDecoder().decode(Document.self, from: Data(json.utf8))
  }
}
