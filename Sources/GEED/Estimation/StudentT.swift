// SPDX-License-Identifier: MIT

import RealModule

/// The quantile of Student's t distribution: the t below which a share `p` of it lies.
///
/// Found by bisection of the distribution function to full precision.
///
/// - Precondition: 0 < `p` < 1 and `degreesOfFreedom` is positive.
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

/// The share of Student's t distribution below `t`.
func studentDistribution(_ t: Double, degreesOfFreedom nu: Double) -> Double {
  let tail = regularizedBeta(nu / (nu + t * t), nu / 2, 0.5) / 2
  return t > 0 ? 1 - tail : tail
}

/// The regularized incomplete beta function Iₓ(a, b), by its continued fraction (DLMF 8.17.22).
func regularizedBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  guard x > 0 else { return 0 }
  guard x < 1 else { return 1 }
  // The fraction converges fast below the mean of the distribution; mirror what lies above.
  guard x <= (a + 1) / (a + b + 2) else { return 1 - regularizedBeta(1 - x, b, a) }
  let logFront =
    Double.logGamma(a + b) - Double.logGamma(a) - Double.logGamma(b)
    + a * Double.log(x) + b * Double.log(onePlus: -x)
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
