// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// `geed compare`, `geed replicates` and `geed check`: commands that read runs and need no model.
@Suite struct RunFileTests {
  private let folder: RunFolder

  init() throws {
    folder = try RunFolder()
  }

  // MARK: compare

  /// Differences −1, −2, −3, −4: mean −2.5. Of 16 sign patterns 2 are as extreme, so nothing is rejected
  /// at 95 %. At 75 %, which is 4 of 16, the patterns that flip the 1 alone are still as extreme: totals
  /// 8 + 2δ and 10 + 4δ agree at δ = −1 and, on the other side, those that flip the 4 at δ = −4.
  @Test("A comparison by hand, on the same examples")
  func comparison() throws {
    let a = try folder.write(run(values: [1, 2, 3, 4]), to: "a.json")
    let b = try folder.write(run(values: [2, 4, 6, 8]), to: "b.json")
    let outcome = try folder.geed("compare", a, b)
    #expect(outcome.status == 0)
    let lines = outcome.output.split(separator: "\n")
    let row = try #require(lines.first { $0.hasPrefix("softmax") }).split(separator: " ")
    #expect(
      lines.last
        == "note: 4 examples are too few to reject any difference at this level: no interval.")
    #expect(
      row == ["softmax", "scores", "2.500", "5.000", "-2.500", "–", "0.1250"])
    let json = try folder.json("compare", a, b, "--json")
    let comparison = try #require((json["comparisons"] as? [[String: Any]])?.first)
    #expect(json["schema"] as? String == "geed.comparison/1")
    #expect(comparison["difference"] as? Double == -2.5)
    #expect(comparison["pValue"] as? Double == 0.125)
    #expect(comparison["confidenceInterval"] is NSNull && comparison["intervalMethod"] is NSNull)
    let three = try folder.json("compare", a, b, "--json", "--level", "0.75")
    let wide = try #require((three["comparisons"] as? [[String: Any]])?.first)
    let interval = try #require(wide["confidenceInterval"] as? [Double])
    #expect(abs(interval[0] + 4) < 1e-9 && abs(interval[1] + 1) < 1e-9)
    #expect(wide["intervalMethod"] as? String == "sign-flip")
  }

  /// As above; t(3) at 50 % is 0.764892, so ± 0.4937.
  @Test("Level and kind of a comparison's interval are those that are asked for")
  func comparisonLevel() throws {
    let a = try folder.write(run(values: [1, 2, 3, 4]), to: "a.json")
    let b = try folder.write(run(values: [2, 4, 6, 8]), to: "b.json")
    let json = try folder.json("compare", a, b, "--json", "--level", "0.5", "--interval", "t")
    #expect(json["confidenceLevel"] as? Double == 0.5)
    let comparison = try #require((json["comparisons"] as? [[String: Any]])?.first)
    let interval = try #require(comparison["confidenceInterval"] as? [Double])
    #expect(abs(interval[0] + 2.9937) < 1e-4 && abs(interval[1] + 2.0063) < 1e-4)
  }

  /// Equal errors, of which nothing is left in the difference 4. Of the four examples two are those of
  /// E and share the value: 8 of 16 patterns are as extreme. If all four shared it, 2 would be.
  @Test("The p-value of a ratio swaps the examples of E")
  func ratio() throws {
    func latent(_ value: Double) -> [String: Any] {
      var run = run(values: [1, 2])
      run["results"] = [
        [
          "metric": "latent", "tensor": "features", "value": value,
          "confidenceInterval": [value - 1, value + 1], "intervalMethod": "t", "exampleCount": 2,
          "perExample": [1, 2].map {
            ["index": $0, "name": NSNull(), "value": value] as [String: Any]
          },
          "errorShares": [[0.1, -0.1], [0.2, -0.2]], "degreesOfFreedom": 1, "notes": [String](),
        ] as [String: Any]
      ]
      return run
    }
    let a = try folder.write(latent(5), to: "a.json")
    let b = try folder.write(latent(1), to: "b.json")
    let json = try folder.json("compare", a, b, "--json")
    let comparison = try #require((json["comparisons"] as? [[String: Any]])?.first)
    #expect(comparison["pValue"] as? Double == 0.5)
  }

  @Test("Tensors of different names are paired by metric, if asked")
  func matching() throws {
    let a = try folder.write(run(values: [1, 2, 3]), to: "a.json")
    let b = try folder.write(run(tensor: "other", values: [1, 2, 4]), to: "b.json")
    let outcome = try folder.geed("compare", a, b)
    #expect(outcome.status == 65)
    #expect(outcome.error.contains("'--match metric' pairs tensors of different names."))
    #expect(try folder.geed("compare", a, b, "--match", "metric").output.contains("scores / other"))
  }

  @Test("Data are the same if their examples are, such as those of two temporary files")
  func sameData() throws {
    let a = try folder.write(run(values: [1, 2, 3]), to: "a.json")
    let b = try folder.write(
      run(values: [1, 2, 4], changes: ["data.path": "others"]), to: "b.json")
    #expect(try folder.geed("compare", a, b).status == 0)
  }

  @Test(
    "Runs that differ in more than the model are not compared",
    arguments: [
      (["group": "C8"], "differ in group: C4 and C8"),
      (["seed": 1], "differ in seed: 0 and 1"),
      (["data.path": "others", "examples": "ff"], "differ in data: pictures and others"),
      (["data.shape": [1, 2, 2]], "differ in the shape of examples: [3, 2, 2] and [1, 2, 2]"),
      (["first": 5], "were measured on different examples"),
      (["mask": "disc"], "differ in mask: none and disc"),
      (["interpolation": "nearest"], "differ in interpolation: bilinear and nearest"),
      (["examples": "ff"], "were measured on different examples, which have the same places"),
      (["scores": "bernoulli-logit"], "read other scores: logits of scores and bernoulli-logit"),
    ] as [([String: any Sendable], String)])
  func mismatches(change: [String: any Sendable], message: String) throws {
    let a = try folder.write(run(values: [1, 2, 3]), to: "a.json")
    let b = try folder.write(run(values: [1, 2, 3], changes: change), to: "b.json")
    for command in ["compare", "replicates"] {
      let outcome = try folder.geed(command, a, b)
      #expect(outcome.status == 65)
      #expect(outcome.output == "")
      #expect(outcome.error.contains("\(message)"))
      #expect(outcome.error.split(separator: "\n").count == 1)
    }
  }

  @Test("A value that does not exist has no difference, and a note")
  func missingValue() throws {
    let a = try folder.write(run(values: [1, 2, 3]), to: "a.json")
    let b = try folder.write(run(values: nil, note: "M = 0."), to: "b.json")
    let json = try folder.json("compare", a, b, "--json")
    let comparison = try #require((json["comparisons"] as? [[String: Any]])?.first)
    #expect(comparison["difference"] is NSNull && comparison["pValue"] is NSNull)
    #expect((comparison["notes"] as? [String])?.first?.contains("M = 0.") == true)
  }

  // MARK: replicates

  /// As in ReplicateMeanTests: models (1, 3) and (5, 11).
  @Test("The mean of two models by hand")
  func replicates() throws {
    let a = try folder.write(run(values: [1, 3]), to: "a.json")
    let b = try folder.write(run(values: [5, 11]), to: "b.json")
    let json = try folder.json("replicates", a, b, "--json")
    let row = try #require((json["results"] as? [[String: Any]])?.first)
    #expect(row["mean"] as? Double == 5)
    #expect(row["values"] as? [Double] == [2, 8])
    let error = try #require(row["modelStandardError"] as? Double)
    #expect(abs(error - 3) < 1e-12)
    #expect(try folder.geed("replicates", a).status == 64)
    // At 50 % the quantile of t with one degree of freedom is 1; the error is √12.
    let half = try folder.json("replicates", a, b, "--json", "--level", "0.5")
    let interval = try #require(
      (half["results"] as? [[String: Any]])?.first?["confidenceInterval"] as? [Double])
    #expect(abs(interval[0] - (5 - 12.0.squareRoot())) < 1e-9)
    #expect(abs(interval[1] - (5 + 12.0.squareRoot())) < 1e-9)
  }

  // MARK: check

  @Test("An interval of an older version, or without width, is no evidence")
  func invalidInterval() throws {
    for change in [
      ["intervalMethod": NSNull()], ["confidenceInterval": [2.5, 2.5]],
    ] as [[String: Any]] {
      var run = run(values: [1, 2, 3, 4])
      var results = try #require(run["results"] as? [[String: Any]])
      results[0].merge(change) { $1 }
      run["results"] = results
      let outcome = try folder.geed(
        "check", folder.write(run, to: "a.json"), "--below", "softmax=9")
      #expect(outcome.status == 1)
      #expect(outcome.output.contains("measure again"), "\(outcome.output)")
    }
  }

  @Test(
    "Results that cannot be those of a measurement are refused",
    arguments: [
      ("confidenceInterval", [0, 1, 2] as [Double], "an interval [0.0, 1.0, 2.0]"),
      ("confidenceInterval", [1], "at 'results.0.confidenceInterval"),
      ("degreesOfFreedom", [0], "0 degrees of freedom of softmax:scores"),
      ("exampleCount", [0], "a value of 0 examples of softmax:scores"),
      ("range", [-1e308, 1e308], "a range from -1e+308 to 1e+308 of softmax:scores"),
    ])
  func editedResult(field: String, value: [Double], message: String) throws {
    var edited = run(values: [1, 2, 4])
    var result = try #require((edited["results"] as? [[String: Any]])?.first)
    result[field] = ["degreesOfFreedom", "exampleCount"].contains(field) ? value[0] as Any : value
    edited["results"] = [result]
    let outcome = try folder.geed(
      "check", folder.write(edited, to: "edited.json"), "--below", "softmax=9")
    #expect(outcome.status == 65)
    #expect(outcome.error.contains(message), "\(outcome.error)")
    let whole = try folder.write(run(values: [1, 2, 4]), to: "whole.json")
    #expect(try folder.geed("compare", folder.path("edited.json"), whole).status == 65)
  }

  @Test("A check is of the upper bound, not of the value")
  func check() throws {
    let path = try folder.write(run(values: [1, 2, 3, 4]), to: "run.json")
    // The interval ends at 2.5 + 2.0543 = 4.554.
    for (limit, status) in [("4.56", 0), ("4.55", 1), ("2.6", 1)] as [(String, Int32)] {
      let outcome = try folder.geed("check", path, "--below", "softmax:sc*=\(limit)")
      #expect(outcome.status == status)
      #expect(
        outcome.output.hasPrefix(status == 0 ? "pass  softmax:scores" : "FAIL  softmax:scores"))
      #expect(outcome.output.split(separator: "\n").count == 1)
    }
  }

  @Test("A value that does not exist, or has no interval, fails")
  func missingBound() throws {
    let nothing = try folder.write(run(values: nil, note: "M = 0."), to: "nothing.json")
    let outcome = try folder.geed("check", nothing, "--below", "softmax=9")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("no value: M = 0."))
    let one = try folder.write(run(values: [1]), to: "one.json")
    #expect(try folder.geed("check", one, "--below", "softmax=9").status == 1)
  }

  @Test("A check of nothing does not pass")
  func unmatched() throws {
    let path = try folder.write(run(values: [1, 2]), to: "run.json")
    for probe in ["latent", "softmax:logits"] {
      let outcome = try folder.geed("check", path, "--below", "\(probe)=9")
      #expect(outcome.status == 65)
      #expect(outcome.error.contains("'--below \(probe)=9' matches none of the results"))
    }
    #expect(try folder.geed("check", path).status == 64)
    #expect(try folder.geed("check", path, "--below", "softmax").status == 64)
    #expect(try folder.geed("check", path, "--below", "depth=1").status == 64)
  }

  @Test("The JUnit report is XML, whatever tensors and models are called")
  func junit() throws {
    let path = try folder.write(
      run(tensor: "a<b>&\"c'\u{1}\n", values: [1, 2, 3], changes: ["model": "x & y.onnx"]),
      to: "run.json")
    let report = folder.path("out.xml")
    let outcome = try folder.geed(
      "check", path, "--below", "softmax=0.5", "--below", "softmax=99", "--below", "softmax=5",
      "--junit", report)
    #expect(outcome.status == 1)
    let xml = try String(contentsOfFile: report, encoding: .utf8)
    #expect(
      xml == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites tests="3" failures="1" errors="0" skipped="0">
          <testsuite name="x &amp; y.onnx" tests="3" failures="1" errors="0" skipped="0">
            <testcase classname="geed" name="softmax:a&lt;b&gt;&amp;&quot;c'?&#10;">
              <failure message="2.000, 95 % interval up to 4.484 &gt; 0.5"/>
            </testcase>
            <testcase classname="geed" name="softmax:a&lt;b&gt;&amp;&quot;c'?&#10;"/>
            <testcase classname="geed" name="softmax:a&lt;b&gt;&amp;&quot;c'?&#10;"/>
          </testsuite>
        </testsuites>

        """)
    let missing = try folder.geed(
      "check", path, "--below", "softmax=9", "--junit", folder.path("none/out.xml"))
    #expect(missing.status == 66)
  }

  // MARK: Files

  @Test(
    "Files that are no runs are named",
    arguments: [
      ("hello", "but found no JSON"),
      (#"{"schema": "other/1"}"#, "found schema other/1"),
      (#"{"schema": "geed.measurement/1"}"#, "but found no 'model'"),
      ("{}", "but found no 'schema'"),
    ])
  func noRun(content: String, message: String) throws {
    let path = folder.path("run.json")
    try content.write(toFile: path, atomically: true, encoding: .utf8)
    let outcome = try folder.geed("check", path, "--below", "softmax=1")
    #expect(outcome.status == 65)
    #expect(outcome.error.contains(message))
    #expect(outcome.error.hasPrefix("Error: '\(path)'"))
    #expect(try folder.geed("compare", path, folder.path("none.json")).status == 65)
    #expect(try folder.geed("check", folder.path("none.json"), "--below", "softmax=1").status == 66)
  }

  // MARK: Runs

  /// A run with one softmax result, as `geed measure` writes it.
  private func run(
    tensor: String = "scores", values: [Double]?, note: String? = nil,
    changes: [String: any Sendable] = [:]
  ) -> [String: Any] {
    let first = changes["first"] as? Int ?? 0
    var result: [String: Any] = [
      "metric": "softmax", "tensor": tensor, "scores": changes["scores"] ?? "logits",
      "value": NSNull(), "confidenceInterval": NSNull(),
      "intervalMethod": NSNull(), "exampleCount": values?.count ?? 0, "perExample": NSNull(),
      "errorShares": NSNull(), "degreesOfFreedom": NSNull(), "notes": note.map { [$0] } ?? [],
    ]
    if let values {
      let n = Double(values.count)
      let mean = values.reduce(0, +) / n
      result["value"] = mean
      result["perExample"] = values.enumerated().map {
        ["index": $0 + first, "name": NSNull(), "value": $1] as [String: Any]
      }
      if values.count > 1 {
        let shares = values.map { ($0 - mean) / (n * (n - 1)).squareRoot() }
        let error = shares.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // Student's t at 95 % for 1, 2 and 3 degrees of freedom.
        let halfWidth = [12.70620, 4.302653, 3.182446][values.count - 2] * error
        result["confidenceInterval"] = [mean - halfWidth, mean + halfWidth]
        result["intervalMethod"] = "t"
        result["errorShares"] = [shares]
        result["degreesOfFreedom"] = values.count - 1
      }
    }
    return [
      "schema": "geed.measurement/1", "model": ["path": changes["model"] ?? "model.onnx"],
      "data": [
        "path": changes["data.path"] ?? "pictures", "exampleCount": 100,
        "shape": changes["data.shape"] ?? [3, 2, 2],
      ],
      "interpolation": changes["interpolation"] ?? "bilinear",
      "examples": ["sha256": changes["examples"] ?? "00", "scaleSHA256": "00"],
      "group": changes["group"] ?? "C4", "seed": changes["seed"] ?? 0, "confidenceLevel": 0.95,
      "mask": changes["mask"] ?? NSNull(), "results": [result],
    ]
  }
}

/// A folder for the files of one test, in which the tool runs; gone with the object.
private final class RunFolder {
  struct Outcome {
    let status: Int32
    let output: String
    let error: String
  }

  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "geed-runs-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  func write(_ run: [String: Any], to name: String) throws -> String {
    try JSONSerialization.data(withJSONObject: run).write(to: URL(fileURLWithPath: path(name)))
    return path(name)
  }

  /// Runs the built tool, which stands beside the tests.
  func geed(_ arguments: String...) throws -> Outcome {
    try geed(arguments)
  }

  /// What the tool prints, as JSON.
  func json(_ arguments: String...) throws -> [String: Any] {
    let outcome = try geed(arguments)
    #expect(outcome.status == 0, "\(outcome.error)")
    let json = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    return try #require(json as? [String: Any])
  }

  private func geed(_ arguments: [String]) throws -> Outcome {
    let process = Process()
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    process.executableURL = URL(fileURLWithPath: own).deletingLastPathComponent()
      .appending(path: "geed")
    process.arguments = arguments
    // Files and not pipes: a pipe that nobody reads holds its writer up.
    let outputs = try ["stdout", "stderr"].map { name in
      _ = FileManager.default.createFile(atPath: path(name), contents: nil)
      return try FileHandle(forWritingTo: URL(fileURLWithPath: path(name)))
    }
    process.standardOutput = outputs[0]
    process.standardError = outputs[1]
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus,
      output: try String(contentsOfFile: path("stdout"), encoding: .utf8),
      error: try String(contentsOfFile: path("stderr"), encoding: .utf8))
  }
}
