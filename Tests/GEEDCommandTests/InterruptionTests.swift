// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// Ctrl-C.
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
    let result = try Measured(json: outcome.output).results[0]
    #expect(result.value != nil)
    #expect((1..<10_000).contains(result.exampleCount))
    #expect(result.perExample?.count == result.exampleCount)
    let note = try #require(result.notes?.last)
    #expect(
      note.contains(/^Stopped after \d+ of 80000 inputs: \d+ of 10000 examples\.$/), "\(note)")
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
}
