// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// What the tool says of failures that are rare, or have not come up at all.
///
/// Under the flip an example of two rows (a, b) has, by `pair-scores`, the softmax deviation of (a, b) and
/// (b, a), and the latent one |a − b|. One example in fifty is (1.5, 0), which is 0.2188 nats; the others are
/// (1, 1), which is 0.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct RareFailureTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
  }

  private static let failure = 0.2188

  /// Pairs of which every fiftieth of a shuffled order fails, if at all.
  private func pairs(
    _ count: Int, failing: @escaping (Int) -> Bool = { $0 % 50 == 7 }, name: String = "pairs.npy"
  ) throws -> String {
    try scratch.write(
      numPyFile([count, 1, 2, 2]) { failing($0 / 4) ? ($0 % 2 == 0 ? 1.5 : 0) : 1 }, to: name)
  }

  private func measure(_ data: String, _ options: [String]) throws -> [String: Any] {
    let text = try Tool.output(
      of: [
        "measure", Fixtures.model("pair-scores"), "--data", data, "--group", "flip", "--json",
      ] + options)
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    return try #require((document["results"] as? [[String: Any]])?.first)
  }

  @Test("A run does not stop before a rare failure has come up", arguments: 0..<3)
  func stopping(seed: Int) throws {
    let result = try measure(
      pairs(1_000), ["--softmax", "scores", "--precision", "5%", "--seed", "\(seed)"])
    #expect(result["exampleCount"] as? Int == 1_000)
    let value = try #require(result["value"] as? Double)
    #expect(abs(value - Self.failure / 50) < 1e-4)
    let interval = try #require(result["confidenceInterval"] as? [Double])
    #expect(interval[0] < value && interval[1] > value)
    #expect(result["intervalMethod"] as? String == "betting")
    let notes = try #require(result["notes"] as? [String])
    #expect(notes.contains { $0.contains("valid at all times") })
  }

  @Test("Nothing seen is no certainty: the interval is the rule of three, and the check fails")
  func nothingSeen() throws {
    let data = try pairs(50, failing: { _ in false })
    let result = try measure(data, ["--softmax", "scores"])
    #expect(result["value"] as? Double == 0)
    let interval = try #require(result["confidenceInterval"] as? [Double])
    // ln(40)/50 of ln 2 is 0.0511.
    #expect(interval[0] == 0 && interval[1] > 0.0511 && interval[1] < 0.056)
    let range = try #require(result["range"] as? [Double])
    #expect(range[0] == 0 && abs(range[1] - Foundation.log(2)) < 1e-15)
    let run = scratch.path("run.json")
    let text = try Tool.output(
      of: [
        "measure", Fixtures.model("pair-scores"), "--data", data, "--group", "flip", "--json",
        "--softmax", "scores", "--latent", "features", "--channelwise", "maps",
        "--scale-data", try pairs(30, failing: { $0 % 2 == 0 }, name: "scale.npy"),
      ])
    try text.write(toFile: run, atomically: true, encoding: .utf8)
    for (limit, status) in [
      ("softmax=0.0001", 1), ("softmax=0.06", 0), ("channelwise=-0.999", 1),
      ("channelwise=-0.9", 0),
      ("latent=0.3", 1),
    ] as [(String, Int32)] {
      let outcome = try Tool.run(["check", run, "--below", limit])
      #expect(outcome.status == status, "\(limit): \(outcome.output)")
      if limit.hasPrefix("latent") {
        #expect(outcome.output.contains("no upper bound: All 50 examples have the same deviation"))
      }
    }
  }

  @Test("Exactly equivariant maps are −1, with the interval of what may not have come up")
  func equivariant() throws {
    let result = try measure(pairs(50), ["--channelwise", "maps"])
    #expect(result["value"] as? Double == -1)
    let interval = try #require(result["confidenceInterval"] as? [Double])
    // The range ends at 0: the identity is always −1. ln(40)/50 = 0.0738.
    #expect(interval[0] == -1 && interval[1] > -1 + 0.0738 && interval[1] < -0.92)
    #expect(result["range"] as? [Double] == [-1, 0])
  }

  @Test("What has no largest value and no spread has no interval, and a note", arguments: [2, 50])
  func latent(count: Int) throws {
    let scale = try pairs(30, failing: { $0 % 2 == 0 }, name: "scale.npy")
    let result = try measure(
      pairs(count, failing: { _ in false }), ["--latent", "features", "--scale-data", scale])
    #expect(result["value"] as? Double == 0)
    #expect(result["confidenceInterval"] is NSNull)
    let notes = try #require(result["notes"] as? [String])
    #expect(notes.contains { $0.hasPrefix("All \(count) examples have the same deviation") })
  }

  @Test("No interval leaves the possible values at few examples", arguments: 2...9)
  func fewExamples(count: Int) throws {
    let data = try scratch.write(
      numPyFile([40, 1, 2, 2]) { $0 % 2 == 0 ? Float($0 % 7) / 4 : Float($0 % 5) / 3 },
      to: "few.npy")
    for interval in ["auto", "t", "bootstrap"] {
      for probe in [
        ["--softmax", "scores"], ["--latent", "features"], ["--channelwise", "maps"],
      ] {
        let result = try measure(
          data, probe + ["--samples", "\(count)", "--interval", interval, "--subgroups"])
        let ends = try #require(result["range"] as? [Any])
        let found = try #require(result["confidenceInterval"] as? [Double])
        #expect(found[0] >= (ends[0] as? Double ?? -.infinity))
        #expect(found[1] <= (ends[1] as? Double ?? .infinity))
      }
    }
  }

  @Test("The method is the one that is asked for, where there is spread")
  func methods() throws {
    let data = try scratch.write(
      numPyFile([60, 1, 2, 2]) { $0 % 2 == 0 ? Float($0 % 11) / 4 : 0 }, to: "spread.npy")
    for (asked, got) in [
      ("auto", "betting"), ("betting", "betting"), ("bootstrap", "bootstrap-t"), ("t", "t"),
    ] {
      let softmax = try measure(data, ["--softmax", "scores", "--interval", asked])
      #expect(softmax["intervalMethod"] as? String == got)
    }
    let latent = try measure(data, ["--latent", "features"])
    #expect(latent["intervalMethod"] as? String == "bootstrap-t")
  }

  @Test("A plan is made for the intervals that a run will have")
  func plan() throws {
    let text = try Tool.output(
      of: [
        "plan", Fixtures.model("pair-scores"), "--data", pairs(3_000), "--group", "flip",
        "--json", "--channelwise", "maps", "--precision", "5%",
      ])
    let plan = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let row = try #require((plan["rows"] as? [[String: Any]])?.first)
    let count = try #require(row["exampleCount"] as? Int)
    // ln(40)/0.05 = 74.
    #expect(count >= 74 && count < 85)
    let stopped = try #require(row["stoppedExampleCount"] as? Int)
    let run = try measure(pairs(3_000), ["--channelwise", "maps", "--precision", "5%"])
    // A run stops at the end of a batch, which is 8 orbits of the flip.
    let measured = try #require(run["exampleCount"] as? Int)
    #expect(stopped..<stopped + 8 ~= measured)
    let fixed = try measure(pairs(3_000), ["--channelwise", "maps", "--samples", "\(count)"])
    let interval = try #require(fixed["confidenceInterval"] as? [Double])
    #expect(interval[1] + 1 <= 0.05)
  }

  // MARK: M

  @Test("M of two examples has a value, and leaves the interval unknown")
  func onePair() throws {
    let data = try scratch.write(
      numPyFile([2, 1, 2, 2]) { [1, 0, 1, 0, 3, 2.5, 3, 2.5][$0] }, to: "two.npy")
    let result = try measure(data, ["--latent", "features"])
    // (1, 0) and (3, 2.5) are √(4 + 6.25) apart, both rows √2 times as far; deviations are 1 and 0.5.
    let scale = try #require(result["scale"] as? Double)
    #expect(abs(scale - 20.5.squareRoot()) < 1e-6)
    let value = try #require(result["value"] as? Double)
    #expect(abs(value - 0.75 / 20.5.squareRoot()) < 1e-6)
    #expect(result["confidenceInterval"] is NSNull)
    #expect(
      result["notes"] as? [String] == [
        "M is of one pair of examples, whose error is not known: no interval."
      ])
  }

  @Test("The measured data, named again as the data of M, are the same examples")
  func sameScaleData() throws {
    let data = try scratch.write(
      numPyFile([40, 1, 2, 2]) { Float(($0 * $0) % 13) / 4 }, to: "data.npy")
    let link = scratch.path("link.npy")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: data)
    let copy = scratch.path("copy.npy")
    try FileManager.default.copyItem(atPath: data, toPath: copy)
    let options = ["--latent", "features", "--samples", "20"]
    let alone = try measure(data, options)
    let expected = try #require(alone["confidenceInterval"] as? [Double])
    for name in [data, link, copy, scratch.path("./data.npy")] {
      let named = try measure(data, options + ["--scale-data", name])
      #expect(named["confidenceInterval"] as? [Double] == expected, "\(name)")
      #expect((named["errorShares"] as? [[Double]])?.map(\.count) == [20, 20])
    }
  }

  // MARK: Comparing

  @Test(
    "A comparison's interval and its p-value agree, and models that never differ are not certain to"
  )
  func comparing() throws {
    let spread = try scratch.write(
      numPyFile([60, 1, 2, 2]) { $0 % 2 == 0 ? Float($0 % 11) / 4 : 0 }, to: "spread.npy")
    func run(_ tensor: String, _ name: String) throws -> String {
      let text = try Tool.output(
        of: [
          "measure", Fixtures.model("pair-scores"), "--data", spread, "--group", "flip", "--json",
          "--softmax", tensor,
        ])
      let path = scratch.path(name)
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      return path
    }
    let (a, b) = (try run("scores", "a.json"), try run("features", "b.json"))
    let text = try Tool.output(of: ["compare", a, b, "--json", "--match", "metric"])
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let row = try #require((document["comparisons"] as? [[String: Any]])?.first)
    #expect(row["difference"] as? Double == 0 && row["pValue"] as? Double == 1)
    #expect(row["intervalMethod"] as? String == "sign-flip")
    let interval = try #require(row["confidenceInterval"] as? [Double])
    #expect(interval[0] < 0 && interval[1] > 0)
    #expect(interval[0] >= -Foundation.log(2) && interval[1] <= Foundation.log(2))
  }
}
