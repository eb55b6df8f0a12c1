// SPDX-License-Identifier: MIT

import RealModule

/// Returns the quantile of Student's t distribution: the t below which a share `p` of it lies.
///
/// Computed by bisection of the distribution function to full precision.
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

/// Returns the share of Student's t distribution below `t`.
func studentDistribution(_ t: Double, degreesOfFreedom nu: Double) -> Double {
  let sum = nu + t * t
  let tail = regularizedBeta(nu / sum, complement: t * t / sum, nu / 2, 0.5) / 2
  return t > 0 ? 1 - tail : tail
}

/// Returns the regularized incomplete beta function Iₓ(a, b), by its continued fraction (DLMF
/// 8.17.22).
///
/// - Parameter y: 1 − *x*, which cannot be computed from an `x` close to 1 without losing digits.
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

/// Returns ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a + b).
///
/// For a large argument the difference of two large logarithms would lose digits; Stirling's series
/// (DLMF 5.11.1) gives the difference directly.
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
