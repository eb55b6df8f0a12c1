// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import Testing
import _GEEDTestSupport

@Suite("geed train") struct TrainTests {
  private func configuration(_ change: (String) -> String = { $0 }) -> String {
    change(
      """
      network: {name: conventional-cnn, width: 0.05, classes: 10}
      data: {source: glyphs, rotated: true, resize: 29, count: 40}
      iterations: 6
      batch: 8
      optimizer: {kind: sgd, rate: 0.05, warm-up: 2}
      augmentation: rotation
      evaluation: {every: 3, count: 20}
      checkpoint-every: 2
      measure: {every: 3, group: C4, samples: 4, scale-samples: 6, latent: [features]}
      """)
  }

  private func written(_ text: String, in scratch: Scratch) throws -> String {
    let path = scratch.path("run.yaml")
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private struct Line: Decodable, Equatable {
    struct Deviation: Decodable, Equatable {
      let metric: String
      let tensor: String
      let value: Double
    }

    let iteration: Int
    let loss: Double?
    let testAccuracy: Double?
    let deviations: [Deviation]?
  }

  private func trajectory(_ folder: String) throws -> [Line] {
    try String(contentsOfFile: "\(folder)/trajectory.jsonl", encoding: .utf8)
      .split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
  }

  /// How many lines a run has written so far.
  private func lineCount(_ folder: String) -> Int {
    let text = try? String(contentsOfFile: "\(folder)/trajectory.jsonl", encoding: .utf8)
    return text?.split(separator: "\n").count ?? 0
  }

  @Test("What was trained is measured by the engine for ONNX models as it was on the way")
  func trainsAndMeasures() throws {
    let scratch = try Scratch()
    let path = try written(configuration(), in: scratch)
    let output = try Tool.output(of: ["train", path, "--threads", "1"])
    let folder = scratch.path("run")
    #expect(output.contains("model.onnx"))
    let lines = try trajectory(folder)
    #expect(lines.map(\.iteration) == Array(0...6))
    #expect(lines.filter { $0.deviations != nil }.map(\.iteration) == [0, 3, 6])
    #expect(lines.dropFirst().allSatisfy { $0.loss != nil })
    let best = try #require(lines.dropFirst().compactMap(\.testAccuracy).max())
    let weights = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/best.safetensors"))
    // The header of the file is text.
    let header = String(decoding: weights.prefix(4096), as: UTF8.self)
    #expect(header.contains("\"testAccuracy\":\"\(best)\""), "\(header)")
    #expect(FileManager.default.fileExists(atPath: "\(folder)/best.onnx"))
    let json = try Tool.output(of: [
      "measure", "\(folder)/model.onnx", "--data", "glyphs", "--resize", "29x29", "--group", "C4",
      "--latent", "features", "--samples", "4", "--scale-samples", "6", "--json",
    ])
    #expect(json.contains("\"tensor\" : \"features\""))
  }

  @Test("Killed at any moment, a run goes on and ends with the same numbers")
  func killedAndResumed() throws {
    let scratch = try Scratch()
    let text = configuration { $0.replacing("iterations: 6", with: "iterations: 40") }
    let path = try written(text, in: scratch)
    let whole = scratch.path("whole")
    let killed = scratch.path("killed")
    _ = try Tool.output(of: ["train", path, "-o", whole, "--threads", "1"])
    let first = try Tool.run(
      ["train", path, "-o", killed, "--threads", "1"],
      signal: (SIGKILL, when: { lineCount(killed) >= 12 }))
    #expect(first.status == 128 + SIGKILL)
    _ = try Tool.output(of: ["train", path, "-o", killed, "--threads", "1", "--resume"])
    #expect(try trajectory(whole) == trajectory(killed))
    for file in ["model.safetensors", "best.safetensors", "best.onnx"] {
      let bytes = try ["whole", "killed"].map {
        try Data(contentsOf: URL(fileURLWithPath: scratch.path("\($0)/\(file)")))
      }
      let same = bytes[0] == bytes[1]
      #expect(same, "\(file)")
    }
  }

  @Test("Ctrl-C saves what the run can go on from")
  func interrupted() throws {
    let scratch = try Scratch()
    let text = configuration { $0.replacing("iterations: 6", with: "iterations: 100000") }
    let path = try written(text, in: scratch)
    let outcome = try Tool.run(
      ["train", path, "--threads", "1"],
      signal: (SIGINT, when: { lineCount(scratch.path("run")) >= 4 }))
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("Stopped after"))
    #expect(FileManager.default.fileExists(atPath: scratch.path("run/checkpoint.safetensors")))
  }

