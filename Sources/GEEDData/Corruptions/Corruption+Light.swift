// SPDX-License-Identifier: MIT

import GEED

extension Tensor {
  /// Returns the image with each scalar's distance from the mean multiplied by `kept`.
  func towardsMean(keeping kept: Double) -> Tensor {
    let mean = scalars.reduce(0) { $0 + Double($1) } / Double(scalars.count)
    return mapped { Float(mean + kept * (Double($0) - mean)) }
  }

  /// Returns the image under a random haze, scaled so that no value exceeds its brightest one.
  func inFog(density: Double, using generator: inout SplitMix64) -> Tensor {
    let haze = Self.haze(height: shape[1], width: shape[2], using: &generator)
    let brightest = Double(scalars.max() ?? 0)
    let share = (brightest + density) > 0 ? brightest / (brightest + density) : 1
    var result = self
    for index in scalars.indices {
      let fog = density * haze[index % haze.count]
      result.scalars[index] = Float((Double(scalars[index]) + fog) * share)
    }
    return result
  }

  /// Returns smooth random numbers in 0...1: the sum of random grids of 2, 4, 8, ... cells a side,
  /// each half as strong as the one before, with bilinear interpolation.
  private static func haze(
    height: Int, width: Int, using generator: inout SplitMix64
  ) -> [Double] {
    var haze = [Double](repeating: 0, count: height * width)
    var strength = 1.0
    var cells = 2
    while cells <= max(height, width) {
      let corners = (0..<(cells + 1) * (cells + 1)).map { _ in generator.nextUnit() }
      for row in 0..<height {
        for column in 0..<width {
          let y = Double(row * cells) / Double(height)
          let x = Double(column * cells) / Double(width)
          let corner = Int(y) * (cells + 1) + Int(x)
          let (down, right) = (y - Double(Int(y)), x - Double(Int(x)))
          let upper = corners[corner] * (1 - right) + corners[corner + 1] * right
          let lower =
            corners[corner + cells + 1] * (1 - right) + corners[corner + cells + 2] * right
          haze[row * width + column] += strength * (upper * (1 - down) + lower * down)
        }
      }
      strength /= 2
      cells *= 2
    }
    let (low, high) = (haze.min() ?? 0, haze.max() ?? 1)
    return haze.map { ($0 - low) / max(high - low, .leastNonzeroMagnitude) }
  }

  /// Returns the image with values inverted in a vertical stripe through the middle.
  func invertingStripe(width stripe: Double) -> Tensor {
    var result = self
    let width = shape[2]
    let middle = Double(width - 1) / 2
    for index in scalars.indices where abs(Double(index % width) - middle) <= stripe / 2 {
      result.scalars[index] = 1 - scalars[index]
    }
    return result
  }
}
