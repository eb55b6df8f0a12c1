// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED

/// A kind of scores: `logits` for all softmax tensors, or `tensor=logits` for a name or a pattern.
struct ScoreOption: ExpressibleByArgument {
  /// The pattern of the tensors, or `nil` for all.
  let pattern: String?
  /// The kind of scores, or `nil` for the one that the graph determines.
  let kind: ScoreKind?

  /// The words that `--scores` takes.
  static let words = ["auto"] + ScoreKind.allCases.filter { $0 != .values }.map(\.rawValue)

  init?(argument: String) {
    // Names of tensors may contain '='; kinds do not.
    let separator = argument.lastIndex(of: "=")
    let word = separator.map { String(argument[argument.index(after: $0)...]) } ?? argument
    guard Self.words.contains(word), separator != argument.startIndex else { return nil }
    pattern = separator.map { String(argument[..<$0]) }
    kind = ScoreKind(rawValue: word)
  }
}
