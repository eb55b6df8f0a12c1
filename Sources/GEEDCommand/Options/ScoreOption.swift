// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED
import GEEDOnnx

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

extension OnnxTensor {
  /// What a softmax probe reads of the tensor.
  ///
  /// - Parameters:
  ///   - kind: What the user says; `nil` for what the graph does.
  ///   - isNamed: Whether the user said it of this tensor by name.
  /// - Throws: ``UsageError`` where the graph says that there is nothing of the kind.
  func scoreReading(_ kind: ScoreKind?, isNamed: Bool) throws -> (kind: ScoreKind, isPerPixel: Bool)
  {
    if kind == nil, case .refused(let reason)? = scores {
      throw UsageError(
        "'--softmax \(name)': the tensor holds \(reason); where that is wrong, say what it holds with "
          + "'--scores \(name)=logits', say.")
    }
    let read = kind ?? readKind
    // Probabilities that do not sum to 1 over axis 1 are refused later; labels show no such mistake.
    let isRead = scores?.kind.map { !$0.isBernoulli } ?? false
    return (read, holdsPixels && (isNamed || isRead))
  }

  /// What the graph says; where it does not, class scores, of which a single one is the logit of a
  /// sigmoid.
  private var readKind: ScoreKind {
    if let kind = scores?.kind { return kind }
    guard let shape else { return .logits }
    return shape.dropFirst().allSatisfy { $0.length == 1 } ? .bernoulliLogit : .logits
  }

  /// Whether the shape is `[N, K, H, W]` with more than one pixel.
  private var holdsPixels: Bool {
    guard let shape, shape.count == 4 else { return false }
    return shape[2].length != 1 || shape[3].length != 1
  }
}
