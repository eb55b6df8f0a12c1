// SPDX-License-Identifier: MIT
// On the Removal of Skewness by Transformation, Hall 1992,
// https://doi.org/10.1111/j.2517-6161.1992.tb01876.x

import RealModule

/// Student's quantiles, corrected for the skewness of a statistic.
///
/// For the studentized statistic T = (θ̂ − θ)/s with skewness c, Hall's cubic
///
///     h(T) = T + (c/3)·T² + (c²/27)·T³ + c/6
///
/// has no skewness, to first order. It is increasing everywhere, so the quantiles of T are those of
/// Student's t under the inverse of h. This holds for every sample, and no resample can be
/// degenerate.
struct SkewnessCorrectedT: Sendable {
  /// c, the third cumulant of the statistic in units of its standard error; for a mean γ/√n.
  let skewness: Double

  /// Creates the correction from the error shares of a statistic.
  ///
  /// The third cumulant is the unbiased estimate (k-statistic) of each stratum. Strata of fewer
  /// than three examples contribute none.
  init(_ statistic: Estimate) {
    var (cumulant, variance) = (0.0, 0.0)
    for stratum in statistic.sharesByStratum {
      let n = Double(stratum.count)
      let mean = stratum.reduce(0, +) / n
      var cubes = 0.0
      for share in stratum {
        let deviation = share - mean
        variance += deviation * deviation
        cubes += deviation * deviation * deviation
      }
      if n > 2 { cumulant += cubes * (n * (n - 1)).squareRoot() / (n - 2) }
    }
    skewness = variance > 0 ? cumulant / (variance * variance.squareRoot()) : 0
  }

  /// Returns the quantile of T at which Student's t has the quantile `t`: the inverse of h.
  func quantile(_ t: Double) -> Double {
    let a = skewness / 3
    let y = t - skewness / 6
    // (1 + 3ay)^⅓ − 1, divided by a; near a = 0, where this cancels, its series.
    let x = 3 * a * y
    guard abs(x) > 1e-5 else { return y * (1 - x / 3) }
    return (Double.root(1 + x, 3) - 1) / a
  }
}
