// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// Ctrl-C, and the signals of queues and closed terminals.
@Suite(.enabled(if: Available.runtime, Available.noRuntime), .serialized)
struct InterruptionTests {
  /// Long enough to be interrupted on any machine: 10,000 pictures under 720 turns.
  private let long = [
    "measure", Fixtures.path("Examples/Glyphs/glyphs-cnn.onnx"), "--data", "glyphs",
    "--samples", "all", "--softmax", "logits",
  ]

  @Test("The first prints what there is, with a note, also as JSON")
  func partialResult() throws {
    let outcome = try Tool.run(
      long + ["--group", "C8", "--json", "--timing"], signals: [(5, SIGINT)])
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.error == "")
    #expect(outcome.output.contains(#""endedEarly" : true"#))
    let result = try Measured(json: outcome.output).results[0]
    #expect(result.value != nil)
    #expect((1..<10_000).contains(result.exampleCount))
    #expect(result.perExample?.count == result.exampleCount)
    let note = try #require(result.notes?.last)
    #expect(
      note.contains(/^Stopped after \d+ of 80000 inputs: \d+ of 10000 examples\.$/), "\(note)")
  }

  @Test(
    "SIGTERM and SIGHUP print what there is as well, and say by their code that it is not all",
    arguments: [SIGTERM, SIGHUP])
  func terminated(signal: Int32) throws {
    let outcome = try Tool.run(
      long + ["--group", "C8", "--json", "--timing"], signals: [(5, signal)])
    #expect(outcome.status == 128 + signal)
    #expect(outcome.error == "")
    let result = try Measured(json: outcome.output).results[0]
    #expect((1..<10_000).contains(result.exampleCount))
    #expect(result.notes?.last?.contains("Stopped after") == true)
  }

  @Test("A run in a store that SIGTERM cuts short continues and ends with the same result")
  func terminatedAndResumed() throws {
    let scratch = try Scratch()
    let arguments = [
      "measure", Fixtures.path("Examples/Glyphs/glyphs-cnn.onnx"), "--data", "glyphs",
      "--samples", "600", "--group", "C8", "--batch", "4", "--softmax", "logits", "--json",
    ]
    let stored = arguments + ["--store", scratch.path("runs.sqlite")]
    let stopped = try Tool.run(stored, signals: [(1.5, SIGTERM)])
    #expect([128 + SIGTERM, 0].contains(stopped.status), "\(stopped.error)")
    let whole = try Measured(json: Tool.output(of: arguments))
    let resumed = try Tool.run(stored + ["--resume"])
    #expect(resumed.status == 0)
    #expect(!resumed.output.contains("endedEarly"))
    try Measured(json: resumed.output).expectEqual(whole, relative: 0, absolute: 0)
  }

  @Test("A file that is being written is given up, and no part of it stays")
  func exported() throws {
    let scratch = try Scratch()
    _ = try scratch.write([], to: "out/keep")
    let folder = scratch.path("out")
    func names() -> [String] {
      (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
    let outcome = try Tool.run(
      ["data", "glyphs", "--resize", "224x224", "--samples", "2", "--export", "\(folder)/all.npy"],
      signal: (SIGTERM, when: { names().count > 1 }))
    #expect(outcome.status == 128 + SIGTERM)
    #expect(outcome.error == "Error: Stopped; the file was not written.\n")
    #expect(names() == ["keep"])
  }

  @Test("Before the first example it is an error of its own")
  func nothing() throws {
    let outcome = try Tool.run(long + ["--group", "C4096"], signals: [(3, SIGINT)])
    #expect(outcome.status == 130)
    #expect(outcome.output == "")
  }

  @Test("A second one ends the tool at once")
  func second() throws {
    let start = ContinuousClock.now
    // One batch takes long, so that the loop cannot end between the two.
    let outcome = try Tool.run(
      long + ["--group", "C8", "--batch", "8000"], signals: [(3, SIGINT), (3.2, SIGINT)])
    #expect(outcome.status == 128 + SIGINT)
    #expect(outcome.output == "")
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  @Test("So does a second one of another kind")
  func secondOfAnotherKind() throws {
    let outcome = try Tool.run(
      long + ["--group", "C8", "--batch", "8000"], signals: [(3, SIGINT), (3.2, SIGTERM)])
    #expect(outcome.status == 128 + SIGTERM)
    #expect(outcome.output == "")
  }
}
