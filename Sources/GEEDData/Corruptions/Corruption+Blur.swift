// SPDX-License-Identifier: MIT

import GEED
import RealModule

/// The weights of a pixel's neighbors, which sum to 1.
struct BlurKernel {
  private(set) var taps: [(rows: Int, columns: Int, weight: Float)]

  /// Returns a disc with a radius of `radius` pixels; pixels on its edge count in part.
  static func disc(_ radius: Double) -> BlurKernel {
    let reach = Int(radius.rounded(.up))
    return BlurKernel(reach: reach) { row, column in
      radius + 0.5 - Double.hypot(row, column)
    }
  }

  /// Returns a line of `length` pixels through the middle, in a random direction.
  static func line(_ length: Double, using generator: inout SplitMix64) -> BlurKernel {
    let angle = Double.pi * generator.nextUnit()
    let (sine, cosine) = (Double.sin(angle), Double.cos(angle))
    return BlurKernel(reach: Int((length / 2).rounded(.up))) { row, column in
      let along = abs(cosine * column - sine * row)
      let across = abs(sine * column + cosine * row)
      return min(1 - across, length / 2 + 0.5 - along)
    }
  }

  /// Creates a kernel whose weights are proportional to `weight`, clamped to 0...1.
  private init(reach: Int, weight: (_ row: Double, _ column: Double) -> Double) {
    var taps: [(rows: Int, columns: Int, weight: Float)] = []
    for row in -reach...reach {
      for column in -reach...reach {
        let w = min(max(weight(Double(row), Double(column)), 0), 1)
        if w > 0 { taps.append((row, column, Float(w))) }
      }
    }
    let total = taps.reduce(0) { $0 + $1.weight }
    self.taps = taps.map { ($0.rows, $0.columns, $0.weight / total) }
  }
}

extension Tensor {
  /// Returns the weighted sum of each pixel's neighbors; beyond the border, the nearest pixel is
  /// used.
  func convolved(with kernel: BlurKernel) -> Tensor {
    var result = self
    let (height, width) = (shape[1], shape[2])
    for channel in 0..<shape[0] {
      for row in 0..<height {
        for column in 0..<width {
          var sum: Float = 0
          for tap in kernel.taps {
            let r = min(max(row + tap.rows, 0), height - 1)
            let c = min(max(column + tap.columns, 0), width - 1)
            sum += tap.weight * scalars[(channel * height + r) * width + c]
          }
          result.scalars[(channel * height + row) * width + column] = sum
        }
      }
    }
    return result
  }

  /// Returns the image with each pixel replaced by one at a Gaussian distance, with a standard
  /// deviation of `spread` pixels along each axis, between two blurs.
  func throughGlass(spread: Double, sigma: Double, using generator: inout SplitMix64) -> Tensor {
    let (height, width) = (shape[1], shape[2])
    let blur = GridMap.gaussianBlur(sigma: sigma, height: height, width: width)
    let source = applying(blur)
    var result = source
    for pixel in 0..<height * width {
      let row = pixel / width + Int((spread * generator.nextGaussian()).rounded())
      let column = pixel % width + Int((spread * generator.nextGaussian()).rounded())
      let other = min(max(row, 0), height - 1) * width + min(max(column, 0), width - 1)
      for channel in stride(from: 0, to: scalars.count, by: height * width) {
        result.scalars[channel + pixel] = source.scalars[channel + other]
      }
    }
    return result.applying(blur)
  }
}
