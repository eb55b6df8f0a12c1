// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED

/// `logits` for all softmax tensors, or `tensor=logits` for those that a name or a pattern means.
struct ScoreOption: ExpressibleByArgument {
  /// The tensors that are meant; `nil` for all.
  let pattern: String?
  /// What they hold; `nil` for what the graph says.
  let kind: ScoreKind?

  /// The words that `--scores` takes.
  static let words = ["auto"] + ScoreKind.allCases.filter { $0 != .values }.map(\.rawValue)

  init?(argument: String) {
    // Names of tensors may hold '=', kinds do not.
    let separator = argument.lastIndex(of: "=")
    let word = separator.map { String(argument[argument.index(after: $0)...]) } ?? argument
    guard Self.words.contains(word), separator != argument.startIndex else { return nil }
    pattern = separator.map { String(argument[..<$0]) }
    kind = ScoreKind(rawValue: word)
  }
}
