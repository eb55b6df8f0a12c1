// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// `geed layers`.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct LayersTests {
  @Test("The table lists depth, name, operator and shape", arguments: ["dynamic-batch", "nhwc"])
  func table(name: String) throws {
    try expectSnapshot(Tool.output(of: ["layers", Fixtures.model(name)]), "layers-\(name)")
  }

  @Test("In a narrow terminal every block of the table begins with depth and tensor")
  func narrowTable() throws {
    let text = try Tool.output(
      of: ["layers", Fixtures.model("dynamic-batch"), "--linear-check", "C4"],
      environment: ["COLUMNS": "50"])
    let headings = text.split(separator: "\n").filter {
      $0.contains("operator") && $0.contains("shape") || $0.contains("propagation")
    }
    #expect(headings.count == 2)
    #expect(headings.allSatisfy { $0.hasPrefix("depth  tensor") })
  }

  @Test("JSON has every tensor with every field")
  func json() throws {
    let document = try layers("several-outputs")
    #expect(document["schema"] as? String == "geed.layers/1")
    #expect(document["inputs"] as? [String: String] == ["image": "batch x 3 x 8 x 8"])
    let tensors = try #require(document["tensors"] as? [[String: Any]])
    #expect(
      tensors.map { $0["name"] as? String }
        == ["conv", "relu", "pooled", "features", "logits", "probabilities"])
    #expect(tensors[0]["shape"] as? [String] == ["N", "4", "8", "8"])
    #expect(tensors.filter { $0["isOutput"] as? Bool == true }.count == 3)
  }

  @Test("What is not known is a question mark, null in JSON, and a note says why")
  func unknown() throws {
    let text = try Tool.output(of: ["layers", Fixtures.model("three-inputs")])
    #expect(text.contains("    1  conv      Conv               ?          ?\n"))
    #expect(
      text.contains("\n\nnote: The shapes are those that the file declares: Expected one input"))
    let tensors = try #require(layers("three-inputs")["tensors"] as? [[String: Any]])
    #expect(tensors[0]["shape"] is NSNull)
    #expect(tensors[0]["type"] is NSNull)
    let known = try Tool.output(
      of: [
        "layers", Fixtures.model("three-inputs"), "--input", "temperature=1", "--input", "shift=0",
      ])
    #expect(known.contains("    1  conv      Conv               N x 4 x 8 x 8  nchw\n"))
  }

  @Test("A model without tensors to probe is an error")
  func none() throws {
    let outcome = try Tool.run(["layers", Fixtures.model("no-tensors")])
    #expect(outcome.status == 65)
    #expect(outcome.error.contains("Expected outputs that depend on the input"))
    #expect(outcome.output == "")
  }

  private func layers(_ name: String) throws -> [String: Any] {
    let json = try Tool.output(of: ["layers", Fixtures.model(name), "--json"])
    return try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
  }
}
