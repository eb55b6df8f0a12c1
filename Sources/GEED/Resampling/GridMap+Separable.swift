// SPDX-License-Identifier: MIT

import RealModule

extension GridMap {
  /// Returns the map that enlarges or shrinks a picture about its center, ((H − 1)/2, (W − 1)/2),
  /// on a grid of the same size, with zeros outside the picture.
  ///
  /// For shrinking, the interpolation kernel is stretched by 1/`factor`, which averages the pixels
  /// that fall into one (antialiasing, as in Pillow's `resize`); nearest uses single pixels at
  /// every size.
  ///
  /// - Precondition: `factor` is positive.
  package static func scaling(
    by factor: Double, height: Int, width: Int, interpolation: Interpolation = .bilinear
  ) -> GridMap {
    precondition(factor > 0, "Expected a positive factor, but got \(factor).")
    func axis(_ length: Int) -> AxisMap {
      let center = Double(length - 1) / 2
      return AxisMap(length: length) { target in
        interpolation.weights(
          at: center + (Double(target) - center) / factor, stretch: max(1, 1 / factor))
      } place: {
        (0..<length).contains($0) ? $0 : nil
      }
    }
    return GridMap(SeparableMap(rows: axis(height), columns: axis(width)))
  }

  /// Returns the convolution with a Gaussian of standard deviation `sigma` pixels, truncated at 4
  /// standard deviations.
  ///
  /// The picture is reflected at its border (`dcba|abcd|dcba`), so that constant pictures and the
  /// mean brightness are preserved, as by scipy's `gaussian_filter` with its defaults.
  ///
  /// - Precondition: `sigma` is not negative.
  package static func gaussianBlur(sigma: Double, height: Int, width: Int) -> GridMap {
    precondition(sigma >= 0, "Expected a standard deviation of 0 or more, but got \(sigma).")
    let radius = Int(4 * sigma + 0.5)
    let kernel = (-radius...radius).map { x in
      radius == 0 ? 1 : Double.exp(-Double(x * x) / (2 * sigma * sigma))
    }
    let total = kernel.reduce(0, +)
    let weights = kernel.map { $0 / total }
    func axis(_ length: Int) -> AxisMap {
      AxisMap(length: length) { target in
        (target - radius, weights)
      } place: { place in
        let folded = (place % (2 * length) + 2 * length) % (2 * length)
        return min(folded, 2 * length - 1 - folded)
      }
    }
    return GridMap(SeparableMap(rows: axis(height), columns: axis(width)))
  }

  /// Creates the map, or the identity if it moves nothing.
  private init(_ map: SeparableMap) {
    self = map.isIdentity ? .identity : .separable(map)
  }
}
