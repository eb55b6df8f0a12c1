// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// `geed conformance`.
struct ConformanceTests {
  @Test("Every case is listed and passes")
  func table() throws {
    let lines = try Tool.output(of: ["conformance"]).split(separator: "\n")
    #expect(lines.count == 26)  // a heading and 25 cases
    for line in lines.dropFirst() { #expect(line.hasSuffix("  pass"), "\(line)") }
    let constant = try #require(lines.first { $0.hasPrefix("constant-latent ") })
    #expect(constant.split(separator: " ").suffix(3) == ["–", "–", "pass"])
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