  @Test(
    "Wrong settings are named in one sentence",
    arguments: [
      ("iterations: 6", "iteration: 6", "iteration"),
      ("iterations: 6", "iterations: 0", "iterations"),
      ("name: conventional-cnn", "name: resnet", "resnet18"),
      ("resize: 29", "resize: 9", "too small"),
      ("[features]", "[feature]", "feature"),
      ("group: C4", "group: Q4", "Q4"),
      ("kind: sgd", "kind: sdg", "kind"),
      ("source: glyphs", "source: nowhere", "nowhere"),
      ("source: glyphs", "source: glyphs, corruption: mist:1", "corruption"),
      ("warm-up: 2", "warm-up: 20", "warm-up"),
    ])
  func wrongSettings(right: String, wrong: String, named: String) throws {
    let scratch = try Scratch()
    let path = try written(configuration { $0.replacing(right, with: wrong) }, in: scratch)
    let outcome = try Tool.run(["train", path])
    #expect([64, 65, 66].contains(outcome.status))
    #expect(outcome.error.contains(named))
    #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
    #expect(outcome.output == "")
  }

  @Test("Pictures can be grey, inverted and corrupted before they are learnt from")
  func adaptedPictures() throws {
    let scratch = try Scratch()
    let changes = ["", ", grey: true", ", invert: true", ", corruption: contrast:5"]
    let losses = try changes.map { change in
      let text = configuration { $0.replacing("source: glyphs", with: "source: glyphs\(change)") }
      let path = try written(text, in: scratch)
      let folder = scratch.path("run\(changes.firstIndex(of: change) ?? 0)")
      _ = try Tool.output(of: ["train", path, "--threads", "1", "--output", folder])
      return try trajectory(folder).compactMap(\.loss).last
    }
    // Glyphs are grey already; everything else is another picture.
    #expect(losses[0] != nil && losses[1] == losses[0])
    #expect(losses[2] != losses[0] && losses[3] != losses[0] && losses[2] != losses[3])
  }

  @Test("Of several processes the first one measures and writes, and all can go on from there")
  func severalProcesses() async throws {
    let scratch = try Scratch()
    let path = try written(configuration(), in: scratch)
    let folder = scratch.path("run")
    try await trainTogether([path, "-o", folder])
    let lines = try trajectory(folder)
    #expect(lines.map(\.iteration) == Array(0...6))
    #expect(lines.filter { $0.deviations != nil }.map(\.iteration) == [0, 3, 6])
    // Nothing is left to do, but for writing the same network again.
    try FileManager.default.removeItem(atPath: "\(folder)/model.safetensors")
    try await trainTogether([path, "-o", folder, "--resume"])
    #expect(try trajectory(folder) == lines)
    #expect(FileManager.default.fileExists(atPath: "\(folder)/model.safetensors"))
  }

  /// Runs two processes of `geed train`, of which the second has nothing to say.
  private func trainTogether(_ arguments: [String]) async throws {
    let port = try #require(freePort())
    let outcomes = try await withThrowingTaskGroup(of: Tool.Outcome.self) { processes in
      for rank in 0..<2 {
        let environment = [
          "RANK": "\(rank)", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1",
          "MASTER_PORT": "\(port)",
        ]
        processes.addTask {
          // A thread of its own, as there may be only one for tasks, and each waits for the other.
          try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
              continuation.resume(
                with: Result {
                  try Tool.run(
                    ["train"] + arguments + ["--threads", "1"], environment: environment)
                })
            }
          }
        }
      }
      return try await processes.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.allSatisfy { $0.status == 0 && $0.error == "" }, "\(outcomes)")
    #expect(outcomes.count { $0.output == "" } == 1)
    #expect(outcomes.count { $0.output.contains("model.onnx") } == 1)
  }

  @Test("Who is one of several processes, and is not told where they meet, says so")
  func missingVariable() throws {
    let scratch = try Scratch()
    let path = try written(configuration(), in: scratch)
    let outcome = try Tool.run(
      ["train", path], environment: ["RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": ""])
    #expect(outcome.status == 64)
    #expect(outcome.error.contains("MASTER_ADDR is not set, but RANK is."))
  }

  @Test func aCheckpointOfOtherSettingsIsRefused() throws {
    let scratch = try Scratch()
    let path = try written(configuration(), in: scratch)
    _ = try Tool.output(of: ["train", path, "--threads", "1"])
    _ = try written(configuration { $0.replacing("rate: 0.05", with: "rate: 0.5") }, in: scratch)
    let outcome = try Tool.run(["train", path, "--resume"])
    #expect(outcome.status == 64)
    #expect(outcome.error.contains("other settings"))
  }
}
#endif
