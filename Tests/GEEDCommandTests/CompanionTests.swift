// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// Predictions and worst examples of `geed measure`.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct CompanionTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    _ = try scratch.write(numPyFile([12, 3, 8, 8]), to: "pictures.npy")
  }

  private func measure(_ options: [String], model: String = "dynamic-batch") throws -> String {
    try Tool.output(
      of: ["measure", Fixtures.model(model), "--data", scratch.path("pictures.npy")] + options)
  }

  @Test("The deviation is put beside the logarithm of what the mean runs over")
  func relativeDeviation() throws {
    let group = try measure(["--group", "C4", "--softmax", "logits"])
    #expect(group.contains("; effective invariance ") && group.contains(", E / log |G| "))
    let family = try measure(["--group", "blur:0-1:5", "--softmax", "logits"])
    #expect(family.contains("transformation deviation of ") && family.contains(", E / log 5 "))
  }

  @Test("The worst examples are the largest of all, largest first")
  func worst() throws {
    let options = ["--group", "C4", "--latent", "features", "--samples", "all"]
    let text = try measure(options + ["--worst", "3"])
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("worst of latent ") })
    let listed = line.matches(of: /\((\d+)\)/).compactMap { Int($0.1) }
    let examples = try #require(
      Measured(json: measure(options + ["--json"])).result("latent", "features").perExample)
    #expect(listed == examples.sorted { $0.value > $1.value }.prefix(3).map(\.index))
  }

  @Test("The sheet draws as many of the worst as are listed, or eight", arguments: [0, 3])
  func sheet(count: Int) throws {
    let sheet = scratch.path("worst.png")
    let text = try measure([
      "--group", "flip", "--softmax", "logits", "--worst", "\(count)", "--worst-sheet", sheet,
    ])
    let rows = count == 0 ? 8 : count
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("\(sheet): ") })
    let drawn = try #require(
      line.wholeMatch(of: /.*: worst of softmax logits; columns r0 r0s; rows examples ([\d ]+)/))
    #expect(drawn.1.split(separator: " ").count == rows)
    if count > 0 {
      let listed = text.matches(of: /example \((\d+)\)/).map { $0.1 }
      #expect(listed == drawn.1.split(separator: " "))
    }
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: sheet)))
    // 8 pixels, ten times larger, and a gap of 2 around each.
    let height = rows * 82 + 2
    #expect(
      bytes[16..<24].elementsEqual([0, 0, 0, 166, 0, 0, UInt8(height >> 8), UInt8(height & 255)]))
  }

  @Test("Without a value there is nothing to draw, which is said")
  func nothing() throws {
    let sheet = scratch.path("worst.png")
    let text = try measure(
      ["--group", "C4", "--latent", "features", "--worst-sheet", sheet], model: "constant")
    #expect(text.contains("worst.png: not drawn, as no probe has a value"))
    #expect(!FileManager.default.fileExists(atPath: sheet))
  }
}
