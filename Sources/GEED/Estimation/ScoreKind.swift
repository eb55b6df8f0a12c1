// SPDX-License-Identifier: MIT

import RealModule

/// The kind of an output's scalars: plain values, or scores that represent probabilities.
///
/// A softmax probe compares probabilities, so it has to know which scores it is given. Scores of
/// classes that exclude each other are one distribution for each example (or for each pixel);
/// Bernoulli scores are one distribution of yes and no for each scalar.
public enum ScoreKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// No scores: numbers that are compared as they are.
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
  /// Probabilities of labels, each from 0 to 1 by itself; one column or several.
  case bernoulli

  /// Whether every scalar is a distribution of its own, of a label that is there or not.
  public var isBernoulli: Bool { self == .bernoulli || self == .bernoulliLogit }

  /// Whether −∞ is a score that means something: probability 0.
  var allowsMinusInfinity: Bool {
    self == .logits || self == .logProbabilities || self == .bernoulliLogit
  }

  /// Writes one output, read this way, into `result`; for Bernoulli scores the probability of yes.
  ///
  /// Exponentials and sums run in `Double`; the largest score is subtracted first, so that none
  /// overflows.
  ///
  /// - Parameter siteCount: How many distributions of classes there are. The scalars of a class
  ///   follow one another, [K, sites].
  /// - Precondition: Both hold the same number of scalars, a multiple of `siteCount`.
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

/// 1/(1 + e^−z), as exact for large |z| as for small.
func logistic(_ z: Double) -> Double {
  if z >= 0 { return 1 / (1 + Double.exp(-z)) }
  let e = Double.exp(z)
  return e / (1 + e)
}
