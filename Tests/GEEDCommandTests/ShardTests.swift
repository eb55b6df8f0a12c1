// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// `geed measure --shard` and `geed merge`.
@Suite(.enabled(if: Available.runtime, Available.noRuntime)) struct ShardTests {
  @Test(
    "Shards that are merged print the same bytes as a run in one go", arguments: [(30, 2), (7, 5)])
  func merged(samples: Int, count: Int) throws {
    let scratch = try Scratch()
    let arguments =
      StoredRuns.measure.map { $0 == "30" ? String(samples) : $0 } + ["--subgroups"]
    let whole = try StoredRuns.output(of: arguments)
    for number in 1...count {
      _ = try StoredRuns.output(
        of: arguments + [
          "--store=\(scratch.path("\(number % 2).sqlite"))", "--shard=\(number)/\(count)",
        ])
    }
    let merged = scratch.path("merged.sqlite")
    #expect(
      try Tool.output(of: [
        "merge", scratch.path("0.sqlite"), scratch.path("1.sqlite"), "-o", merged,
      ]) == "Merged \(count) shards into run 1 of \(merged).\n")
    #expect(try StoredRuns.output(of: ["export", "1", "--store", merged]) == whole)
    let csv = try StoredRuns.output(of: ["export", "1", "--store", merged, "--format", "csv"])
    _ = try StoredRuns.output(of: arguments + ["--store", scratch.path("whole.sqlite")])
    #expect(
      try StoredRuns.output(of: [
        "export", "1", "--store", scratch.path("whole.sqlite"), "--format", "csv",
      ]) == csv)
  }

  @Test("A shard that was killed and begun again counts once")
  func begunAnew() throws {
    let scratch = try Scratch()
    let store = scratch.path("a.sqlite")
    let arguments = StoredRuns.measure.map { $0 == "30" ? "150" : $0 }
    let first = arguments + ["--store", store, "--shard", "1/2"]
    try Tool.runAndKill(first) { StoredRuns.exampleCount(store) >= 1 }
    _ = try StoredRuns.output(of: first)
    _ = try StoredRuns.output(of: arguments + ["--store", store, "--shard", "2/2"])
    let merged = scratch.path("merged.sqlite")
    _ = try StoredRuns.output(of: ["merge", store, "-o", merged])
    #expect(
      try StoredRuns.output(of: ["export", "1", "--store", merged])
        == StoredRuns.output(of: arguments))
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
      StoredRuns.small + ["--store", store, "--shard", "auto"], environment: variables)
    #expect(outcome.status == 0)
    #expect(outcome.error.hasPrefix("Measuring shard \(shard) ("))
    #expect(try StoredRuns.output(of: ["runs", "--store", store]).contains("  \(shard)  "))
  }

  @Test("Shards that make no whole are refused by name")
  func notMergeable() throws {
    let scratch = try Scratch()
    func shard(_ name: String, _ part: String, _ more: [String] = []) throws -> String {
      let store = scratch.path(name)
      _ = try StoredRuns.output(of: StoredRuns.small + ["--store", store, "--shard", part] + more)
      return store
    }
    let first = try shard("1.sqlite", "1/3")
    let second = try shard("2.sqlite", "2/3")
    let third = try shard("3.sqlite", "3/3")
    let twin = try shard("twin.sqlite", "2/3")
    let other = try shard("other.sqlite", "2/3", ["--seed", "5"])
    let half = try shard("half.sqlite", "2/2")
    let whole = scratch.path("whole.sqlite")
    _ = try StoredRuns.output(of: StoredRuns.small + ["--store", whole])
    func refusal(_ stores: String...) throws -> String {
      let outcome = try Tool.run(["merge"] + stores + ["-o", scratch.path("out.sqlite")])
      #expect(outcome.status == 65)
      #expect(!FileManager.default.fileExists(atPath: scratch.path("out.sqlite")))
      return outcome.error
    }
    #expect(try refusal(first, half).contains("they differ in the number of shards"))
    #expect(try refusal(first, third) == "Error: Shard 2/3 is missing.\n")
    #expect(try refusal(second) == "Error: Shard 1/3, 3/3 are missing.\n")
    #expect(
      try refusal(first, second, twin, third)
        == "Error: Run 1 of '\(second)', shard 2/3, and run 1 of '\(twin)', shard 2/3, are the same "
        + "shard; leave one out.\n")
    #expect(
      try refusal(first, other, third)
        == "Error: Run 1 of '\(first)', shard 1/3, and run 1 of '\(other)', shard 2/3, are of "
        + "different measurements: they differ in the seed (0 and 5).\n")
    #expect(
      try refusal(first, whole)
        == "Error: '\(whole)' has no run that 'geed measure --shard' has made.\n")
    try Tool.runAndKill(
      StoredRuns.small.map { $0 == "4" ? "9000" : $0 } + ["--store", scratch.path("4.sqlite")]
        + ["--shard", "1/3"], when: { StoredRuns.exampleCount(scratch.path("4.sqlite")) > 0 })
    #expect(
      try refusal(scratch.path("4.sqlite"))
        == "Error: Run 1 of '\(scratch.path("4.sqlite"))', shard 1/3, is not finished; "
        + "'geed measure' with '--resume' finishes it.\n")
  }
}
