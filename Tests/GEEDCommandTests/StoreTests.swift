// SPDX-License-Identifier: MIT

import Foundation
import GEEDStore
import Testing

/// `geed measure --store`, and what can be done with a store.
@Suite(.enabled(if: Available.runtime, Available.noRuntime)) struct StoreTests {
  // MARK: Resuming

  @Test(
    "Killed at any moment, a run is resumed and prints the same bytes",
    arguments: [("C4", []), ("C4", ["--subgroups", "--mask", "disc"]), ("SO2:6:haar", [])]
      as [(String, [String])])
  func killed(group: String, options: [String]) throws {
    let scratch = try Scratch()
    let store = scratch.path("a.sqlite")
    let arguments =
      StoredRuns.measure.map { $0 == "30" ? "150" : $0 == "C4" ? group : $0 } + options
      + ["--batch", "7"]
    let whole = try StoredRuns.output(of: arguments)
    for moment in [1, 60] {
      let killed = try Tool.run(
        arguments + ["--store", store, "--resume"],
        signal: (SIGKILL, when: { StoredRuns.exampleCount(store) >= moment }))
      #expect(killed.status == 128 + SIGKILL && killed.output == "")
    }
    #expect((60..<150).contains(StoredRuns.exampleCount(store)))
    let resumed = try Tool.run(arguments + ["--store", store, "--resume"])
    #expect(resumed.status == 0)
    #expect(resumed.error.hasPrefix("Continuing run 1 of \(store), begun "))
    #expect(resumed.output == whole)
    #expect(try StoredRuns.output(of: ["export", "1", "--store", store]) == whole)
    #expect(try RunStore(opening: store).runs().map(\.status) == [.finished])
  }

  @Test("Ctrl-C leaves a run that can be resumed")
  func interrupted() throws {
    let scratch = try Scratch()
    let store = scratch.path("a.sqlite")
    let arguments = StoredRuns.measure.map { $0 == "30" ? "150" : $0 } + ["--store", store]
    let stopped = try Tool.run(
      arguments, signal: (SIGINT, when: { StoredRuns.exampleCount(store) >= 20 }))
    #expect(stopped.status == 0)
    #expect(stopped.output.contains("Stopped after"))
    let refused = try Tool.run(["export", "1", "--store", store])
    #expect(refused.status == 65)
    #expect(
      refused.error
        == "Error: Run 1 of '\(store)' is not finished; 'geed measure' with '--resume' finishes "
        + "it.\n")
    #expect(
      try StoredRuns.output(of: arguments + ["--resume"])
        == StoredRuns.output(of: StoredRuns.measure.map { $0 == "30" ? "150" : $0 }))
  }

  @Test("A run that stops when it is precise enough stops there when it is resumed")
  func precision() throws {
    let scratch = try Scratch()
    let store = scratch.path("a.sqlite")
    let arguments = [
      "measure", StoredRuns.model, "--data", "glyphs", "--group", "C4", "--precision", "8%",
      "--latent",
      "features", "--threads", "1", "--json",
    ]
    let whole = try StoredRuns.output(of: arguments)
    let killed = try Tool.run(
      arguments + ["--store", store],
      signal: (SIGKILL, when: { StoredRuns.exampleCount(store) >= 25 }))
    #expect(killed.status == 128 + SIGKILL)
    #expect(try StoredRuns.output(of: arguments + ["--store", store, "--resume"]) == whole)
  }

  @Test("Other weights in the file beside the model are another network, which is not resumed")
  func externalWeights() throws {
    let scratch = try Scratch()
    let store = scratch.path("a.sqlite")
    let fixtures = "Tests/GEEDOnnxTests/Fixtures/external-data"
    var weights = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("\(fixtures).bin")))
    let graph = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("\(fixtures).onnx")))
    let model = try scratch.write(graph, to: "external-data.onnx")
    let pictures = try scratch.write(numPyFile([20, 3, 8, 8]), to: "pictures.npy")
    func measure() throws -> (document: [String: Any], said: String) {
      _ = try scratch.write(weights, to: "external-data.bin")
      let outcome = try Tool.run([
        "measure", model, "--data", pictures, "--group", "C4", "--samples", "4", "--softmax",
        "logits", "--threads", "1", "--json", "--store", store, "--resume",
      ])
      let document = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
      return (try #require(document as? [String: Any]), outcome.error)
    }
    let first = try measure()
    weights[0] ^= 1
    let second = try measure()
    #expect(second.said == "\(store) has no run of these settings; beginning one.\n")
    weights[0] ^= 1
    let third = try measure()
    #expect(third.said.hasPrefix("Continuing run 1 of \(store), begun "))
    let models = try [first, second, third].map {
      try #require($0.document["model"] as? [String: Any])
    }
    let hashes = try models.map { try #require($0["weights"] as? [String: String]) }
    #expect(hashes.allSatisfy { Array($0.keys) == ["external-data.bin"] })
    #expect(hashes[0] == hashes[2] && hashes[0] != hashes[1])
    #expect(Set(try models.map { try #require($0["sha256"] as? String) }).count == 1)
  }

  @Test("A finished run is printed again; without --resume the same command is a new run")
  func again() throws {
    let scratch = try Scratch()
    let store = scratch.path("a.sqlite")
    let whole = try Tool.output(of: StoredRuns.measure + ["--store", store])
    #expect(
      try StoredRuns.output(of: StoredRuns.measure + ["--store", store, "--resume"]) == whole)
    #expect(try RunStore(opening: store).runs().count == 1)
    let other = try Tool.run(
      StoredRuns.measure + ["--seed", "1", "--store", store, "--resume", "--control", "noise"])
    #expect(other.error == "\(store) has no run of these settings; beginning one.\n")
    #expect(try Tool.output(of: StoredRuns.measure + ["--store", store]) == whole)
    #expect(try RunStore(opening: store).runs().map(\.status) == [.finished, .finished, .finished])
  }

  // MARK: Reading

  @Test("CSV has every observation, whose means are the results")
  func csv() throws {
    let scratch = try Scratch()
    let store = scratch.path("a.sqlite")
    let measured = try Measured(
      json: try StoredRuns.output(of: StoredRuns.measure + ["--store", store]))
    let lines = try StoredRuns.output(of: ["export", "1", "--store", store, "--format", "csv"])
      .split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(
      lines[0] == [
        "iteration", "metric", "tensor", "example", "name", "label", "element", "value",
        "prediction", "weight", "scale", "action", "distance",
      ])
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
    _ = try StoredRuns.output(of: StoredRuns.small + ["--store", store])
    _ = try StoredRuns.output(of: StoredRuns.small + ["--store", store])
    let comparison = try StoredRuns.output(of: ["compare", "\(store)#1", "\(store)#2"])
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
      try failure(StoredRuns.small + ["--store", text])
        == (65, "Error: '\(text)': expected a store of runs, but found no SQLite file.\n"))
    let none = scratch.path("none.sqlite")
    #expect(
      try failure(["export", "1", "--store", none])
        == (66, "Error: Expected a store at '\(none)', but there is nothing.\n"))
    #expect(try failure(StoredRuns.small + ["--resume"]).1.contains("'--resume' needs '--store'"))
    #expect(
      try failure(StoredRuns.small + ["--shard", "1/2"]).1.contains("'--shard' needs '--store'"))
    for shard in ["0/2", "3/2", "1", "1/0", "a/b", "1/2/3"] {
      let (status, error) = try failure(StoredRuns.small + ["--store", none, "--shard", shard])
      #expect(status == 64 && error.contains("'\(shard)'"))
    }
    let automatic = StoredRuns.small + ["--store", none, "--shard", "auto"]
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
      let arguments = StoredRuns.small.filter { $0 != "--samples" && $0 != "4" } + option
      let (status, error) = try failure(arguments + ["--store", none, "--shard", "1/2"])
      #expect(status == 64 && error.contains(option[0]))
    }
  }
}
