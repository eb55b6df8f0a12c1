// SPDX-License-Identifier: MIT

import RealModule

/// The kind of an output's scalars: plain values, or scores that represent probabilities.
///
/// A softmax probe compares probabilities, so it needs to know the kind of its scores. Scores of
/// mutually exclusive classes are one distribution for each example (or for each pixel); Bernoulli
/// scores are one distribution of yes and no for each scalar.
public enum ScoreKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// Plain values, which are compared as they are.
  case values
  /// Class scores, which a softmax over the classes turns into probabilities.
  case logits
  /// Probabilities of the classes, which sum to 1.
  case probabilities
  /// Natural logarithms of probabilities, the output of a log-softmax.
  case logProbabilities = "log-probabilities"
  /// Log-odds ln(p/(1 − p)), which a sigmoid turns into the probability of a label; one column for
  /// two classes, or one for each of several independent labels.
  case bernoulliLogit = "bernoulli-logit"
  /// Probabilities of independent labels, each from 0 to 1; one column or several.
  case bernoulli

  /// Whether every scalar represents a separate distribution, of a label that is present or absent.
  package var isBernoulli: Bool { self == .bernoulli || self == .bernoulliLogit }

  /// Whether −∞ is a valid score: the logarithm of probability 0.
  var allowsMinusInfinity: Bool {
    self == .logits || self == .logProbabilities || self == .bernoulliLogit
  }

  /// Writes the reading of one output into `result`; for Bernoulli scores the probability of yes.
  func read(
    _ output: UnsafeBufferPointer<Float>, into result: UnsafeMutableBufferPointer<Double>,
    siteCount: Int = 1
  ) {
    switch self {
    case .values, .probabilities, .bernoulli:
      for i in output.indices { result[i] = Double(output[i]) }
    case .logProbabilities:
      for i in output.indices { result[i] = Double.exp(Double(output[i])) }
    case .bernoulliLogit:
      for i in output.indices { result[i] = logistic(Double(output[i])) }
    case .logits:
      for site in 0..<siteCount {
        let places = stride(from: site, to: output.count, by: siteCount)
        var largest = -Double.infinity
        for i in places { largest = Double.maximum(largest, Double(output[i])) }
        var total = 0.0
        for i in places {
          result[i] = Double.exp(Double(output[i]) - largest)
          total += result[i]
        }
        for i in places { result[i] /= total }
      }
    }
  }
}

/// Returns 1/(1 + e^−z), as precise for large |z| as for small.
func logistic(_ z: Double) -> Double {
  if z >= 0 { return 1 / (1 + Double.exp(-z)) }
  let e = Double.exp(z)
  return e / (1 + e)
}
