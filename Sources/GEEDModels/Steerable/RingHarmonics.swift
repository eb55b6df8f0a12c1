// SPDX-License-Identifier: MIT
// General E(2)-Equivariant Steerable CNNs, Weiler and Cesa 2019, https://arxiv.org/abs/1911.08251

import RealModule

/// Circular harmonics on Gaussian rings: the functions on a square of pixels from which steerable
/// kernels are composed.
///
/// A function is exp(−(r − r₀)²/2σ²) times 1, cos(mθ) or sin(mθ). r and θ are measured from the
/// middle of the kernel, θ counter-clockwise as seen, starting from the right. Functions of
/// frequencies m above 0 are 0 in the middle.
package struct RingHarmonics: Sendable, Hashable {
  /// A Gaussian ring and the frequencies that are sampled on it.
  package struct Ring: Sendable, Hashable {
    /// The radius, in pixels.
    package let radius: Double
    /// The standard deviation of the profile, in pixels.
    package let width: Double
    /// The largest frequency *m*.
    package let maximumFrequency: Int

    package init(radius: Double, width: Double, maximumFrequency: Int) {
      precondition(
        radius >= 0 && width > 0 && maximumFrequency >= 0,
        "Expected a ring, but got radius \(radius), width \(width), m ≤ \(maximumFrequency).")
      self.radius = radius
      self.width = width
      self.maximumFrequency = maximumFrequency
    }
  }

  /// One frequency on one ring: one function for frequency 0, otherwise a cosine and a sine.
  package struct Band: Sendable, Hashable {
    let ring: Int
    let frequency: Int
    /// The index of the band's first function.
    let first: Int

    var functions: Range<Int> { first..<first + (frequency == 0 ? 1 : 2) }
  }

  /// The number of rows and of columns of the kernel.
  package let size: Int
  /// The rings, from the middle outwards.
  package let rings: [Ring]
  let bands: [Band]

  package init(size: Int, rings: [Ring]) {
    precondition(size > 0 && size % 2 == 1, "Expected an odd kernel size, but got \(size).")
    precondition(!rings.isEmpty, "Expected at least one ring.")
    self.size = size
    self.rings = rings
    var bands: [Band] = []
    for (index, ring) in rings.enumerated() {
      for frequency in 0...ring.maximumFrequency {
        bands.append(
          Band(ring: index, frequency: frequency, first: bands.last?.functions.upperBound ?? 0))
      }
    }
    self.bands = bands
  }

  /// Creates the rings and band limits of Weiler and Cesa's implementation: a ring at every whole
  /// radius r up to half the size; σ = 0.6, but 0.4 on the outermost ring; frequencies up to 2r for
  /// odd r and 2r − 1 for even r, but up to 2 on the outermost ring, and 0 in the middle.
  package init(size: Int) {
    let outermost = size / 2
    self.init(
      size: size,
      rings: (0...outermost).map { radius in
        guard radius > 0 else { return Ring(radius: 0, width: 0.005, maximumFrequency: 0) }
        let limit = radius == outermost ? 2 : 2 * radius - (radius + 1) % 2
        return Ring(
          radius: Double(radius), width: radius == outermost ? 0.4 : 0.6,
          maximumFrequency: min(2 * radius, limit))
      })
  }

  /// The number of functions.
  package var functionCount: Int { bands.last?.functions.upperBound ?? 0 }

  /// Every function at every pixel: ``functionCount`` arrays `[size, size]`, row-major.
  ///
  /// Quarter turns and reflections permute the numbers up to sign, exactly in every bit.
  package func samples() -> [[Double]] {
    let middle = size / 2
    var samples = [[Double]](
      repeating: [Double](repeating: 0, count: size * size), count: functionCount)
    for pixel in 0..<size * size {
      let x = Double(pixel % size - middle)
      let y = Double(middle - pixel / size)
      let radius = (x * x + y * y).squareRoot()
      for band in bands {
        let ring = rings[band.ring]
        let distance = (radius - ring.radius) / ring.width
        let profile = Double.exp(-distance * distance / 2)
        let (cosine, sine) = Self.harmonic(band.frequency, x, y, radius: radius)
        samples[band.first][pixel] = profile * cosine
        if band.frequency > 0 { samples[band.first + 1][pixel] = profile * sine }
      }
    }
    return samples
  }

  /// cos(mθ) and sin(mθ) from the power (x + iy)ᵐ, which is exact under quarter turns.
  private static func harmonic(
    _ m: Int, _ x: Double, _ y: Double, radius: Double
  ) -> (Double, Double) {
    guard m > 0 else { return (1, 0) }
    guard radius > 0 else { return (0, 0) }
    var (real, imaginary) = (x, y)
    var scale = radius
    for _ in 1..<m {
      (real, imaginary) = (real * x - imaginary * y, real * y + imaginary * x)
      scale *= radius
    }
    return (real / scale, imaginary / scale)
  }
}
