// SPDX-License-Identifier: MIT

import GEED

/// The scores that a tensor holds by what the graph says of it.
public enum OnnxScores: Sendable, Hashable {
  /// Scores of this kind.
  case kind(ScoreKind)
  /// No scores of classes, or none that can be told; in words, such as `class numbers`.
  case refused(String)
  /// Quantized integers, of whose scale the tensor itself says nothing, with the operator that made
  /// them.
  case quantized(operation: String)

  /// The kind, unless the graph says that there is none.
  public var kind: ScoreKind? {
    if case .kind(let kind) = self { kind } else { nil }
  }

  /// What the tensor holds in place of scores, in words.
  public var reasonAgainst: String? {
    switch self {
    case .kind: nil
    case .refused(let reason): reason
    case .quantized(let operation):
      "quantized integers (\(operation)); probe the tensor behind DequantizeLinear"
    }
  }
}
