// SPDX-License-Identifier: MIT

import Foundation
import GEEDStore
import Testing

/// `geed measure --store`, and what can be done with a store.
@Suite(.enabled(if: Available.runtime, Available.noRuntime)) struct StoreTests {
  private let model = Fixtures.path("Examples/Glyphs/glyphs-cnn.onnx")

  /// All metrics; examples of M that are among those of E, and others.
  private var measure: [String] {
    [
      "measure", model, "--data", "glyphs", "--group", "C4", "--samples", "30", "--scale-samples",
      "45", "--channelwise", "block[24]", "--latent", "features", "--latent-cosine", "features",
      "--softmax", "logits", "--threads", "1", "--json",
    ]
  }

  /// The same of four examples and one tensor, where numbers do not matter.
  private var small: [String] {
    [
      "measure", model, "--data", "glyphs", "--group", "C4", "--samples", "4", "--softmax",
      "logits", "--threads", "1", "--json",
    ]
  }

  /// Runs the tool and returns what it prints; what it says on standard error does not matter.
  private func output(
    of arguments: [String], environment: [String: String] = [:],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let outcome = try Tool.run(
      arguments, environment: environment, sourceLocation: sourceLocation)
    #expect(outcome.status == 0, "\(outcome.error)", sourceLocation: sourceLocation)
    return outcome.output
  }

  /// How many examples the first run of a store has, while another process writes to it.
  private func exampleCount(_ path: String) -> Int {
    (try? RunStore(opening: path).runs().first?.count) ?? 0
  }

  // MARK: Resuming

  @Test(
    "Killed at any moment, a run is resumed and prints the same bytes",
    arguments: [[], ["--subgroups", "--mask", "disc"], ["--group", "SO2:6:haar"]])
  func killed(options: [String]) throws {
    let scratch = try Scratch()
    let store = scratch.path("a.sqlite")
    // Some seconds of forward passes, in many batches.
    let command =
      measure.map { $0 == "30" ? "400" : $0 }
      + options.filter { $0 != "SO2:6:haar" }.filter {
        $0 != "--group"
      } + ["--batch", "7"]
    let arguments =
      options.first == "--group"
      ? command.map { $0 == "C4" ? options[1] : $0 } : command
    let whole = try output(of: arguments)
    for moment in [1, 150] {
      let killed = try Tool.run(
        arguments + ["--store", store, "--resume"],
        signal: (SIGKILL, when: { exampleCount(store) >= moment }))
      #expect(killed.status == 128 + SIGKILL && killed.output == "")
    }
    #expect((150..<400).contains(exampleCount(store)))
    let resumed = try Tool.run(arguments + ["--store", store, "--resume"])
    #expect(resumed.status == 0)
    #expect(resumed.error.hasPrefix("Going on with run 1 of \(store), begun "))
    #expect(resumed.output == whole)
    #expect(try output(of: ["export", "1", "--store", store]) == whole)
    #expect(try RunStore(opening: store).runs().map(\.status) == [.finished])
  }

  @Test("Ctrl-C leaves a run that can be resumed")
  func interrupted() throws {
    let scratch = try Scratch()
    let store = scratch.path("a.sqlite")
    let arguments = measure.map { $0 == "30" ? "400" : $0 } + ["--store", store]
    let stopped = try Tool.run(
      arguments, signal: (SIGINT, when: { exampleCount(store) >= 20 }))
    #expect(stopped.status == 0)
    #expect(stopped.output.contains("Stopped after"))
    let refused = try Tool.run(["export", "1", "--store", store])
    #expect(refused.status == 65)
    #expect(
      refused.error
        == "Error: Run 1 of '\(store)' is not finished; 'geed measure' with '--resume' finishes "
        + "it.\n")
    #expect(
      try output(of: arguments + ["--resume"])
        == output(of: measure.map { $0 == "30" ? "400" : $0 }))
  }

  @Test("A run that stops when it is precise enough stops there when it is resumed")
  func precision() throws {
    let scratch = try Scratch()
    let store = scratch.path("a.sqlite")
    let arguments = [
      "measure", model, "--data", "glyphs", "--group", "C4", "--precision", "8%", "--latent",
      "features", "--threads", "1", "--json",
    ]
    let whole = try output(of: arguments)
    let killed = try Tool.run(
      arguments + ["--store", store], signal: (SIGKILL, when: { exampleCount(store) >= 25 }))
    #expect(killed.status == 128 + SIGKILL)
    #expect(try output(of: arguments + ["--store", store, "--resume"]) == whole)
  }

  @Test("A finished run is printed again; without --resume the same command is a new run")
  func again() throws {
    let scratch = try Scratch()
    let store = scratch.path("a.sqlite")
    let whole = try Tool.output(of: measure + ["--store", store])
    #expect(try output(of: measure + ["--store", store, "--resume"]) == whole)
    #expect(try RunStore(opening: store).runs().count == 1)
    let other = try Tool.run(
      measure + ["--seed", "1", "--store", store, "--resume", "--control", "noise"])
    #expect(other.error == "\(store) has no run of these settings; beginning one.\n")
    #expect(try Tool.output(of: measure + ["--store", store]) == whole)
    #expect(try RunStore(opening: store).runs().map(\.status) == [.finished, .finished, .finished])
  }

  // MARK: Shards

  @Test("Shards that are merged print the same bytes as a run in one go", arguments: [2, 5])
  func merged(count: Int) throws {
    let scratch = try Scratch()
    let arguments = measure + ["--subgroups"]
    let whole = try output(of: arguments)
    for number in 1...count {
      _ = try output(
        of: arguments + ["--store", scratch.path("\(number % 2).sqlite"), "--shard"]
          + ["\(number)/\(count)"])
    }
    let merged = scratch.path("merged.sqlite")
    #expect(
      try Tool.output(of: [
        "merge", scratch.path("0.sqlite"), scratch.path("1.sqlite"), "-o", merged,
      ]) == "Merged \(count) shards into run 1 of \(merged).\n")
    #expect(try output(of: ["export", "1", "--store", merged]) == whole)
    let csv = try output(of: ["export", "1", "--store", merged, "--format", "csv"])
    _ = try output(of: arguments + ["--store", scratch.path("whole.sqlite")])
    #expect(
      try output(of: [
        "export", "1", "--store", scratch.path("whole.sqlite"), "--format", "csv",
      ]) == csv)
  }

  @Test(
    "Launchers say which shard it is",
    arguments: [
      (
        ["SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_COUNT": "3", "SLURM_ARRAY_TASK_MIN": "6"],
        "2/3"
      ),
      (
        [
          "SLURM_ARRAY_TASK_ID": "9", "SLURM_ARRAY_TASK_COUNT": "3", "SLURM_ARRAY_TASK_MIN": "5",
          "SLURM_ARRAY_TASK_STEP": "2",
        ], "3/3"
      ),
      (["JOB_COMPLETION_INDEX": "0", "JOB_COMPLETIONS": "2"], "1/2"),
      (["RANK": "3", "WORLD_SIZE": "4"], "4/4"),
    ] as [([String: String], String)])
  func launchers(variables: [String: String], shard: String) throws {
    let scratch = try Scratch()
    let store = scratch.path("a.sqlite")
    let outcome = try Tool.run(
      small + ["--store", store, "--shard", "auto"], environment: variables)
    #expect(outcome.status == 0)
    #expect(outcome.error.hasPrefix("Measuring shard \(shard) ("))
    #expect(try output(of: ["runs", "--store", store]).contains("  \(shard)  "))
  }

  @Test("Shards that make no whole are refused by name")
  func notMergeable() throws {
    let scratch = try Scratch()
    func shard(_ name: String, _ part: String, _ more: [String] = []) throws -> String {
      let store = scratch.path(name)
      _ = try output(of: small + ["--store", store, "--shard", part] + more)
      return store
    }
    let first = try shard("1.sqlite", "1/3")
    let second = try shard("2.sqlite", "2/3")
    let third = try shard("3.sqlite", "3/3")
    let twin = try shard("twin.sqlite", "2/3")
    let other = try shard("other.sqlite", "2/3", ["--seed", "5"])
    let whole = scratch.path("whole.sqlite")
    _ = try output(of: small + ["--store", whole])
    func refusal(_ stores: String...) throws -> String {
      let outcome = try Tool.run(["merge"] + stores + ["-o", scratch.path("out.sqlite")])
      #expect(outcome.status == 65)
      #expect(!FileManager.default.fileExists(atPath: scratch.path("out.sqlite")))
      return outcome.error
    }
    #expect(try refusal(first, third) == "Error: Shard 2/3 is missing.\n")
    #expect(try refusal(second) == "Error: Shard 1/3, 3/3 are missing.\n")
    #expect(
      try refusal(first, second, twin, third)
        == "Error: run 1 of '\(second)', shard 2/3, and run 1 of '\(twin)', shard 2/3, are the same "
        + "shard; leave one out.\n")
    #expect(
      try refusal(first, other, third)
        == "Error: run 1 of '\(first)', shard 1/3, and run 1 of '\(other)', shard 2/3, are of "
        + "different measurements: they differ in the seed (0 and 5).\n")
    #expect(
      try refusal(first, whole)
        == "Error: '\(whole)' has no run that 'geed measure --shard' has made.\n")
    try Tool.kill(
      small.map { $0 == "4" ? "9000" : $0 } + ["--store", scratch.path("4.sqlite")]
        + ["--shard", "1/3"], when: { exampleCount(scratch.path("4.sqlite")) > 0 })
    #expect(
      try refusal(scratch.path("4.sqlite"))
        == "Error: run 1 of '\(scratch.path("4.sqlite"))', shard 1/3, is not finished; "
        + "'geed measure' with '--resume' finishes it.\n")
  }

  // MARK: Reading

  @Test("CSV has every observation, whose means are the results")
  func csv() throws {
    let scratch = try Scratch()
    let store = scratch.path("a.sqlite")
    let measured = try Measured(json: try output(of: measure + ["--store", store]))
    let lines = try output(of: ["export", "1", "--store", store, "--format", "csv"])
      .split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(
      lines[0] == ["iteration", "metric", "tensor", "example", "name", "label", "element", "value"])
    #expect(lines.count == 1 + measured.results.count * 30 * 4)
    for result in measured.results {
      let values = lines.dropFirst().filter { $0[1] == result.metric && $0[2] == result.tensor }
        .compactMap { Double($0[7]) }
      let mean = values.reduce(0, +) / Double(values.count)
      // 120 numbers, summed in another order.
      #expect(abs(mean - (try #require(result.unnormalized))) <= 1e-12 * max(1, abs(mean)))
    }
  }

  @Test("Runs of a store can be compared and checked")
  func references() throws {
    let scratch = try Scratch()
    let store = scratch.path("a.sqlite")
    _ = try output(of: small + ["--store", store])
    _ = try output(of: small + ["--store", store])
    let comparison = try output(of: ["compare", "\(store)#1", "\(store)#2"])
    #expect(comparison.contains("logits"))
    #expect(
      try Tool.run(["check", "\(store)#2", "--below", "softmax=100"]).status == 0)
    #expect(try Tool.run(["check", "\(store)#2", "--below", "softmax=0"]).status == 1)
    let missing = try Tool.run(["check", "\(store)#9", "--below", "softmax=0"])
    #expect(missing.status == 64)
    #expect(missing.error == "Error: '\(store)' has no run 9, only 1, 2.\n")
  }

  // MARK: Errors

  @Test("Files that are no stores, and options that do not fit, are named")
  func mistakes() throws {
    let scratch = try Scratch()
    let text = try scratch.write(Array(repeating: UInt8(ascii: "x"), count: 999), to: "text")
    func failure(_ arguments: [String], environment: [String: String] = [:]) throws
      -> (Int32, String)
    {
      let outcome = try Tool.run(arguments, environment: environment)
      #expect(outcome.output == "")
      return (outcome.status, outcome.error)
    }
    #expect(
      try failure(["runs", "--store", text])
        == (65, "Error: '\(text)': expected a store of runs, but found no SQLite file.\n"))
    #expect(
      try failure(small + ["--store", text])
        == (65, "Error: '\(text)': expected a store of runs, but found no SQLite file.\n"))
    let none = scratch.path("none.sqlite")
    #expect(
      try failure(["export", "1", "--store", none])
        == (66, "Error: Expected a store at '\(none)', but there is nothing.\n"))
    #expect(try failure(small + ["--resume"]).1.contains("'--resume' needs '--store'"))
    #expect(try failure(small + ["--shard", "1/2"]).1.contains("'--shard' needs '--store'"))
    for shard in ["0/2", "3/2", "1", "1/0", "a/b", "1/2/3"] {
      let (status, error) = try failure(small + ["--store", none, "--shard", shard])
      #expect(status == 64 && error.contains("'\(shard)'"))
    }
    let automatic = small + ["--store", none, "--shard", "auto"]
    #expect(try failure(automatic).1.contains("SLURM_ARRAY_TASK_ID"))
    #expect(
      try failure(automatic, environment: ["RANK": "1"])
        == (64, "Error: '--shard auto' found RANK, but not WORLD_SIZE, the number of parts.\n"))
    #expect(
      try failure(automatic, environment: ["RANK": "2", "WORLD_SIZE": "2"])
        == (
          64,
          "Error: '--shard auto' found part 2 of 2 in RANK and WORLD_SIZE, which is none.\n"
        ))
    #expect(!FileManager.default.fileExists(atPath: none))
    for option in [["--precision", "5%"], ["--control", "noise"]] {
      let arguments = small.filter { $0 != "--samples" && $0 != "4" } + option
      let (status, error) = try failure(arguments + ["--store", none, "--shard", "1/2"])
      #expect(status == 64 && error.contains(option[0]))
    }
  }
}

extension Tool {
  /// Runs the tool and kills it when something has come about.
  fileprivate static func kill(_ arguments: [String], when: @escaping () -> Bool) throws {
    let outcome = try run(arguments, signal: (SIGKILL, when: when))
    #expect(outcome.status == 128 + SIGKILL)
  }
}
