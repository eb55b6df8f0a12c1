// SPDX-License-Identifier: MIT

import Foundation
import GEEDStore
import Testing

/// Commands whose runs are kept, and what becomes of them.
enum StoredRuns {
  static let model = Fixtures.path("Examples/Glyphs/glyphs-cnn.onnx")

  /// All metrics; examples of M that are among those of E, and others.
  static var measure: [String] {
    [
      "measure", model, "--data", "glyphs", "--group", "C4", "--samples", "30", "--scale-samples",
      "45", "--channelwise", "block[24]", "--latent", "features", "--latent-cosine", "features",
      "--softmax", "logits", "--threads", "1", "--json",
    ]
  }

  /// The same of four examples and one tensor, where numbers do not matter.
  static var small: [String] {
    [
      "measure", model, "--data", "glyphs", "--group", "C4", "--samples", "4", "--softmax",
      "logits", "--threads", "1", "--json",
    ]
  }

  /// Runs the tool and returns what it prints; what it says on standard error does not matter.
  static func output(
    of arguments: [String], environment: [String: String] = [:],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let outcome = try Tool.run(
      arguments, environment: environment, sourceLocation: sourceLocation)
    #expect(outcome.status == 0, "\(outcome.error)", sourceLocation: sourceLocation)
    return outcome.output
  }

  /// How many examples the first run of a store has, while another process writes to it.
  static func exampleCount(_ path: String) -> Int {
    (try? RunStore(opening: path).runs().first?.count) ?? 0
  }
}

extension Tool {
  /// Runs the tool and kills it when something has come about.
  static func runAndKill(_ arguments: [String], when: @escaping () -> Bool) throws {
    let outcome = try run(arguments, signal: (SIGKILL, when: when))
    #expect(outcome.status == 128 + SIGKILL)
  }
}
