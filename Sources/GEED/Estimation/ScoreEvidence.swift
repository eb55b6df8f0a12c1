// SPDX-License-Identifier: MIT

import RealModule

/// Properties of a tensor's scores, which can contradict the kind as which they are read.
struct ScoreEvidence: Sendable, Hashable, OptionSet {
  let rawValue: UInt8

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// No distribution so far had a negative entry, and all summed to 1.
  static let distributions = ScoreEvidence(rawValue: 1)
  /// Every scalar so far was from 0 to 1.
  static let unitInterval = ScoreEvidence(rawValue: 2)
  /// Every distribution so far summed to 1 within ``recognition``, so that none had to be rescaled.
  static let exactSums = ScoreEvidence(rawValue: 4)

  /// The properties before any output was examined.
  static let all: ScoreEvidence = [.distributions, .unitInterval, .exactSums]

  /// The largest deviation of a sum of probabilities from 1, and excess of one below 0 or above 1.
  static let tolerance = 0.02

  /// The largest deviation from 1 of a sum of numbers that are recognized as probabilities.
  static let recognition = 1e-4
}

extension OutputReader {
  func evidence(
    in output: UnsafeBufferPointer<Float>
  ) -> (evidence: ScoreEvidence, contradiction: String?) {
    var evidence = ScoreEvidence.all
    // Bernoulli scores are also examined as one distribution over all labels.
    let siteCount = scores.isBernoulli ? 1 : siteCount
    let (isLog, asProbabilities) = (
      scores == .logProbabilities, scores == .probabilities || scores == .logProbabilities
    )
    for site in 0..<siteCount {
      var (sum, least, largest) = (0.0, Double.infinity, -Double.infinity)
      for i in stride(from: site, to: output.count, by: siteCount) {
        let value = isLog ? Double.exp(Double(output[i])) : Double(output[i])
        sum += value
        least = min(least, value)
        largest = max(largest, value)
      }
      if largest == -.infinity, !scores.isBernoulli {
        return (evidence, "holds -inf for every class")
      }
      if least < 0 || largest > 1 { evidence.subtract([.unitInterval, .distributions]) }
      if !(abs(sum - 1) <= ScoreEvidence.recognition) {
        evidence.subtract([.distributions, .exactSums])
      }
      if asProbabilities {
        if least < -ScoreEvidence.tolerance {
          return (evidence, "holds the negative number \(least.brief)")
        }
        if !(abs(sum - 1) <= ScoreEvidence.tolerance) {
          return (
            evidence,
            isLog
              ? "holds numbers whose exponentials sum to \(sum.brief), and not to 1"
              : output.count == 1
                ? "holds one number, \(sum.brief), and not probabilities that sum to 1"
                : "holds numbers that sum to \(sum.brief), and not to 1"
          )
        }
      } else if scores == .bernoulli,
        least < -ScoreEvidence.tolerance || largest > 1 + ScoreEvidence.tolerance
      {
        let wrong = largest > 1 + ScoreEvidence.tolerance ? largest : least
        return (evidence, "holds \(wrong.brief), which is not from 0 to 1")
      }
    }
    return (evidence, nil)
  }
}

extension Double {
  /// The number with four significant digits.
  fileprivate var brief: String {
    guard isFinite, self != 0 else { return "\(self)" }
    let scale = Double.pow(10, 3 - Double.log10(magnitude).rounded(.down))
    let rounded = (self * scale).rounded() / scale
    return rounded == rounded.rounded() && rounded.magnitude < 1e15
      ? "\(Int(rounded))" : "\(rounded)"
  }
}
