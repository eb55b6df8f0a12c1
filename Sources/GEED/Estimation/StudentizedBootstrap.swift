// SPDX-License-Identifier: MIT
// The Bootstrap and Edgeworth Expansion, Hall 1992, https://doi.org/10.1007/978-1-4612-4384-7

/// The studentized bootstrap, or bootstrap-t: the distribution of the error of an estimate, in
/// units of its own standard error, is estimated from the sample instead of taken from Student's t.
///
/// Neither side of the interval is shorter than by the skewness-corrected Student quantiles of
/// ``SkewnessCorrectedT``: most resamples do not contain the few extreme examples that dominate a
/// skewed mean. The statistic is resampled to first order, by its ``Estimate/errorShares``, stratum
/// by stratum: examples that enter E and M are drawn with both shares.
struct StudentizedBootstrap: Sendable {
  let resampleCount: Int
  let seed: UInt64

  /// The largest ratio of a quantile to Student's; a resample without the one large deviation of a
  /// sample has a tiny error, and its quotient no bound (article Intervals).
  static let largestRatio = 3.0

  /// The number of resamples: 50 in either tail at 95 %, at higher levels never less than 10.
  static func resampleCount(level: Double) -> Int {
    Int(max(2_000, (20 / (1 - level)).rounded(.up))) - 1
  }

  /// Returns the interval, by the quantiles of the resamples or of ``SkewnessCorrectedT``.
  func interval(of statistic: Estimate, level: Double) -> ClosedRange<Double>? {
    guard let error = statistic.standardError, error.isFinite, statistic.value.isFinite else {
      return nil
    }
    guard error > 0 else { return statistic.value...statistic.value }
    let ratios = studentizedResamples(of: statistic).sorted()
    let tail = (1 - level) / 2
    let student = studentQuantile(
      1 - tail, degreesOfFreedom: Double(statistic.degreesOfFreedom))
    let bound = Self.largestRatio * student
    let skewed = SkewnessCorrectedT(statistic)
    let low = min(ratios.quantile(tail), skewed.quantile(-student), 0)
    let high = max(ratios.quantile(1 - tail), skewed.quantile(student), 0)
    return statistic.value - min(high, bound) * error...statistic.value - max(low, -bound) * error
  }

  /// Returns (θ* − θ)/s* of every resample; infinite, or 0, for one without spread.
  func studentizedResamples(of statistic: Estimate) -> [Double] {
    var generator = SplitMix64(seed: seed, for: .resamples)
    let strata = Strata(statistic)
    return (0..<resampleCount).map { _ in
      let (deviation, squaredError) = strata.resample(using: &generator)
      if squaredError > 0 { return deviation / squaredError.squareRoot() }
      return deviation == 0 ? 0 : deviation > 0 ? .infinity : -.infinity
    }
  }
}

/// Shares that sum to 0 within each stratum, prepared for drawing.
private struct Strata {
  private let shares: [[Double]]

  /// The squared error of strata of one example, which cannot be resampled.
  private let fixedSquaredError: Double

  /// The largest spread of a resample that counts as rounding error.
  private let roundingError: Double

  init(_ statistic: Estimate) {
    var shares: [[Double]] = []
    var fixed = 0.0
    for stratum in statistic.sharesByStratum {
      guard stratum.count > 1 else {
        fixed += stratum.reduce(0) { $0 + $1 * $1 }
        continue
      }
      let mean = stratum.reduce(0, +) / Double(stratum.count)
      shares.append(stratum.map { $0 - mean })
    }
    self.shares = shares
    fixedSquaredError = fixed
    let largest = shares.joined().reduce(0) { max($0, abs($1)) }
    roundingError = largest * largest * 1e-24
  }

  /// Draws from each stratum, with replacement, as many examples as it has.
  func resample(
    using generator: inout SplitMix64
  ) -> (deviation: Double, squaredError: Double) {
    var deviation = 0.0
    var squaredError = fixedSquaredError
    for stratum in shares {
      let n = Double(stratum.count)
      var (sum, squares) = (0.0, 0.0)
      stratum.withUnsafeBufferPointer { stratum in
        for _ in 0..<stratum.count {
          let share = stratum[generator.next(below: stratum.count)]
          sum += share
          squares += share * share
        }
      }
      // The shares are scaled by 1/√(n(n − 1)), whereas the deviation of a mean is a sum divided by
      // n.
      deviation += ((n - 1) / n).squareRoot() * sum
      let spread = squares - sum * sum / n
      squaredError += spread > roundingError * n ? spread : 0
    }
    return (deviation, squaredError)
  }
}

extension [Double] {
  /// Returns the number of rank p(B + 1) of B sorted numbers.
  fileprivate func quantile(_ p: Double) -> Double {
    let rank = Int((p * Double(count + 1)).rounded())
    return self[Swift.min(Swift.max(rank, 1), count) - 1]
  }
}
