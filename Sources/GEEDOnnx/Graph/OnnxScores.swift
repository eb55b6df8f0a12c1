// SPDX-License-Identifier: MIT

import GEED

/// The scores that a tensor holds according to the graph.
public enum OnnxScores: Sendable, Hashable {
  /// Scores of this kind.
  case kind(ScoreKind)
  /// No class scores, or none that can be identified; the text describes the contents, such as
  /// `class numbers`.
  case refused(String)
  /// Quantized integers whose scale is not part of the tensor, with the operator that computed
  /// them.
  case quantized(operation: String)

  /// The kind of scores, or `nil` if the graph shows that the tensor holds none.
  public var kind: ScoreKind? {
    if case .kind(let kind) = self { kind } else { nil }
  }

  /// A description of what the tensor holds instead of scores, or `nil`.
  public var reasonAgainst: String? {
    switch self {
    case .kind: nil
    case .refused(let reason): reason
    case .quantized(let operation):
      "quantized integers (\(operation)); probe the tensor behind DequantizeLinear"
    }
  }
}
