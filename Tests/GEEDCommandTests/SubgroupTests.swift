// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// `geed measure --subgroups`.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct SubgroupTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    _ = try scratch.write(numPyFile([12, 3, 8, 8]), to: "pictures.npy")
  }

  private func measure(_ group: String, _ options: [String]) throws -> Tool.Outcome {
    try Tool.run(
      [
        "measure", Fixtures.model("dynamic-batch"), "--data", scratch.path("pictures.npy"),
        "--group", group, "--samples", "6", "--channelwise", "relu", "--latent", "features",
        "--softmax", "logits",
      ] + options)
  }

  private func results(_ group: String, _ options: [String]) throws -> [[String: Any]] {
    let outcome = try measure(group, options + ["--json"])
    let document = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    return try #require((document as? [String: Any])?["results"] as? [[String: Any]])
  }

  @Test(
    "One run under D4 has the numbers of a run under each subgroup",
    arguments: [("C4", "C4 ⟨r1⟩"), ("C2", "C2 ⟨r2⟩"), ("flip", "C2 ⟨r0s⟩"), ("D2", "D2 ⟨r2, r0s⟩")])
  func separateRuns(group: String, label: String) throws {
    let whole = try results("D4", ["--subgroups"])
    let alone = try results(group, [])
    for (result, expected) in zip(whole, alone) {
      let subgroups = try #require(result["subgroups"] as? [[String: Any]])
      let subgroup = try #require(subgroups.first { $0["group"] as? String == label })
      // The runtime may sum in another order in batches that are cut elsewhere.
      let (value, other) = (subgroup["value"] as? Double, expected["value"] as? Double)
      #expect(try abs(#require(value) - #require(other)) < 1e-6)
    }
  }

  @Test("Each probe has a table with a row for each subgroup, then one for each quotient")
  func table() throws {
    let text = try measure("D4", ["--subgroups"]).output
    let lines = text.split(separator: "\n").map(String.init)
    func rows(_ metric: String) -> [String] {
      Array(lines.drop { !($0.hasPrefix("\(metric) ") && $0.contains(" order ")) }.dropFirst())
    }
    let kinds = rows("latent").prefix(8).map { String($0.prefix(2)) }
    #expect(kinds == ["C2", "C2", "C2", "C2", "C2", "C4", "D2", "D2"])
    // The center, and three subgroups of index 2, are normal.
    let names = rows("latent").dropFirst(8).prefix(4).map { $0.components(separatedBy: "  ")[0] }
    #expect(
      names == ["D4 / C2 ⟨r2⟩", "D4 / C4 ⟨r1⟩", "D4 / D2 ⟨r2, r0s⟩", "D4 / D2 ⟨r2, r1s⟩"])
    // Where outputs are moved there is no quotient.
    #expect(rows("channelwise").dropFirst(8).first?.hasPrefix("D4 /") == false)
  }

  @Test("Values that do not exist are null")
  func missing() throws {
    let subgroups = try results("D4", ["--subgroups"]).map {
      try #require($0["subgroups"] as? [[String: Any]])
    }
    for subgroup in subgroups[0] {
      #expect(subgroup["quotientValue"] is NSNull)
      #expect(subgroup["quotientConfidenceInterval"] is NSNull)
    }
    for subgroup in subgroups[1] {
      let isNormal = try #require(subgroup["isNormal"] as? Bool)
      #expect((subgroup["quotientValue"] is Double) == isNormal)
      #expect((subgroup["quotientConfidenceInterval"] is [Double]) == isNormal)
    }
  }

  @Test("Groups of prime order have none, which is said")
  func none() throws {
    #expect(
      try measure("C3", ["--subgroups"]).output.contains(
        "\nsubgroups: C3 has none but itself and the trivial one\n"))
  }

  @Test(
    "Samples and changes that are no group have no subgroups",
    arguments: ["SO2:8:haar", "blur:0-1"])
  func refused(group: String) throws {
    let outcome = try Tool.run([
      "measure", Fixtures.model("dynamic-batch"), "--data", scratch.path("pictures.npy"), "--group",
      group, "--softmax", "logits", "--subgroups",
    ])
    #expect(outcome.status == 64 && outcome.output == "")
    #expect(outcome.error.contains("'--subgroups' needs a finite group, but \(group)"))
  }
}
