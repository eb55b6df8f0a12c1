// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// Floors, masks and controls of `geed measure`.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct ControlTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    _ = try scratch.write(numPyFile([20, 3, 8, 8]), to: "pictures.npy")
  }

  private func arguments(_ options: [String]) -> [String] {
    [
      "measure", Fixtures.model("dynamic-batch"), "--data", scratch.path("pictures.npy"), "--group",
      "C8", "--samples", "6", "--channelwise", "relu", "--latent", "features", "--softmax",
      "logits",
    ] + options
  }

  private func document(_ options: [String]) throws -> [String: Any] {
    let text = try Tool.output(of: arguments(options + ["--json"]))
    return try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func results(_ document: Any?) throws -> [[String: Any]] {
    try #require((document as? [String: Any])?["results"] as? [[String: Any]])
  }

  @Test("Without controls there are floors, the action's defects and F, and nothing else")
  func plain() throws {
    let document = try document([])
    for field in ["mask", "control", "noise"] {
      #expect(document[field] == nil || document[field] is NSNull, "\(field)")
    }
    let action = try #require(document["action"] as? [String: Any])
    #expect((action["compositionDefect"] as? Double ?? 0) > 0)
    #expect((action["worstPair"] as? [String])?.count == 2)
    let results = try results(document)
    #expect(results[0]["floor"] is Double && results[1]["floor"] is NSNull)
    #expect(results[1]["fRatio"] is [String: Any] && results[0]["fRatio"] is NSNull)
    #expect(results.allSatisfy { $0["noiseResponse"] is NSNull })
  }

  @Test("Controls stand beside the values, which they do not change")
  func controls() throws {
    let options = ["--control", "untrained", "--control", "noise", "--control-seed", "5"]
    let document = try document(options)
    let control = try #require(document["control"] as? [String: Any])
    #expect(control["kind"] as? String == "untrained" && control["seed"] as? Int == 5)
    #expect((document["noise"] as? [String: Any])?["seed"] as? Int == 5)
    let plain = try results(self.document([]))
    let (own, twin) = (try results(document), try results(control))
    for index in 0..<3 {
      let value = try #require(own[index]["value"] as? Double)
      #expect(plain[index]["value"] as? Double == value)
      #expect(twin[index]["value"] as? Double != value)
      #expect(own[index]["noiseResponse"] is Double)
    }
    let text = try Tool.output(of: arguments(options))
    for word in ["floor", "untrained", "noise", "F", "action: composition defect"] {
      #expect(text.contains(word), "\(word) is missing:\n\(text)")
    }
    let lines = text.split(separator: "\n").map(cells)
    let heading = try #require(lines.firstIndex { $0.first == "metric" })
    let column = try #require(lines[heading].firstIndex(of: "untrained"))
    for index in 0..<3 {
      let shown = try #require(Double(lines[heading + 1 + index][column]))
      let value = try #require(twin[index]["value"] as? Double)
      // Four digits.
      #expect(abs(shown - value) <= 1e-3 * abs(value))
    }
  }

  /// The cells of a line of a table.
  private func cells(_ line: Substring) -> [String] {
    line.components(separatedBy: "  ").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }

  /// Class probabilities of this model hardly move. One twin's do not either; another's move three
  /// times as much, which speaks for the model.
  @Test("A small deviation of an insensitive model is put in doubt, in words")
  func remark() throws {
    let options = ["--control", "untrained", "--control-seed", "3"]
    let remark = try #require(results(document(options))[2]["remark"] as? String)
    #expect(remark.hasPrefix("Small, but an untrained twin is just as invariant ("))
    let text = try Tool.output(of: arguments(options))
    #expect(text.contains("\nnote: softmax logits: \(remark)\n"), "\(text)")
    #expect(try results(document(["--control", "untrained"]))[2]["remark"] is NSNull)
    #expect(try results(document([]))[2]["remark"] is NSNull)
  }

  @Test("Controls take as many examples as a run that stopped by itself")
  func stoppedRun() throws {
    _ = try scratch.write(numPyFile([200, 3, 8, 8]), to: "many.npy")
    let text = try Tool.output(
      of: [
        "measure", Fixtures.model("dynamic-batch"), "--data", scratch.path("many.npy"), "--group",
        "C4", "--softmax", "logits", "--precision", "50%", "--interval", "bootstrap", "--control",
        "untrained", "--json",
      ])
    let document = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let count = try #require(results(document)[0]["exampleCount"] as? Int)
    #expect(count < 200)
    #expect(try results(document?["control"])[0]["exampleCount"] as? Int == count)
  }

  @Test("The mask is named and changes what is measured")
  func mask() throws {
    let masked = try document(["--mask", "disc"])
    #expect(masked["mask"] as? String == "disc")
    #expect(
      try results(masked)[0]["value"] as? Double != results(document([]))[0]["value"] as? Double)
    #expect(try Tool.output(of: arguments(["--mask", "disc"])).contains("inside the disc"))
  }

  @Test("Unknown controls and masks are wrong usage", arguments: ["--control", "--mask"])
  func usage(option: String) throws {
    #expect(try Tool.run(arguments([option, "square"])).status == 64)
  }
}
