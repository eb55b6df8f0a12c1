// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// `geed conformance`.
struct ConformanceTests {
  @Test("Every case is listed and passes")
  func table() throws {
    let lines = try Tool.output(of: ["conformance"]).split(separator: "\n")
    let cases = lines.prefix { !$0.hasPrefix("wrong formula") }
    #expect(cases.count == 34)  // a heading and 33 cases
    for line in cases.dropFirst() { #expect(line.hasSuffix("  pass"), "\(line)") }
    let constant = try #require(lines.first { $0.hasPrefix("constant-latent ") })
    #expect(constant.split(separator: " ").suffix(3) == ["–", "–", "pass"])
  }

  /// (0.9, 0.1) and (0.1, 0.9) through another softmax are σ(±0.8), a divergence of 0.07403; those of
  /// one column are 1. M is 4/3.
  @Test("Wrong formulas are listed with what they give")
  func wrongFormulas() throws {
    let lines = try Tool.output(of: ["conformance"]).split(separator: "\n").map {
      $0.split(separator: " ").joined(separator: " ")
    }
    for line in [
      "double softmax known-divergence 0.07403 0.3681",
      "softmax of labels one-logit 0 0.3681", "no M known-noise 0.5000 0.3750",
      "KL swapped known-divergence 0.5108 0.3681", "normal interval no-failure-seen 0 ≥ 0.1794",
    ] { #expect(lines.contains(line), "\(line)") }
  }

  @Test("The cases as numbers are those of the published file")
  func vectors() throws {
    let printed = try JSONSerialization.jsonObject(
      with: Data(Tool.output(of: ["conformance", "--json"]).utf8))
    let published = try JSONSerialization.jsonObject(
      with: Data(
        contentsOf: URL(
          fileURLWithPath: Fixtures.path("Tests/GEEDTests/Fixtures/conformance.json"))))
    #expect(try #require(printed as? NSDictionary) == #require(published as? NSDictionary))
  }
}
