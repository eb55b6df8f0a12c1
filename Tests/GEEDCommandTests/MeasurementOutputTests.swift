// SPDX-License-Identifier: MIT

import Foundation
import GEEDReport
import Testing

/// What `geed measure` prints.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct MeasurementOutputTests {
  private let scratch: Scratch
  private let probes = [
    "--channelwise", "relu", "--latent", "features", "--latent-cosine", "features", "--softmax",
    "logits",
  ]

  init() throws {
    scratch = try Scratch()
    try Data(contentsOf: URL(fileURLWithPath: Fixtures.model("dynamic-batch"))).write(
      to: URL(fileURLWithPath: scratch.path("model.onnx")))
    try Data(contentsOf: URL(fileURLWithPath: Fixtures.model("constant"))).write(
      to: URL(fileURLWithPath: scratch.path("constant.onnx")))
    _ = try scratch.write(numPyFile([20, 3, 8, 8]), to: "pictures.npy")
  }

  @Test("The table is aligned, names everything and explains what is missing")
  func table() throws {
    let text = try measure(["model.onnx", "--group", "C4", "--elements"] + probes)
    try expectSnapshot(text, "measure-table")
    let constant = try measure(["constant.onnx", "--group", "D2", "--elements"] + probes)
    try expectSnapshot(constant, "measure-constant")
  }

  @Test("The notes that all results have are printed once")
  func oneExample() throws {
    _ = try scratch.write(numPyFile([2, 3, 8, 8]), to: "pictures.npy")
    try expectSnapshot(
      try measure(["model.onnx", "--group", "flip"] + probes), "measure-two-examples")
  }

  @Test("JSON has every field, null where there is no value, and nothing stands around it")
  func json() throws {
    for model in ["model", "constant"] {
      let text = try measure(["\(model).onnx", "--group", "C4", "--json"] + probes)
      let document = try #require(
        JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      #expect(text.hasPrefix("{\n") && text.hasSuffix("\n}\n"))
      for field in [
        "schema", "model", "data", "group", "seed", "confidenceLevel", "versions", "commandLine",
        "results",
      ] {
        #expect(document[field] != nil, "\(field) is missing")
      }
      #expect(document["schema"] as? String == "geed.measurement/1")
      #expect(document["group"] as? String == "C4")
      #expect(document["seed"] as? Int == 0)
      let file = try #require(document["model"] as? [String: Any])
      #expect((file["sha256"] as? String)?.wholeMatch(of: /[0-9a-f]{64}/) != nil)
      let results = try #require(document["results"] as? [[String: Any]])
      #expect(results.count == 4)
      for result in results {
        for field in [
          "metric", "tensor", "value", "confidenceInterval", "unnormalized", "scale", "floor",
          "exampleCount", "perElement", "perExample", "notes",
        ] {
          #expect(result[field] != nil, "\(field) is missing")
        }
        let value = try #require(result["value"])
        let isLatent = (result["metric"] as? String)?.hasPrefix("latent") ?? false
        let needsNote = model == "constant" && result["metric"] as? String == "latent"
        #expect((value is NSNull) == needsNote)
        if needsNote {
          let notes = try #require(result["notes"] as? [String])
          #expect(notes.contains { $0.contains("M = 0") })
        }
        if !isLatent { #expect(result["scale"] is NSNull) }
      }
    }
  }

  @Test("The same command prints the same bytes")
  func repeatable() throws {
    let arguments = ["model.onnx", "--group", "D8", "--json"] + probes
    #expect(try measure(arguments) == measure(arguments))
  }

  @Test("The size of batches is of no consequence", arguments: [1, 7, 64])
  func batches(size: Int) throws {
    let arguments = ["model.onnx", "--group", "C8", "--json"] + probes
    let expected = try Measured(json: measure(arguments))
    let other = try Measured(json: measure(arguments + ["--batch", "\(size)"]))
    // A convolution may add in another order in another batch.
    try other.expectEqual(expected, relative: 1e-5, absolute: 1e-8)
  }

  @Test("Seeds choose examples, 'all' takes them all")
  func examples() throws {
    let arguments = ["model.onnx", "--group", "C4", "--json", "--softmax", "logits"]
    func indices(_ options: [String]) throws -> [Int] {
      try Measured(json: measure(arguments + options)).result("softmax", "logits")
        .perExample?.map(\.index) ?? []
    }
    let first = try indices(["--samples", "5"])
    #expect(Set(first).count == 5)
    #expect(try indices(["--samples", "5", "--seed", "0"]) == first)
    #expect(try indices(["--samples", "5", "--seed", "1"]) != first)
    #expect(try Array(indices(["--samples", "8"]).prefix(5)) == first)
    #expect(try indices(["--samples", "all"]).sorted() == Array(0..<20))
    #expect(try indices(["--samples", "1000"]).sorted() == Array(0..<20))
  }

  @Test("The level of intervals is the one that is asked for, and is named")
  func level() throws {
    let arguments = ["model.onnx", "--group", "C4", "--softmax", "logits"]
    func interval(_ level: String) throws -> [Double] {
      let json = try measure(arguments + ["--json", "--level", level])
      let result = try Measured(json: json).result("softmax", "logits")
      return try #require(result.confidenceInterval)
    }
    let (narrow, wide) = (try interval("0.5"), try interval("0.99"))
    #expect(narrow[1] - narrow[0] < 0.5 * (wide[1] - wide[0]))
    #expect(try measure(arguments + ["--level", "0.5"]).contains("  50 % interval  "))
  }

  @Test("The order of options is of no consequence, nor is '='")
  func order() throws {
    let one = try Measured(
      json: measure(["model.onnx", "--group", "C4", "--json", "--latent", "features"]))
    let other = try Tool.run(
      [
        "measure", "--json", "--latent=features", "--group=C4", "--data=pictures.npy", "model.onnx",
      ], in: scratch.path("."))
    #expect(other.status == 0)
    try Measured(json: other.output).expectEqual(one, relative: 0, absolute: 0)
  }

  @Test("Timing adds a line, and numbers to the JSON")
  func timing() throws {
    let arguments = ["model.onnx", "--group", "C4", "--softmax", "logits", "--timing"]
    let text = try measure(arguments)
    #expect(text.contains(/\nmeasured in .* s; the bare forward passes .* \(ratio .*\)\n$/))
    let json = try measure(arguments + ["--json"])
    let document = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    let timing = try #require(document?["timing"] as? [String: Double])
    #expect(try #require(timing["forwardSeconds"]) > 0)
    #expect(try #require(timing["measureSeconds"]) > 0)
  }

  private func measure(
    _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    // Relative paths, so that no snapshot names a folder of this machine.
    let outcome = try Tool.run(
      ["measure"] + arguments + ["--data", "pictures.npy"], in: scratch.path("."),
      sourceLocation: sourceLocation)
    #expect(outcome.status == 0, "\(outcome.error)", sourceLocation: sourceLocation)
    #expect(outcome.error == "", sourceLocation: sourceLocation)
    return outcome.output
  }
}
