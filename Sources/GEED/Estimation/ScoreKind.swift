// SPDX-License-Identifier: MIT

import RealModule

/// How the scalars of an output are to be read before they are compared: as values, or as scores that stand
/// for probabilities.
public enum ScoreKind: String, Sendable, Hashable, Codable {
  /// As they are.
  case values
  /// As probabilities, which they are already.
  case probabilities
  /// As logarithms of probabilities, the output of a log-softmax.
  case logProbabilities = "log-probabilities"
  /// As class scores, which a softmax over all scalars turns into probabilities.
  case logits

  /// Writes one output, read this way, into `result`.
  ///
  /// Exponentials and sums run in `Double`; the largest score is subtracted first, so that none
  /// overflows.
  ///
  /// - Precondition: Both hold the same number of scalars.
  func read(_ output: UnsafeBufferPointer<Float>, into result: UnsafeMutableBufferPointer<Double>) {
    switch self {
    case .values, .probabilities:
      for i in output.indices { result[i] = Double(output[i]) }
    case .logProbabilities:
      for i in output.indices { result[i] = Double.exp(Double(output[i])) }
    case .logits:
      let largest = Double(output.max() ?? 0)
      var total = 0.0
      for i in output.indices {
        result[i] = Double.exp(Double(output[i]) - largest)
        total += result[i]
      }
      for i in output.indices { result[i] /= total }
    }
  }
}
