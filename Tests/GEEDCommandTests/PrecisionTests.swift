// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// `--precision` and `--plan` of `geed measure`.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct PrecisionTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    _ = try scratch.write(numPyFile([300, 3, 8, 8]), to: "pictures.npy")
  }

  private func json(_ options: [String], of command: String = "measure") throws -> [String: Any] {
    let text = try Tool.output(
      of: [
        command, Fixtures.model("dynamic-batch"), "--data", scratch.path("pictures.npy"),
        "--group", "C4", "--json",
      ] + options)
    return try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test("A run stops at a look, when every interval is narrow enough")
  func stopping() throws {
    let result = try #require(
      (json(["--softmax", "logits", "--precision", "30%", "--interval", "bootstrap"])["results"]
        as? [[String: Any]])?.first)
    let count = try #require(result["exampleCount"] as? Int)
    #expect(count >= 20 && count < 300)
    let value = try #require(result["value"] as? Double)
    let interval = try #require(result["confidenceInterval"] as? [Double])
    #expect(max(interval[1] - value, value - interval[0]) <= 0.3 * value)
    let notes = try #require(result["notes"] as? [String])
    #expect(notes.contains { $0.hasPrefix("Within 30.0 % of the value after \(count) examples") })
    // The interval pays for having been looked at: one of as many examples, fixed beforehand, is
    // narrower.
    let fixed = try #require(
      (json(["--softmax", "logits", "--samples", "\(count)", "--interval", "bootstrap"])["results"]
        as? [[String: Any]])?.first)
    #expect(fixed["value"] as? Double == value)
    let other = try #require(fixed["confidenceInterval"] as? [Double])
    #expect(other[1] - other[0] < interval[1] - interval[0])
  }

  @Test("A run that may stop has all of M from the start")
  func scaleFirst() throws {
    func result(_ options: [String]) throws -> [String: Any] {
      try #require(
        (json(["--latent", "features"] + options)["results"] as? [[String: Any]])?.first)
    }
    let stopped = try result(["--precision", "60%"])
    #expect(try #require(stopped["exampleCount"] as? Int) < 100)
    #expect(try stopped["scale"] as? Double == result(["--samples", "20"])["scale"] as? Double)
  }

  @Test("A plan is made from 20 examples, and holds")
  func plan() throws {
    let plan = try json(
      ["--softmax", "logits", "--precision", "10%", "--interval", "t"], of: "plan")
    #expect(plan["schema"] as? String == "geed.plan/1")
    #expect(plan["pilotExampleCount"] as? Int == 20)
    let row = try #require((plan["rows"] as? [[String: Any]])?.first)
    let count = try #require(row["exampleCount"] as? Int)
    #expect(try #require(row["seconds"] as? Double) > 0)
    let stopped = try #require(row["stoppedExampleCount"] as? Int)
    #expect(stopped > count)
    // Time grows with the inputs, here with the examples.
    let (seconds, pilot) = (row["seconds"] as? Double, plan["pilotSeconds"] as? Double)
    #expect(try abs(#require(seconds) * 20 / Double(count) / #require(pilot) - 1) < 1e-9)
    let run = try json(["--softmax", "logits", "--samples", "\(count)", "--interval", "t"])
    let result = try #require((run["results"] as? [[String: Any]])?.first)
    let value = try #require(result["value"] as? Double)
    let interval = try #require(result["confidenceInterval"] as? [Double])
    // A pilot of 20 knows a standard deviation to ±16 %; three of these.
    #expect(abs((interval[1] - value) / (0.1 * value) - 1) < 0.5, "\(count)")
  }

  @Test("The option of the measurement does the same, and says what to use")
  func alias() throws {
    let options = [
      Fixtures.model("dynamic-batch"), "--data", scratch.path("pictures.npy"), "--group", "C4",
      "--softmax", "logits",
    ]
    let plan = try Tool.run(["plan"] + options + ["--precision", "10%"])
    let alias = try Tool.run(["measure"] + options + ["--plan", "10%"])
    let command = (["geed", "plan"] + options + ["--precision", "10%"]).joined(separator: " ")
    #expect(alias.error == "The same as: \(command)\n")
    // No command is printed that would not work.
    #expect(try Tool.run(["measure"] + options + ["--plan", "10%", "--elements"]).error == "")
    #expect(plan.status == 0 && alias.status == 0 && plan.error.isEmpty)
    // The first line has the time of the pilot.
    #expect(plan.output.split(separator: "\n")[1] == alias.output.split(separator: "\n")[1])
  }

  @Test("Where M cannot be known well enough, a plan says so")
  func scaleError() throws {
    let text = try Tool.output(
      of: [
        "plan", Fixtures.model("dynamic-batch"), "--data", scratch.path("pictures.npy"),
        "--group", "C4", "--latent", "features", "--precision", "1%", "--scale-samples", "30",
      ])
    #expect(text.contains("note: latent features: M's own error is too large for this precision"))
    #expect(text.contains("No value can be planned."))
  }
}
