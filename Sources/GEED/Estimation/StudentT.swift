// SPDX-License-Identifier: MIT
// On the Removal of Skewness by Transformation, Hall 1992,
// https://doi.org/10.1111/j.2517-6161.1992.tb01876.x

import RealModule

/// Returns the quantile of Student's t distribution: the t below which a share `p` of it lies.
func studentQuantile(_ p: Double, degreesOfFreedom nu: Double) -> Double {
  precondition(
    p > 0 && p < 1 && nu > 0, "Expected 0 < p < 1 and positive degrees, but got \(p) and \(nu).")
  guard p >= 0.5 else { return -studentQuantile(1 - p, degreesOfFreedom: nu) }
  var low = 0.0
  var high = 1.0
  while studentDistribution(high, degreesOfFreedom: nu) < p, high < 1e300 { high *= 2 }
  while true {
    let middle = (low + high) / 2
    guard middle > low, middle < high else { return middle }
    if studentDistribution(middle, degreesOfFreedom: nu) < p { low = middle } else { high = middle }
  }
}

/// Returns the share of Student's t distribution below `t`.
func studentDistribution(_ t: Double, degreesOfFreedom nu: Double) -> Double {
  let sum = nu + t * t
  let tail = regularizedBeta(nu / sum, complement: t * t / sum, nu / 2, 0.5) / 2
  return t > 0 ? 1 - tail : tail
}

/// Returns the regularized incomplete beta function Iₓ(a, b) by its fraction (DLMF 8.17.22).
func regularizedBeta(_ x: Double, complement y: Double, _ a: Double, _ b: Double) -> Double {
  guard x > 0 else { return 0 }
  guard y > 0 else { return 1 }
  // The fraction converges fast below the mean of the distribution; larger x are mirrored.
  guard x <= (a + 1) / (a + b + 2) else { return 1 - regularizedBeta(y, complement: x, b, a) }
  let logX = y < 0.5 ? Double.log(onePlus: -y) : Double.log(x)
  let logY = x < 0.5 ? Double.log(onePlus: -x) : Double.log(y)
  let logFront = a * logX + b * logY - logBeta(a, b)
  // Lentz's method: c and d are successive ratios of numerators and denominators.
  var d = 1 / (1 - (a + b) * x / (a + 1))
  var c = 1.0
  var fraction = d
  for m in 1...10_000 {
    let m = Double(m)
    let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / (1 + even * d)
    c = 1 + even / c
    fraction *= c * d
    let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / (1 + odd * d)
    c = 1 + odd / c
    fraction *= c * d
    if abs(c * d - 1) < 1e-16 { break }
  }
  return Double.exp(logFront) * fraction / a
}

/// Returns ln B(a, b); for large arguments by Stirling's series (DLMF 5.11.1), which keeps digits.
private func logBeta(_ a: Double, _ b: Double) -> Double {
  let (large, small) = (max(a, b), min(a, b))
  guard large >= 100 else {
    return Double.logGamma(a) + Double.logGamma(b) - Double.logGamma(a + b)
  }
  let sum = large + small
  return Double.logGamma(small) + small - (large - 0.5) * Double.log(onePlus: small / large)
    - small * Double.log(sum) + stirlingRemainder(large) - stirlingRemainder(sum)
}

/// Returns the remainder of Stirling's formula for ln Γ(x), to full precision for x ≥ 100.
private func stirlingRemainder(_ x: Double) -> Double {
  (1 / 12 - (1 / 360 - 1 / (1260 * x * x)) / (x * x)) / x
}

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

  /// Creates the correction from the unbiased third cumulants (k-statistics) of the strata.
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
