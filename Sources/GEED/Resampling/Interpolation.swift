// SPDX-License-Identifier: MIT
// Cubic Convolution Interpolation for Digital Image Processing, Keys 1981,
// https://doi.org/10.1109/TASSP.1981.1163711

import RealModule

/// A method for computing values between pixels from the surrounding pixels.
///
/// Pixels outside the image count as zero for every method, except for circular shifts.
public enum Interpolation: String, Sendable, Hashable, Codable, CaseIterable {
  /// The pixel closest to the position; halves go to the even neighbor.
  case nearest
  /// The weighted mean of 2 × 2 pixels.
  case bilinear
  /// Cubic convolution over 4 × 4 pixels with a = −1/2, exact for quadratic images.
  case bicubic
  /// The windowed sinc over 6 × 6 pixels, weights normalized to a sum of 1 along each axis.
  case lanczos

  /// Returns the neighbors of `position` along one axis, with their weights. One within 1e-9 of a
  /// pixel counts as that pixel, so that rounding errors do not blur pixels that stay in place.
  func taps(at position: Double) -> AxisTaps {
    let rounded = position.rounded(.toNearestOrEven)
    if self == .nearest || abs(position - rounded) < 1e-9 {
      return AxisTaps(first: Int(rounded), count: 1, weights: SIMD8(repeating: 1))
    }
    var taps = AxisTaps(
      first: Int(position.rounded(.down)) - radius + 1, count: 2 * radius, weights: .zero)
    for k in 0..<taps.count {
      taps.weights[k] = weight(at: position - Double(taps.first + k))
    }
    taps.weights /= taps.weights.sum()
    return taps
  }

  /// Returns the neighbors for a kernel that is `stretch` times as wide (antialiasing).
  func weights(at position: Double, stretch: Double) -> (first: Int, weights: [Double]) {
    guard stretch > 1, self != .nearest else {
      let taps = taps(at: position)
      return (taps.first, (0..<taps.count).map { taps.weights[$0] })
    }
    let reach = Double(radius) * stretch
    let first = Int((position - reach).rounded(.up))
    let weights = (first...Int((position + reach).rounded(.down))).map {
      weight(at: (position - Double($0)) / stretch)
    }
    let total = weights.reduce(0, +)
    return (first, weights.map { $0 / total })
  }

  /// The largest number of pixels that contribute along each axis.
  var tapCount: Int { self == .nearest ? 1 : 2 * radius }

  /// The number of contributing pixels on each side of a position.
  private var radius: Int {
    switch self {
    case .nearest, .bilinear: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  /// Returns the value of the kernel at a distance of `x` pixels.
  private func weight(at x: Double) -> Double {
    let x = abs(x)
    switch self {
    case .nearest: return x <= 0.5 ? 1 : 0
    case .bilinear: return max(0, 1 - x)
    case .bicubic:
      if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
      return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
    case .lanczos:
      guard x < 3 else { return 0 }
      let t = Double.pi * x
      return x == 0 ? 1 : Double.sin(t) / t * Double.sin(t / 3) / (t / 3)
    }
  }
}

/// Consecutive pixels along one axis, with their weights.
struct AxisTaps {
  /// The first pixel, which may lie outside the image.
  let first: Int
  /// The number of pixels, at most 8.
  let count: Int
  /// The weights of these pixels; further entries have no meaning.
  var weights: SIMD8<Double>
}
